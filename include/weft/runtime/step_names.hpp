// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Between the steps of a plan and their names in a run_order: recording them, reading them back,
// and orders that are made up from a seed. An order that does not fit the plan is refused with what
// is wrong with it. It runs nothing.
#pragma once

#include <weft/core/flat_map.hpp>
#include <weft/runtime/run_observer.hpp>
#include <weft/runtime/run_order.hpp>

#include <atomic>
#include <string>
#include <utility>
#include <vector>

namespace weft {

// "/gpu:1".
inline std::string short_name(const plan_devices& on, device_index device) {
    const device_spec& name = on.devices[device]->info().name;
    return '/' + name.kind + ':' + std::to_string(name.index);
}

inline std::string step_name(const plan& p, const plan_devices& on, step_id id) {
    const plan_step& step = p.steps[id];
    if (step.kind != step_kind::copy) return step.record->name;
    return step.record->name + " -> " + short_name(on, p.values[step.output].device);
}

// Those of all steps, each its own: the second copy of a variable to a device is
// "v -> /gpu:0 (2)".
inline std::vector<std::string> step_names(const plan& p, const plan_devices& on) {
    flat_map<std::string, int> seen;
    std::vector<std::string> out;
    out.reserve(p.steps.size());
    for (step_id id = 0; id < p.steps.size(); ++id) {
        std::string name = step_name(p, on, id);
        const int number = ++seen[name];
        if (number > 1) name += " (" + std::to_string(number) + ')';
        out.push_back(std::move(name));
    }
    return out;
}

// Keeps the order in which steps begin.
class order_recorder final : public run_observer {
public:
    explicit order_recorder(run_order& to) : to_(to) {}

    void run_begins(const plan& p, const plan_devices& on, std::int64_t) override {
        plan_ = &p;
        on_ = &on;
        begun_.assign(p.steps.size(), none);
        to_.steps.clear();
        to_.steps.reserve(p.steps.size());
        next_.store(0, std::memory_order_relaxed);
    }
    void step_begins(step_id step) noexcept override {
        // Relaxed: what a step waited for has taken its number before, in an order that the run's
        // own counters make visible here.
        begun_[next_.fetch_add(1, std::memory_order_relaxed)] = step;
    }
    void run_ends(std::int64_t) noexcept override {
        try {
            std::vector<std::string> names = step_names(*plan_, *on_);
            for (step_id id : begun_)
                if (id != none) to_.steps.push_back(std::move(names[id]));
        } catch (...) {  // no memory for a name: the order ends there
        }
    }

private:
    run_order& to_;
    const plan* plan_ = nullptr;
    const plan_devices* on_ = nullptr;
    std::vector<step_id> begun_;
    std::atomic<std::size_t> next_{0};
};

// The steps that an order names. Throws error invalid_argument where one is missing, unknown, or
// comes before what it waits for.
inline std::vector<step_id> steps_of(const run_order& order, const plan& p,
                                     const plan_devices& on) {
    flat_map<std::string, step_id> named;  // those that were not taken yet, else none
    step_id number = 0;
    for (const std::string& name : step_names(p, on)) named.emplace(name, number++);
    const auto refuse = [](const std::string& what) {
        throw error(errc::invalid_argument,
                    "this run cannot be replayed: " + what +
                        "; record an order of the same feeds and fetches of the same graph");
    };
    std::vector<std::uint32_t> waits(p.steps.size(), 0);
    for (step_id later : p.successors) ++waits[later];
    std::vector<step_id> out;
    for (const std::string& name : order.steps) {
        step_id* const at = named.find(name);
        if (at == nullptr || *at == none) refuse("'" + name + "' is no step of it, or named twice");
        const step_id id = std::exchange(*at, none);
        if (waits[id] != 0) refuse("'" + name + "' comes before a step that it waits for");
        for (step_id later : p.after(id)) --waits[later];
        out.push_back(id);
    }
    if (out.size() < p.steps.size())
        for (const auto& [name, id] : named)
            if (id != none) refuse("'" + name + "' is missing");
    return out;
}

// An order in which the plan may run, another one for each seed: at random, the latest or the
// oldest first, or each node as late as can be.
inline std::vector<step_id> order_from_seed(const plan& p, std::uint64_t seed) {
    const auto random = [state = seed * 0x9e3779b97f4a7c15u + 1]() mutable {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return state;
    };
    auto next = random;
    std::vector<std::uint32_t> waits(p.steps.size(), 0);
    for (step_id later : p.successors) ++waits[later];
    std::vector<step_id> ready, out;
    for (step_id id = 0; id < p.steps.size(); ++id)
        if (waits[id] == 0) ready.push_back(id);
    while (!ready.empty()) {
        std::size_t pick = next() % ready.size();
        if (seed % 4 == 1) pick = ready.size() - 1;
        if (seed % 4 == 2) pick = 0;
        if (seed % 4 == 3)  // the highest number
            for (std::size_t i = 0; i < ready.size(); ++i)
                if (ready[i] > ready[pick]) pick = i;
        const step_id id = ready[pick];
        ready.erase(ready.begin() + static_cast<std::ptrdiff_t>(pick));
        out.push_back(id);
        for (step_id later : p.after(id))
            if (--waits[later] == 0) ready.push_back(later);
    }
    return out;
}

}  // namespace weft
