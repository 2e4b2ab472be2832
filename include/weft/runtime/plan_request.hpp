// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What a plan is made from: the graph, what is fed and fetched, the session's devices and where its
// variables are already. Borrowed for the time of planning; nothing of it stays in the plan but the
// records.
#pragma once

#include <weft/graph/graph_base.hpp>
#include <weft/placement/placement_file.hpp>
#include <weft/runtime/plan.hpp>

#include <map>
#include <span>

namespace weft {

// What a plan is made from. `kept` is where earlier plans put the variables; this one's are in
// plan::variables.
struct plan_request {
    const graph_base& from;
    std::span<const node_id> feeds;
    std::span<const node_id> fetches;
    const plan_devices& machine;
    const device_list& devices;
    const std::map<node_id, device_index>& kept;
    bool allow_soft_placement = false;
    bool deterministic = false;  // callables run in the order of making
    const placement_file* placement = nullptr;
    // How many of the feeds, at the end, only count as done: they have no value here.
    std::size_t done = 0;
    // Where another placement has put the nodes; null: they are placed here.
    const std::map<node_id, device_index>* placed = nullptr;
};

}  // namespace weft
