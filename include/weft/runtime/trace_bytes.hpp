// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What a tracer has kept, as bytes for another process, and back. Who reads them believes nothing:
// lengths and numbers are compared with what is there. Both processes have the same byte order. It
// knows neither tracers nor messages.
#pragma once

#include <weft/runtime/trace_data.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <type_traits>

namespace weft {

namespace detail {

// Writes or reads the same fields in the same order; reading stops at the first that cannot be.
class trace_archive {
public:
    trace_archive() = default;
    explicit trace_archive(std::span<const std::byte> from) : from_(from), reads_(true) {}

    bool good() const { return good_ && (!reads_ || at_ == from_.size()); }
    std::vector<std::byte> take() { return std::move(to_); }

    template <class T>
        requires(std::is_arithmetic_v<T>)
    void field(T& value) {
        if (!reads_) {
            const auto* bytes = reinterpret_cast<const std::byte*>(&value);
            to_.insert(to_.end(), bytes, bytes + sizeof value);
        } else if (good_ = good_ && from_.size() - at_ >= sizeof value; good_) {
            std::memcpy(&value, from_.data() + at_, sizeof value);
            at_ += sizeof value;
        }
    }
    void field(std::string& text) {
        list(text, 1, [&](char& letter) { field(letter); });
    }
    void field(traced_step& step) {
        for (std::string* text :
             {&step.name, &step.op, &step.device, &step.fused, &step.type, &step.where})
            field(*text);
        field(step.source);
        flag(step.copy);
    }
    void field(traced_run& run, std::vector<std::shared_ptr<const traced_plan>>& plans) {
        std::uint64_t plan = 0;
        while (!reads_ && plans[plan] != run.plan) ++plan;
        field(plan);
        if (reads_ && !(good_ = good_ && plan < plans.size())) return;
        run.plan = plans[plan];
        time(run.begin_ns);
        time(run.end_ns);
        field(run.caller);
        list(run.events, 16, [&](traced_event& event) {
            time(event.begin_ns);
            time(event.end_ns);
            field(event.bytes);
            field(event.step);
            field(event.thread);
            flag(event.ended);
            good_ = good_ && event.step < run.plan->steps.size();
        });
        list(run.memory, 16, [&](memory_change& change) {
            time(change.at_ns);
            field(change.bytes);
            field(change.device);
        });
        list(run.types, 8, [&](std::pair<step_id, std::string>& type) {
            field(type.first);
            field(type.second);
            good_ = good_ && type.first < run.plan->steps.size();
        });
    }
    // `least` bytes are there for each element, so a length cannot ask for more than was sent.
    template <class List, class Each>
    void list(List& elements, std::size_t least, Each each) {
        std::uint64_t size = elements.size();
        field(size);
        if (reads_) {
            good_ = good_ && size <= (from_.size() - at_) / least;
            if (!good_) return;
            elements.resize(static_cast<std::size_t>(size));
        }
        for (auto& element : elements)
            if (good_) each(element);
    }

private:
    void time(std::int64_t& ns) {
        field(ns);
        good_ = good_ && is_time(ns);
    }
    void flag(bool& value) {
        auto byte = static_cast<std::uint8_t>(value);
        field(byte);
        value = byte != 0;
    }

    std::span<const std::byte> from_{};
    std::vector<std::byte> to_;
    std::size_t at_ = 0;
    bool reads_ = false, good_ = true;
};

// Runs with their plans, devices and threads.
inline void archive_trace(trace_archive& archive, trace_data& data) {
    std::vector<std::shared_ptr<const traced_plan>> plans;
    for (const traced_run& run : data.runs) {
        bool known = false;
        for (const auto& plan : plans) known = known || plan == run.plan;
        if (!known) plans.push_back(run.plan);
    }
    archive.list(plans, 8, [&](std::shared_ptr<const traced_plan>& plan) {
        auto copy = std::make_shared<traced_plan>();
        if (plan != nullptr) copy->steps = plan->steps;
        archive.list(copy->steps, 40, [&](traced_step& step) { archive.field(step); });
        if (plan == nullptr) plan = std::move(copy);
    });
    archive.list(data.devices, 8, [&](std::string& device) { archive.field(device); });
    std::vector<std::pair<std::uint32_t, std::string>> threads(data.threads.begin(),
                                                               data.threads.end());
    archive.list(threads, 12, [&](std::pair<std::uint32_t, std::string>& thread) {
        archive.field(thread.first);
        archive.field(thread.second);
    });
    data.threads = {threads.begin(), threads.end()};
    archive.list(data.runs, 32, [&](traced_run& run) { archive.field(run, plans); });
    const auto strange = [&](const traced_run& run) {
        return std::ranges::any_of(run.memory, [&](const memory_change& change) {
            return change.device >= data.devices.size();
        });
    };
    if (std::ranges::any_of(data.runs, strange)) data.runs.clear();
}

}  // namespace detail

}  // namespace weft
