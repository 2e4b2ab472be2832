// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The definitions of report.hpp: a placement report as a table for people, and as JSON. It decides
// nothing. Where a program is compiled separately this is compiled once; there is no template in
// it, and no type of the program.
#pragma once

#include <weft/core/search.hpp>
#include <weft/placement/report.hpp>
#include <weft/placement/report_json.hpp>

namespace weft {

namespace detail {

// Writes a placement_report for people.
class placement_table {
public:
    explicit placement_table(const placement_report& report) : report_(report) {}

    std::string text() {
        write_devices();
        write_nodes();
        if (!report_.copies.empty()) write_copies();
        if (report_.fallbacks > 0)
            out_ += std::to_string(report_.fallbacks) +
                    " node(s) not where they were asked to be (soft_fallback)\n";
        return std::move(out_);
    }

private:
    static constexpr std::size_t columns = 6;
    using row = std::string[columns];

    void write_devices() {
        const device_list& devices = report_.devices;
        out_ += "devices";
        if (devices.one_task() && !devices.empty())
            out_ +=
                " of " +
                device_spec{.job = devices[0].name.job, .task = devices[0].name.task}.to_string();
        const char* separator = ": ";
        for (device_index device : devices.preferred()) {
            out_ += separator + short_name(device);
            if (const std::string& what = devices[device].description; !what.empty())
                out_ += " (" + what + ')';
            separator = ", ";
        }
        out_ += '\n';
    }

    void write_nodes() {
        row head = {"node", "op", "device", "reason", "why", "made at"};
        std::size_t width[columns] = {};
        measure(head, width);
        for (const placement_entry& entry : report_.nodes) {
            row cells;
            fill(entry, cells);
            measure(cells, width);
        }
        write_row(head, width);
        for (const placement_entry& entry : report_.nodes) {
            row cells;
            fill(entry, cells);
            write_row(cells, width);
            write_details(entry);
        }
    }

    void fill(const placement_entry& entry, row& cells) const {
        cells[0] = entry.node;
        cells[1] = entry.op;
        if (entry.device != unplaced) {
            cells[2] = short_name(entry.device);
            if (report_.devices[entry.device].description == "emulated") cells[2] += " emulated";
        }
        cells[3] = name_of(entry.reason);
        cells[4] = entry.why;
        cells[5] = entry.where;
    }

    // One very long name does not push all other rows apart: its own row loses the alignment.
    static void measure(const row& cells, std::size_t (&width)[columns]) {
        for (std::size_t i = 0; i < columns; ++i)
            if (cells[i].size() > width[i]) width[i] = cells[i].size() < 34 ? cells[i].size() : 34;
    }

    void write_row(const row& cells, const std::size_t (&width)[columns]) {
        for (std::size_t i = 0; i < columns; ++i) {
            out_ += cells[i];
            const std::size_t pad = width[i] > cells[i].size() ? width[i] - cells[i].size() : 0;
            out_.append(pad + 2, ' ');
        }
        out_.erase(out_.find_last_not_of(' ') + 1);
        out_ += '\n';
    }

    void write_details(const placement_entry& entry) {
        if (entry.fused.size() > 1) {
            out_ += "    fuses";
            const char* separator = " ";
            for (const std::string& op : entry.fused) {
                out_ += separator + op;
                separator = ", ";
            }
            out_ += '\n';
        }
        write_launch(entry.launched);
        // A line per kind, not per device: what is missing is the same for all of its devices.
        std::vector<std::string_view> said;
        for (const rejected_device& rejected : entry.rejected) {
            const bool shared = rejected.reason == rejection_reason::no_shared_kernel;
            if (!shared && rejected.reason != rejection_reason::no_kernel) continue;
            const std::string_view kind = report_.devices[rejected.device].name.kind;
            if (list_contains(said, kind)) continue;
            said.push_back(kind);
            out_ += "    not " + std::string(kind) + ": " +
                    (shared ? "no kernel for a node that shares its device" : "no kernel");
            if (!rejected.missing.empty()) out_ += " for " + rejected.missing;
            out_ += '\n';
        }
    }

    void write_launch(const expression_launch& launched) {
        const std::string kernels =
            std::to_string(launched.kernels) + (launched.kernels == 1 ? " kernel" : " kernels");
        if (launched.way == launch_way::one_kernel)
            out_ += "    launched whole, by " + kernels + " of its own\n";
        if (launched.way == launch_way::at_run_time)
            out_ += "    launched whole, by " + kernels + " compiled when it first runs\n";
        if (launched.way == launch_way::by_parts)
            out_ += "    launched by parts, " + kernels + '\n';
        if (launched.way == launch_way::with_op)
            out_ += "    launched by the kernel of the op that it follows\n";
    }

    void write_copies() {
        out_ += "copies\n";
        for (const copy_entry& copy : report_.copies) {
            out_ += "  " + copy.node + "  " + short_name(copy.from) + " -> " + short_name(copy.to);
            out_ += copy.bytes == dyn ? "  size known when run"
                                      : "  " + std::to_string(copy.bytes) + " bytes";
            out_ += '\n';
        }
    }

    std::string short_name(device_index device) const {
        return device == unplaced ? "?" : report_.devices.short_name(device);
    }

    const placement_report& report_;
    std::string out_;
};

}  // namespace detail

WEFT_SOURCE std::string placement_report::to_string() const {
    return detail::placement_table(*this).text();
}
WEFT_SOURCE std::string placement_report::to_json() const {
    return placement_json(devices, nodes, copies, fallbacks);
}

}  // namespace weft
