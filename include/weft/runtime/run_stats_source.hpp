// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The definitions of run_stats.hpp: the numbers of a run from its log, a table of them for people,
// and JSON. Where a program is compiled separately this is compiled once; there is no template in
// it, and no type of the program.
#pragma once

#include <weft/core/json_text.hpp>
#include <weft/runtime/critical_path.hpp>
#include <weft/runtime/run_stats.hpp>
#include <weft/runtime/step_names.hpp>
#include <weft/runtime/trace_text.hpp>

#include <algorithm>
#include <cstdio>
#include <map>

namespace weft {

namespace detail {

// Makes run_stats of a log.
class run_summary {
public:
    run_summary(const run_log& log, run_stats& to) : log_(log), plan_(*log.of), to_(to) {}

    void write() {
        to_.wall_ns = log_.end_ns - log_.begin_ns;
        std::vector<float> ns(plan_.steps.size(), 0);
        std::vector<std::size_t> position(plan_.steps.size(), 0);
        const std::vector<std::int64_t> ready = ready_times();
        for (step_id s = 0; s < plan_.steps.size(); ++s) {
            const step_event& event = log_.events[s];
            if (!event.begun()) continue;
            position[s] = to_.nodes.size();
            ns[s] = static_cast<float>(event.end_ns - event.begin_ns);
            to_.nodes.push_back(stats_of(s, ready[s]));
            busy_[plan_.steps[s].device] += event.end_ns - event.begin_ns;
        }
        for (const auto& [device, busy] : busy_)
            to_.devices.push_back({short_name(*log_.on, device), busy});
        for (step_id s : critical_path(plan_, ns))
            if (log_.events[s].begun()) to_.critical_path.push_back(position[s]);
    }

private:
    // When all that a step waits for had ended.
    std::vector<std::int64_t> ready_times() const {
        std::vector<std::int64_t> ready(plan_.steps.size(), log_.begin_ns);
        for (step_id s = 0; s < plan_.steps.size(); ++s)
            for (step_id later : plan_.after(s))
                ready[later] = (std::max)(ready[later], log_.events[s].end_ns);
        return ready;
    }
    node_stats stats_of(step_id id, std::int64_t ready) const {
        const plan_step& step = plan_.steps[id];
        const step_event& event = log_.events[id];
        node_stats out;
        out.node = step_name(plan_, *log_.on, id);
        out.op = step.record->op;
        out.device = short_name(*log_.on, step.device);
        out.copy = step.kind == step_kind::copy;
        out.ended = event.ended;
        // A thread reads the clock once between two steps: the next one may begin with that.
        out.waiting_ns = (std::max)(event.begin_ns - ready, std::int64_t{0});
        out.running_ns = event.end_ns - event.begin_ns;
        for (value_id input : plan_.inputs_of(step)) out.bytes_read += log_.bytes(input);
        out.bytes_written = log_.bytes(step.output);
        return out;
    }

    const run_log& log_;
    const plan& plan_;
    run_stats& to_;
    std::map<device_index, std::int64_t> busy_;
};

inline std::string with_two_digits(double x) {
    char text[40];
    std::snprintf(text, sizeof text, "%.2f", x);
    return text;
}

// Writes run_stats for people.
class run_stats_table {
public:
    explicit run_stats_table(const run_stats& of) : of_(of) {}

    std::string text() {
        out_ = std::to_string(of_.nodes.size());
        out_ += of_.nodes.size() == 1 ? " node in " : " nodes in ";
        out_ += microseconds_text(of_.wall_ns) + " us, ";
        out_ += with_two_digits(of_.parallelism()) + " at a time;";
        const char* separator = " busy: ";
        for (const device_stats& device : of_.devices) {
            out_ += separator + device.device + ' ' + microseconds_text(device.busy_ns) + " us";
            separator = ", ";
        }
        out_ += '\n';
        write_nodes();
        write_path();
        return std::move(out_);
    }

private:
    static constexpr std::size_t columns = 7, left_aligned = 3;
    using row = std::string[columns];

    void write_nodes() {
        row head = {"node", "op", "device", "running us", "waiting us", "read", "written"};
        std::vector<const node_stats*> order;
        for (const node_stats& node : of_.nodes) order.push_back(&node);
        std::stable_sort(order.begin(), order.end(), [](const node_stats* a, const node_stats* b) {
            return a->running_ns > b->running_ns;
        });
        std::size_t width[columns] = {};
        measure(head, width);
        for (const node_stats* node : order) {
            row cells;
            fill(*node, cells);
            measure(cells, width);
        }
        write_row(head, width);
        for (const node_stats* node : order) {
            row cells;
            fill(*node, cells);
            write_row(cells, width);
        }
    }
    static void fill(const node_stats& node, row& cells) {
        cells[0] = node.node + (node.ended ? "" : " (failed)");
        cells[1] = node.copy ? "copy" : node.op;
        cells[2] = node.device;
        cells[3] = microseconds_text(node.running_ns);
        cells[4] = microseconds_text(node.waiting_ns);
        cells[5] = std::to_string(node.bytes_read);
        cells[6] = std::to_string(node.bytes_written);
    }
    static void measure(const row& cells, std::size_t (&width)[columns]) {
        for (std::size_t i = 0; i < columns; ++i)
            width[i] = (std::max)(width[i], (std::min)(cells[i].size(), std::size_t{34}));
    }
    void write_row(const row& cells, const std::size_t (&width)[columns]) {
        for (std::size_t i = 0; i < columns; ++i) {
            const std::size_t pad = width[i] > cells[i].size() ? width[i] - cells[i].size() : 0;
            if (i >= left_aligned) out_.append(pad, ' ');
            out_ += cells[i];
            if (i < left_aligned) out_.append(pad, ' ');
            out_ += i + 1 < columns ? "  " : "\n";
        }
    }
    void write_path() {
        out_ += "critical path, " + microseconds_text(of_.critical_ns()) + " us:";
        const char* separator = " ";
        for (std::size_t i : of_.critical_path) {
            out_ += separator + of_.nodes[i].node;
            separator = ", ";
        }
        out_ += '\n';
    }

    const run_stats& of_;
    std::string out_;
};

inline void append_field(std::string& out, const char* name, const std::string& value) {
    out += std::string("\"") + name + "\":";
    append_json_string(out, value);
}
inline std::string node_json(const node_stats& node) {
    std::string out = "{";
    append_field(out, "node", node.node);
    append_field(out += ',', "op", node.op);
    append_field(out += ',', "device", node.device);
    out += std::string(",\"copy\":") + (node.copy ? "true" : "false");
    out += std::string(",\"ended\":") + (node.ended ? "true" : "false");
    out += ",\"waiting_ns\":" + std::to_string(node.waiting_ns);
    out += ",\"running_ns\":" + std::to_string(node.running_ns);
    out += ",\"bytes_read\":" + std::to_string(node.bytes_read);
    return out + ",\"bytes_written\":" + std::to_string(node.bytes_written) + '}';
}

}  // namespace detail

WEFT_SOURCE void run_stats::read(const run_log& log) noexcept {
    nodes.clear();
    devices.clear();
    critical_path.clear();
    complete = true;
    try {
        detail::run_summary(log, *this).write();
    } catch (...) {
        complete = false;
    }
}

WEFT_SOURCE std::int64_t run_stats::busy_ns() const {
    std::int64_t sum = 0;
    for (const device_stats& device : devices) sum += device.busy_ns;
    return sum;
}
WEFT_SOURCE std::int64_t run_stats::critical_ns() const {
    std::int64_t sum = 0;
    for (std::size_t i : critical_path) sum += nodes[i].running_ns;
    return sum;
}
WEFT_SOURCE double run_stats::parallelism() const {
    return wall_ns > 0 ? static_cast<double>(busy_ns()) / static_cast<double>(wall_ns) : 0;
}

WEFT_SOURCE std::string run_stats::to_string() const {
    return detail::run_stats_table(*this).text();
}

WEFT_SOURCE std::string run_stats::to_json() const {
    std::string out = "{\"wall_ns\":" + std::to_string(wall_ns);
    out += ",\"busy_ns\":" + std::to_string(busy_ns());
    out += ",\"parallelism\":" + detail::with_two_digits(parallelism());
    out += ",\"critical_ns\":" + std::to_string(critical_ns());
    out += ",\"devices\":[";
    for (const device_stats& device : devices) {
        out += &device == devices.data() ? "{" : ",{";
        detail::append_field(out, "device", device.device);
        out += ",\"busy_ns\":" + std::to_string(device.busy_ns) + '}';
    }
    out += "],\"critical_path\":[";
    for (std::size_t i : critical_path) {
        if (out.back() != '[') out += ',';
        append_json_string(out, nodes[i].node);
    }
    out += "],\"nodes\":[";
    for (const node_stats& node : nodes)
        out += (&node == nodes.data() ? "" : ",") + detail::node_json(node);
    return out + "]}";
}

}  // namespace weft
