// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Graphs for placement tests, written without the graph layer: records with just enough in them for
// the placer to look at.
#pragma once

#include <weft/placement/placer.hpp>

#include <deque>
#include <source_location>
#include <string>
#include <string_view>
#include <map>
#include <vector>

namespace toy {

using weft::node_id;
using weft::node_record;
using weft::node_role;

struct options {
    std::string kinds = "cpu gpu";  // that have a kernel
    std::string at{};               // the requested device
    std::vector<node_id> inputs{};
    node_role role = node_role::compute;
    node_id target = weft::no_node;
    std::vector<node_id> colocated{};
    bool metadata_only = false;
};

// A list of records in the order of making, placed as a whole.
class graph {
public:
    node_id add(std::string name, std::string op, const options& given = {},
                std::source_location where = std::source_location::current()) {
        node_record& node = records_.emplace_back();
        node.id = static_cast<node_id>(records_.size() - 1);
        node.name = std::move(name);
        node.op = std::move(op);
        node.role = given.role;
        node.inputs = given.inputs;
        node.target = given.target;
        node.colocated = given.colocated;
        node.metadata_only = given.metadata_only;
        node.requested = weft::device_spec::parse(given.at);
        node.where = where;
        for (const char* kind : {"cpu", "gpu", "npu"}) {
            weft::kernel_entry entry;
            entry.kind = kind;
            if (given.kinds.find(kind) != std::string::npos)
                entry.run = [](const void*, weft::context_base&, const weft::value_ref* const*,
                               weft::value_ref&) {};
            else
                entry.missing = node.op + "(std::int32_t)";
            node.kernels.push_back(entry);
        }
        return node.id;
    }

    node_record& operator[](node_id id) { return records_[id]; }

    weft::placement_decision place(const weft::device_list& devices, bool soft = false) const {
        const auto nodes = list();
        return weft::place({.nodes = nodes,
                            .devices = devices,
                            .kept = &kept,
                            .fed = fed,
                            .allow_soft_placement = soft,
                            .file = file});
    }
    // Where a node goes, or what the error says.
    std::string where(node_id id, const weft::device_list& devices, bool soft = false) const {
        try {
            return devices.short_name(place(devices, soft).devices[id]);
        } catch (const weft::error& e) { return e.what(); }
    }
    // The reason and its words: "priority: gpu comes first".
    std::string why(node_id id, const weft::device_list& devices, bool soft = false) const {
        const weft::placement_decision placed = place(devices, soft);
        const weft::placement_entry& entry = placed.report.nodes[id];
        return std::string(name_of(entry.reason)) + ": " + entry.why;
    }
    std::string error_text(const weft::device_list& devices, bool soft = false) const {
        try {
            place(devices, soft);
            return "(no error)";
        } catch (const weft::error& e) { return e.what(); }
    }

    std::vector<const node_record*> list() const {
        std::vector<const node_record*> out;
        for (const node_record& node : records_) out.push_back(&node);
        return out;
    }

    std::map<node_id, weft::device_index> kept;
    std::vector<node_id> fed;
    const weft::placement_file* file = nullptr;

private:
    std::deque<node_record> records_;
};

// "/cpu:0 /gpu:0" of one task; GPUs are emulated, and added in the order given.
inline weft::device_list devices(std::string_view names) {
    weft::device_list out;
    while (!names.empty()) {
        const std::size_t end = names.find(' ');
        weft::device_info info;
        info.name = weft::device_spec::parse("/job:localhost/task:0")
                        .merged(weft::device_spec::parse(names.substr(0, end)));
        if (info.name.kind == "gpu") info.description = "emulated";
        out.add(info);
        names.remove_prefix(end == names.npos ? names.size() : end + 1);
    }
    return out;
}

}  // namespace toy
