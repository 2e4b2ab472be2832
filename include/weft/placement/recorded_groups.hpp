// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Which nodes of a recorded graph will run, and which of them share a device: the counterpart of
// prune and colocation_groups for graphs that the compiler records. Near-linear. Kernels come in as
// sets of kinds, devices not at all.
#pragma once

#include <weft/core/constant_list.hpp>
#include <weft/placement/machine.hpp>
#include <weft/placement/reason.hpp>

#include <initializer_list>

namespace weft {

// Nodes that share a device: what they ask for together, and what was chosen.
struct recorded_group {
    recorded_kinds kinds;  // that all members can run on
    recorded_spec spec;
    node_id leader;  // the first variable, else the first member
    std::uint32_t members;
    recorded_device device;
    node_id with;  // for with_consumer and with_input
    placement_reason reason;
    bool contradiction;  // two members ask for different devices
    bool needs_kernel;
    bool tried;
    bool blamed;  // a member without a possible device was counted
};

class recorded_groups {
public:
    constexpr recorded_groups(const recorded_graph& recorded, recorded_kinds present)
        : graph_(recorded),
          present_(present),
          needed_(recorded.size, false),
          parent_(recorded.size, 0),
          groups_(recorded.size, empty) {
        find_needed();
        for (node_id id = 0; id < graph_.size; ++id) parent_[id] = id;
        for (node_id id = 0; id < graph_.size; ++id) {
            if (!needed_[id]) continue;
            if (graph_.nodes[id].target != no_node) unite(id, graph_.nodes[id].target);
            const node_id* const others = graph_.colocated(id);
            for (std::uint32_t i = 0; i < graph_.nodes[id].colocated; ++i) unite(id, others[i]);
        }
        for (node_id id = 0; id < graph_.size; ++id) {
            parent_[id] = root(id);
            if (needed_[id]) join(id, graph_.nodes[id], groups_[parent_[id]]);
        }
    }

    // Whether a node will run: what is fetched needs it; everything, where nothing is.
    constexpr bool needed(node_id id) const { return needed_[id]; }
    constexpr recorded_group& of(node_id id) { return groups_[parent_[id]]; }
    // The kinds of the machine that a node can run on.
    constexpr recorded_kinds kinds_of(node_id id) const {
        const recorded_node& node = graph_.nodes[id];
        return node.runs_anywhere() ? ~recorded_kinds{0} : node.op->kinds & present_;
    }

private:
    constexpr void find_needed() {
        bool all = true;
        for (node_id id = 0; id < graph_.size; ++id)
            if (graph_.nodes[id].fetched) all = false;
        // What a node needs has smaller numbers.
        for (auto id = static_cast<node_id>(graph_.size); id-- > 0;) {
            const recorded_node& node = graph_.nodes[id];
            if (all || node.fetched) needed_[id] = true;
            if (!needed_[id]) continue;
            const node_id* const before = graph_.inputs(id);  // and controls
            for (std::uint32_t i = 0; i < node.inputs + node.controls; ++i)
                needed_[before[i]] = true;
            if (node.op->role == node_role::assign) needed_[node.target] = true;
        }
    }
    constexpr node_id root(node_id id) {
        while (parent_[id] != id) id = parent_[id] = parent_[parent_[id]];
        return id;
    }
    constexpr void unite(node_id a, node_id b) {
        a = root(a);
        b = root(b);
        parent_[a < b ? b : a] = a < b ? a : b;
    }
    constexpr void join(node_id id, const recorded_node& node, recorded_group& group) const {
        ++group.members;
        if (!node.runs_anywhere()) {
            group.kinds &= node.op->kinds & present_;
            group.needs_kernel = true;
        }
        if (group.leader == no_node || (node.op->role == node_role::variable &&
                                        graph_.nodes[group.leader].op->role != node_role::variable))
            group.leader = id;
        if (!node.requested.is_any()) merge(group, node.requested);
    }
    static constexpr void merge_part(recorded_group& group, int& have, int want) {
        if (want < 0 || have == want) return;
        if (have >= 0) group.contradiction = true;
        if (have < 0) have = want;
    }
    static constexpr void merge(recorded_group& group, const recorded_spec& asked) {
        merge_part(group, group.spec.job, asked.job);
        merge_part(group, group.spec.task, asked.task);
        merge_part(group, group.spec.kind, asked.kind);
        merge_part(group, group.spec.index, asked.index);
    }

    static constexpr recorded_group empty{~recorded_kinds{0},
                                          any_recorded_device,
                                          no_node,
                                          0,
                                          no_recorded_device,
                                          no_node,
                                          placement_reason::explicit_device,
                                          false,
                                          false,
                                          false,
                                          false};

    const recorded_graph& graph_;
    recorded_kinds present_;
    constant_list<bool> needed_;
    constant_list<node_id> parent_;         // in the end: the root
    constant_list<recorded_group> groups_;  // of each node that is the root of one
};

}  // namespace weft
