// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The definitions of tracer.hpp: what is kept of a run. How it is written is in trace_writer.hpp.
// Where a program is compiled separately this is compiled once; there is no template in it, and no
// type of the program.
#pragma once

#include <weft/core/search.hpp>
#include <weft/runtime/step_names.hpp>
#include <weft/runtime/trace_bytes.hpp>
#include <weft/runtime/trace_text.hpp>
#include <weft/runtime/trace_writer.hpp>
#include <weft/runtime/tracer.hpp>

#include <algorithm>

namespace weft {

namespace detail {

// When the memory of each value that a run makes is taken and given back; 0 for those it does not.
class value_lives {
public:
    struct life {
        std::int64_t begin_ns = 0, end_ns = 0;
    };

    explicit value_lives(const run_log& log) : log_(log), lives_(log.of->values.size()) {
        for (step_id s = 0; s < log.of->steps.size(); ++s)
            if (log.events[s].ended) add(log.of->steps[s], log.events[s]);
    }
    const life& operator[](value_id id) const { return lives_[id]; }

private:
    void add(const plan_step& step, const step_event& event) {
        for (value_id input : log_.of->inputs_of(step))
            lives_[input].end_ns = (std::max)(lives_[input].end_ns, event.end_ns);
        if (step.output == none || log_.of->values[step.output].producer == none) return;
        const bool kept = log_.of->values[step.output].last_reader == to_the_end;
        lives_[step.output] = {event.begin_ns, kept ? log_.end_ns : event.end_ns};
        // Written over an input that nobody needs any more: its memory goes on as this.
        for (value_id input : log_.of->inputs_of(step))
            if (is_made(input) && data(input) == data(step.output) && log_.bytes(input) > 0)
                lives_[input].end_ns = (std::min)(lives_[input].end_ns, event.begin_ns);
    }
    bool is_made(value_id id) const { return lives_[id].begin_ns != 0; }
    const void* data(value_id id) const { return log_.frame->value(id).data; }

    const run_log& log_;
    std::vector<life> lives_;
};

}  // namespace detail

WEFT_SOURCE tracer::tracer(tracer_options options)
    : options_(options) {
    data_.start_ns = stop_state::now_ns();
}

WEFT_SOURCE std::string tracer::to_chrome_json() const {
    const std::lock_guard lock(mutex_);
    return trace_json(data_);
}
WEFT_SOURCE std::size_t tracer::runs() const {
    const std::lock_guard lock(mutex_);
    return data_.runs.size();
}
WEFT_SOURCE std::size_t tracer::dropped_runs() const {
    const std::lock_guard lock(mutex_);
    return data_.dropped;
}
WEFT_SOURCE void tracer::clear() {
    const std::lock_guard lock(mutex_);
    data_.runs.clear();
    plans_.clear();
    data_.threads.clear();
    steps_ = data_.dropped = 0;
}

WEFT_SOURCE void tracer::read(const run_log& log) noexcept {
    const std::lock_guard lock(mutex_);
    try {
        append(log);
    } catch (...) {  // no memory
        ++data_.dropped;
    }
}

// Parts of runs.

WEFT_SOURCE std::vector<std::byte> tracer::to_bytes() const {
    trace_data copy;
    {
        const std::lock_guard lock(mutex_);
        copy = data_;
    }
    detail::trace_archive archive;
    detail::archive_trace(archive, copy);
    return archive.take();
}
WEFT_SOURCE void tracer::read_part(std::span<const std::byte> bytes, std::string_view task,
                                   std::int64_t clock_ns) noexcept {
    const std::lock_guard lock(mutex_);
    try {
        detail::trace_archive archive(bytes);
        trace_data from;
        detail::archive_trace(archive, from);
        if (archive.good() && detail::is_time(clock_ns))
            add(std::move(from), std::string(task), clock_ns);
    } catch (...) {  // no memory
        ++data_.dropped;
    }
}
WEFT_SOURCE void tracer::add(trace_data from, const std::string& task, std::int64_t clock_ns) {
    std::map<const traced_plan*, std::shared_ptr<const traced_plan>> renamed;
    std::map<std::uint32_t, std::uint32_t> threads;
    const auto thread = [&](std::uint32_t number) {
        const auto [found, fresh] = threads.try_emplace(number, 0);
        if (!fresh) return found->second;
        const std::string name = from.threads[number] + " of " + task;
        for (const auto& [known, text] : data_.threads)
            if (text == name && known >= first_foreign_thread) return found->second = known;
        found->second = first_foreign_thread + foreign_threads_++;
        data_.threads[found->second] = name;
        return found->second;
    };
    for (traced_run& run : from.runs) {
        std::shared_ptr<const traced_plan>& plan = renamed[run.plan.get()];
        if (plan == nullptr) {
            auto copy = std::make_shared<traced_plan>(*run.plan);
            for (traced_step& step : copy->steps) step.device = task + step.device;
            plan = std::move(copy);
        }
        run.plan = plan;
        run.number = data_.runs.size() + data_.dropped + 1;
        run.begin_ns -= clock_ns;
        run.end_ns -= clock_ns;
        run.caller = thread(run.caller);
        for (traced_event& event : run.events) {
            event.begin_ns -= clock_ns;
            event.end_ns -= clock_ns;
            event.thread = thread(event.thread);
        }
        for (memory_change& change : run.memory) {
            change.at_ns -= clock_ns;
            change.device = device_number(task + from.devices[change.device]);
        }
        keep(std::move(run));
    }
}

WEFT_SOURCE void tracer::append(const run_log& log) {
    traced_run run;
    run.plan = describe(log);
    run.number = data_.runs.size() + data_.dropped + 1;
    run.begin_ns = log.begin_ns;
    run.end_ns = log.end_ns;
    run.caller = log.caller.number;
    data_.threads[run.caller] = log.caller.name;
    std::uint32_t last = 0;
    for (step_id s = 0; s < log.events.size(); ++s) {
        const step_event& event = log.events[s];
        if (!event.begun()) continue;
        const std::size_t bytes = log.bytes(log.of->steps[s].output);
        run.events.push_back({event.begin_ns, event.end_ns, bytes, s, event.thread.number,
                              event.ended});
        if (event.thread.number == last) continue;
        last = event.thread.number;
        data_.threads[last] = event.thread.name;
    }
    add_memory(log, run);
    add_types(log, run);
    keep(std::move(run));
}
WEFT_SOURCE void tracer::keep(traced_run run) {
    const std::size_t steps = run.events.size() + 1;  // an empty run takes memory, too
    if (steps > options_.max_steps) {
        ++data_.dropped;
        return;
    }
    make_room(steps);
    data_.runs.push_back(std::move(run));
    steps_ += steps;
}

WEFT_SOURCE void tracer::make_room(std::size_t steps) {
    if (steps_ + steps <= options_.max_steps) return;
    while (steps_ + steps > options_.max_steps) {
        steps_ -= data_.runs.front().events.size() + 1;
        data_.runs.pop_front();
        ++data_.dropped;
    }
    std::erase_if(plans_, [](const std::shared_ptr<const traced_plan>& p) {
        return p.use_count() == 1 && p->of.expired();
    });
}

WEFT_SOURCE std::shared_ptr<const traced_plan> tracer::describe(const run_log& log) {
    for (const std::shared_ptr<const traced_plan>& known : plans_)
        if (!known->of.owner_before(log.of) && !log.of.owner_before(known->of)) return known;
    auto made = std::make_shared<traced_plan>();
    made->of = log.of;
    const plan& p = *log.of;
    made->steps.resize(p.steps.size());
    for (step_id s = 0; s < p.steps.size(); ++s) {
        const plan_step& step = p.steps[s];
        traced_step& to = made->steps[s];
        to.name = step_name(p, *log.on, s);
        to.op = step.record->op;
        for (const std::string& op : step.record->fused)
            to.fused += (to.fused.empty() ? "" : ", ") + op;
        to.device = short_name(*log.on, step.device);
        to.where = weft::to_string(step.record->where);
        to.copy = step.kind == step_kind::copy;
        if (to.copy) to.source = p.values[p.inputs[step.first_input]].producer;
        if (step.output != none)
            to.type = type_text(step.record->type);
    }
    plans_.push_back(made);
    return made;
}

WEFT_SOURCE void tracer::add_types(const run_log& log, traced_run& to) const {
    for (const traced_event& event : to.events) {
        const value_id output = log.of->steps[event.step].output;
        if (output == none || !log.has(output)) continue;
        const value_type& type = log.of->values[output].type();
        if (type.is_tensor() && !type.shape.known())
            to.types.emplace_back(event.step,
                                  type_text(type, log.frame->value(output).shape));
    }
}

// Of the values that a run makes: what was fed, constants and variables are there before it.
WEFT_SOURCE void tracer::add_memory(const run_log& log, traced_run& to) {
    const detail::value_lives lives(log);
    for (value_id id = 0; id < log.of->values.size(); ++id) {
        const plan_value& value = log.of->values[id];
        const auto bytes = static_cast<std::int64_t>(log.bytes(id));
        if (lives[id].begin_ns == 0 || bytes == 0) continue;
        // What an assignment makes is the variable.
        if (log.of->steps[value.producer].variable != none) continue;
        const std::uint32_t device = device_number(short_name(*log.on, value.device));
        to.memory.push_back({lives[id].begin_ns, bytes, device});
        to.memory.push_back({lives[id].end_ns, -bytes, device});
    }
}

WEFT_SOURCE std::uint32_t tracer::device_number(const std::string& name) {
    const std::size_t at = list_position(data_.devices, name);
    if (at == data_.devices.size()) data_.devices.push_back(name);
    return static_cast<std::uint32_t>(at);
}

}  // namespace weft
