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
#include <weft/placement/placement_file.hpp>
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
    // What it says of a node comes before everything but state and kernels; null: nothing.
    const placement_file* file = nullptr;

    const placement_line* line_of(const node_record& node) const {
        return file == nullptr ? nullptr : file->find(node.name);
    }
};

// Whether a device is what a node, and its line in a placement file, if any, ask for.
inline bool is_as_asked(const node_record& node, const placement_line* line,
                        const device_spec& device) {
    return node.requested.matches(device) && (line == nullptr || line->device.matches(device));
}

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
          lines(lines_of(asked)),
          groups(groups_of(asked, lines)),
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
    // Of a node in the placement file; null if it has none.
    const placement_line* line(node_position at) const {
        return lines.empty() ? nullptr : lines[at];
    }
    // What soft placement does not give up.
    static device_spec relaxed(const device_spec& spec) {
        return {.job = spec.job, .task = spec.task};
    }

    const placement_request& request;
    const std::span<const node_record* const> nodes;
    const device_list& devices;
    const std::vector<const placement_line*> lines;  // of each node; empty without a file
    const colocation_groups groups;
    const std::span<const node_id> fed;
    std::vector<device_list::kind_set> kinds;  // that each node can run on
    std::vector<group_choice> choices;         // of each group

private:
    static std::vector<const placement_line*> lines_of(const placement_request& asked) {
        std::vector<const placement_line*> out;
        if (asked.file == nullptr || asked.file->empty()) return out;
        out.reserve(asked.nodes.size());
        for (const node_record* node : asked.nodes) out.push_back(asked.line_of(*node));
        return out;
    }
    static colocation_groups groups_of(const placement_request& asked,
                                       const std::vector<const placement_line*>& lines) {
        colocation_groups out(asked.nodes);
        for (node_position at = 0; at < lines.size(); ++at)
            if (lines[at] != nullptr)
                out.add_line(at, lines[at]->device, asked.allow_soft_placement);
        return out;
    }
};

}  // namespace weft
