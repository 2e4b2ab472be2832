// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Writes what a tracer has kept in the Trace Event Format that Perfetto and chrome://tracing read.
// A device is a process of it, a thread that runs its steps a row; process 1 has the runs, a row
// for each thread that calls. Whatever bytes names have, what comes out is valid JSON.
#pragma once

#include <weft/core/json_text.hpp>
#include <weft/runtime/trace_text.hpp>
#include <weft/runtime/trace_data.hpp>

#include <algorithm>
#include <set>
#include <string_view>

namespace weft {

namespace detail {

class trace_writer {
public:
    explicit trace_writer(const trace_data& of) : of_(of) {
        for (const traced_run& run : of.runs) {
            rows_.insert({runs_process, run.caller});
            for (const traced_event& event : run.events)
                processes_.emplace(run.plan->steps[event.step].device, 0);
            for (const memory_change& change : run.memory)
                processes_.emplace(of.devices[change.device], 0);
        }
        int next = runs_process;
        for (auto& [device, process] : processes_) process = ++next;
        for (const traced_run& run : of.runs)
            for (const traced_event& event : run.events)
                rows_.insert({process_of(run, event), event.thread});
    }

    std::string text() {
        out_ = R"({"displayTimeUnit":"ns","otherData":{"runs":)" + std::to_string(of_.runs.size()) +
               R"(,"dropped_runs":)" + std::to_string(of_.dropped) + R"(},"traceEvents":[)";
        write_names();
        for (const traced_run& run : of_.runs) write_run(run);
        write_memory();
        return std::move(out_ += "\n]}\n");
    }

private:
    static constexpr int runs_process = 1;
    using row = std::pair<int, std::uint32_t>;  // process, thread

    int process_of(const traced_run& run, const traced_event& event) const {
        return processes_.at(run.plan->steps[event.step].device);
    }

    // Begins an event of a kind ("ph") in a row; what follows are further fields, and close().
    void open(const char* kind, int process, std::uint32_t thread) {
        out_ += out_.back() == '[' ? "\n{" : ",\n{";
        out_ += std::string(R"("ph":")") + kind + R"(","pid":)" + std::to_string(process) +
                R"(,"tid":)" + std::to_string(thread);
    }
    void close() { out_ += '}'; }
    void field(const char* name, std::string_view value) {
        key(name);
        append_json_string(out_, value);
    }
    void number(const char* name, const std::string& value) {
        key(name);
        out_ += value;
    }
    void key(const char* name) {
        if (out_.back() != '{') out_ += ',';
        out_ += std::string("\"") + name + "\":";
    }
    void time(const char* name, std::int64_t ns) { number(name, microseconds_text(ns)); }
    void at(std::int64_t ns) { time("ts", (std::max)(ns - of_.start_ns, std::int64_t{0})); }
    void open_args() {
        key("args");
        out_ += '{';
    }

    void name(const char* what, int process, std::uint32_t thread, std::string_view text) {
        open("M", process, thread);
        field("name", what);
        open_args();
        field("name", text);
        close();
        close();
    }
    void write_names() {
        name("process_name", runs_process, 0, "runs");
        for (const auto& [device, process] : processes_)
            name("process_name", process, 0, device);
        for (const auto& [process, thread] : rows_) {
            // Threads of weft are called so; others have called run().
            const auto found = of_.threads.find(thread);
            std::string text = found == of_.threads.end() ? std::string() : found->second;
            if (!text.starts_with("weft ")) text = "caller " + text;
            if (process != runs_process) text = device_of(process) + ' ' + text;
            name("thread_name", process, thread, text);
        }
    }
    std::string device_of(int process) const {
        for (const auto& [device, number] : processes_)
            if (number == process) return device;
        return {};
    }

    void write_run(const traced_run& run) {
        open("X", runs_process, run.caller);
        field("name", "run " + std::to_string(run.number));
        at(run.begin_ns);
        time("dur", run.end_ns - run.begin_ns);
        open_args();
        number("steps", std::to_string(run.events.size()));
        close();
        close();
        for (const traced_event& event : run.events) write_step(run, event);
        for (const traced_event& event : run.events) write_arrow(run, event);
    }
    void write_step(const traced_run& run, const traced_event& event) {
        const traced_step& step = run.plan->steps[event.step];
        open("X", process_of(run, event), event.thread);
        field("name", step.name);
        field("cat", step.copy ? "copy" : "node");
        at(event.begin_ns);
        time("dur", event.end_ns - event.begin_ns);
        if (!event.ended) field("cname", "terrible");
        open_args();
        field("op", step.copy ? "copy" : step.op);
        if (!step.copy && !step.fused.empty()) field("fuses", step.fused);
        field("device", step.device);
        number("run", std::to_string(run.number));
        if (!step.type.empty()) field("type", type_of(run, event));
        number("bytes", std::to_string(event.bytes));
        field("where", step.where);
        if (!event.ended) field("outcome", "failed");
        close();
        close();
    }
    static const std::string& type_of(const traced_run& run, const traced_event& event) {
        // Sorted by step, as they were added.
        const auto own = std::lower_bound(
            run.types.begin(), run.types.end(), event.step,
            [](const auto& entry, step_id step) { return entry.first < step; });
        if (own != run.types.end() && own->first == event.step) return own->second;
        return run.plan->steps[event.step].type;
    }

    // From the step that made a value to the one that copies it.
    void write_arrow(const traced_run& run, const traced_event& copy) {
        const step_id source = run.plan->steps[copy.step].source;
        if (source == none) return;
        // Sorted by step, too.
        const auto event = std::lower_bound(
            run.events.begin(), run.events.end(), source,
            [](const traced_event& entry, step_id step) { return entry.step < step; });
        if (event == run.events.end() || event->step != source) return;
        ++arrows_;
        end_of_arrow("s", run, *event, event->begin_ns);
        end_of_arrow("f", run, copy, copy.begin_ns);
    }
    void end_of_arrow(const char* kind, const traced_run& run, const traced_event& event,
                      std::int64_t ns) {
        open(kind, process_of(run, event), event.thread);
        field("name", "copy");
        field("cat", "copy");
        number("id", std::to_string(arrows_));
        if (*kind == 'f') field("bp", "e");
        at(ns);
        close();
    }

    // A counter for each device: its bytes alive in all runs together.
    void write_memory() {
        std::vector<memory_change> changes;
        for (const traced_run& run : of_.runs)
            changes.insert(changes.end(), run.memory.begin(), run.memory.end());
        std::stable_sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) {
            return a.at_ns < b.at_ns;
        });
        for (std::uint32_t device = 0; device < of_.devices.size(); ++device) {
            std::uint64_t alive = 0;  // what others have sent may be any number
            for (std::size_t i = 0; i < changes.size();) {
                const std::int64_t now = changes[i].at_ns;
                bool changed = false;
                for (; i < changes.size() && changes[i].at_ns == now; ++i) {
                    if (changes[i].device != device) continue;
                    alive += static_cast<std::uint64_t>(changes[i].bytes);
                    changed = true;
                }
                if (changed) write_bytes(device, now, static_cast<std::int64_t>(alive));
            }
        }
    }
    void write_bytes(std::uint32_t device, std::int64_t now, std::int64_t alive) {
        open("C", processes_.at(of_.devices[device]), 0);
        field("name", "bytes alive on " + of_.devices[device]);
        at(now);
        open_args();
        number("bytes", std::to_string(alive));
        close();
        close();
    }

    const trace_data& of_;
    std::map<std::string, int> processes_;  // of devices
    std::set<row> rows_;
    std::size_t arrows_ = 0;
    std::string out_;
};

}  // namespace detail

// One object of JSON with all events.
inline std::string trace_json(const trace_data& of) { return detail::trace_writer(of).text(); }

}  // namespace weft
