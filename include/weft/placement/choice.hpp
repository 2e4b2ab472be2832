// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What the placer is given, and what its passes note about each group of nodes that share a device:
// the common ground of choosing (placer.hpp), explaining (explain.hpp) and blaming (failure.hpp).
// Lives as long as one call of place; only the placer writes to it.
#pragma once

#include <weft/core/search.hpp>
#include <weft/placement/colocation.hpp>
#include <weft/placement/device_list.hpp>
#include <weft/placement/reason.hpp>

#include <map>
#include <span>
#include <utility>
#include <vector>

namespace weft {

// What is to be placed. Everything referred to outlives the call.
struct placement_request {
    // What will run, each node once, inputs before their readers. An input that is not in the list
    // is cut off (its reader is fed); the variable of an assign is in the list.
    std::span<const node_record* const> nodes;
    const device_list& devices;
    // Where earlier runs of the session put variables; null: nowhere yet.
    const std::map<node_id, device_index>* kept = nullptr;
    // Nodes whose values come from the caller instead of their kernels.
    std::span<const node_id> fed = {};
    bool allow_soft_placement = false;
};

// The choice for one group.
struct group_choice {
    device_list::kind_set kinds = ~device_list::kind_set{0};  // that all members can run on
    device_index kept = unplaced;                             // where an earlier run put it
    node_position kept_by = no_position;  // for which member; or one not in the list
    device_index device = unplaced;
    placement_reason reason = placement_reason::explicit_device;
    node_position with = no_position;  // for with_consumer and with_input
    bool tried = false;
};

// All that is known while nodes are being placed.
struct placement_state {
    explicit placement_state(const placement_request& asked)
        : request(asked),
          nodes(asked.nodes),
          devices(asked.devices),
          groups(asked.nodes),
          fed(asked.fed),
          kinds(asked.nodes.size()),
          choices(groups.size()) {}

    // Values from the caller and nodes without work need no kernel.
    bool runs_anywhere(const node_record& node) const {
        return node.role == node_role::placeholder || node.role == node_role::group || is_fed(node);
    }
    // A fed variable still is where its state is.
    bool is_fed(const node_record& node) const {
        return node.role != node_role::variable && list_contains(fed, node.id);
    }
    // What soft placement does not give up.
    static device_spec relaxed(const device_spec& spec) {
        return {.job = spec.job, .task = spec.task};
    }

    const placement_request& request;
    const std::span<const node_record* const> nodes;
    const device_list& devices;
    const colocation_groups groups;
    const std::span<const node_id> fed;
    std::vector<device_list::kind_set> kinds;  // that each node can run on
    std::vector<group_choice> choices;         // of each group
};

}  // namespace weft
