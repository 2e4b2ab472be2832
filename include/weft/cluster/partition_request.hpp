// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What is to be divided among tasks: a placed plan, what is fed and fetched, and which task each
// device belongs to. Definitions of partition() read it too, so it stands apart from the function,
// which is declared with them behind it when everything is in headers.
#pragma once

#include <weft/graph/graph_base.hpp>
#include <weft/placement/device_list.hpp>

#include <cstdint>
#include <span>
#include <string>

namespace weft {

// A device of a cluster: which task it belongs to, and its number there.
struct device_place {
    std::uint32_t task = 0;
    std::uint32_t local = 0;
};

// A placed plan. Everything referred to outlives the call.
struct partition_request {
    const graph_base& from;
    std::span<const node_record* const> nodes;  // inputs before their readers
    std::span<const device_index> devices;      // of each node
    std::span<const device_place> places;       // of each device
    std::span<const node_id> feeds, fetches;
    std::span<const std::string> tasks;  // their names
    std::uint32_t self = 0;              // the task of feeds and fetches
};

// Whether all tasks of a job run a node together.
inline bool is_collective(const node_record& node) {
    return node.role == node_role::call && node.op == "AllReduce";
}

}  // namespace weft
