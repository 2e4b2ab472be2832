// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What makes two tasks' graphs the same: of each node its name, op, attributes, types, shape,
// inputs, controls and device kind. Job and task of a device are not among them, for a program that
// pins nodes to its own task gives another name on each; where nodes run is said by the task that
// runs them. Elements of constants are not among them either.
#pragma once

#include <weft/cluster/hash.hpp>
#include <weft/graph/graph_base.hpp>

#include <vector>

namespace weft {

// Of one node.
inline std::uint64_t hash_of(const node_record& node) {
    hasher made;
    made.add(node.name);
    made.add(node.op);
    const auto add_list = [&](const auto& list) {
        made.add(std::uint64_t{list.size()});
        for (const auto& element : list) made.add(element);
    };
    const auto add_ids = [&](const std::vector<node_id>& ids) {
        made.add(std::uint64_t{ids.size()});
        for (node_id id : ids) made.add(std::uint64_t{id});
    };
    add_list(node.fused);
    made.add(static_cast<std::uint64_t>(node.role));
    made.add(static_cast<std::uint64_t>(node.type.element));
    made.add(std::uint64_t{node.type.shape.rank});
    for (std::size_t size : node.type.shape) made.add(std::uint64_t{size});
    made.add(std::string_view(node.type.object == nullptr ? "" : node.type.object->name));
    add_ids(node.inputs);
    add_ids(node.controls);
    add_ids(node.colocated);
    made.add(std::uint64_t{node.target});
    for (const auto& [key, value] : node.attributes) {
        made.add(key);
        made.add(value);
    }
    made.add(node.requested.kind);
    made.add(static_cast<std::uint64_t>(node.requested.index));
    return made.finish().low;
}

// Of every node, in the order of making.
inline std::vector<std::uint64_t> node_hashes(const graph_base& of) {
    std::vector<std::uint64_t> out;
    out.reserve(of.size());
    for (node_id id = 0; id < of.size(); ++id) out.push_back(hash_of(of.record(id)));
    return out;
}

}  // namespace weft
