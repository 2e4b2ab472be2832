// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Which nodes of a recorded graph will run, and which of them share a device: the counterpart of
// prune and colocation_groups for graphs that the compiler records. Near-linear.
#pragma once

#include <weft/core/constant_list.hpp>
#include <weft/placement/machine.hpp>
#include <weft/placement/reason.hpp>

#include <initializer_list>

namespace weft {

// Nodes that share a device: what they ask for together, and what was chosen.
struct recorded_group {
    recorded_kinds kinds = ~recorded_kinds{0};  // that all members can run on
    recorded_spec spec{};
    // Who asked first for job, task, kind, index; the first variable, else the first member.
    node_id job = no_node, task = no_node, kind = no_node, index = no_node, leader = no_node;
    std::uint32_t members = 0;
    bool contradiction = false;  // two members ask for different devices
    bool needs_kernel = false;
    bool tried = false;
    bool blamed = false;  // a member without a possible device was counted
    recorded_device device{};
    placement_reason reason = placement_reason::explicit_device;
    node_id with = no_node;  // for with_consumer and with_input
};

class recorded_groups {
public:
    constexpr recorded_groups(const recorded_graph& recorded, recorded_kinds present)
        : graph_(recorded),
          present_(present),
          needed_(recorded.size),
          parent_(recorded.size),
          groups_(recorded.size) {
        find_needed();
        for (node_id id = 0; id < graph_.size; ++id) parent_[id] = id;
        for (node_id id = 0; id < graph_.size; ++id) {
            if (!needed_[id]) continue;
            if (graph_.nodes[id].target != no_node) unite(id, graph_.nodes[id].target);
            for (node_id other : graph_.colocated(id)) unite(id, other);
        }
        for (node_id id = 0; id < graph_.size; ++id)
            if (needed_[id]) join(id);
    }

    // Whether a node will run: what is fetched needs it; everything, where nothing is.
    constexpr bool needed(node_id id) const { return needed_[id]; }
    constexpr recorded_group& of(node_id id) { return groups_[root(id)]; }
    // The kinds of the machine that a node can run on.
    constexpr recorded_kinds kinds_of(node_id id) const {
        const recorded_node& node = graph_.nodes[id];
        return node.runs_anywhere() ? ~recorded_kinds{0} : node.kinds & present_;
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
            for (node_id before : graph_.inputs(id)) needed_[before] = true;
            for (node_id before : graph_.controls(id)) needed_[before] = true;
            if (node.role == node_role::assign) needed_[node.target] = true;
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
    constexpr void join(node_id id) {
        const recorded_node& node = graph_.nodes[id];
        recorded_group& group = of(id);
        ++group.members;
        group.kinds &= kinds_of(id);
        group.needs_kernel = group.needs_kernel || !node.runs_anywhere();
        if (group.leader == no_node ||
            (node.role == node_role::variable &&
             graph_.nodes[group.leader].role != node_role::variable))
            group.leader = id;
        if (!node.requested.is_any()) merge(group, id);
    }
    static constexpr void merge_part(recorded_group& group, int& have, int want, node_id& by,
                                     node_id id) {
        if (want < 0) return;
        if (by == no_node) {
            have = want;
            by = id;
        } else if (have != want) {
            group.contradiction = true;
        }
    }
    constexpr void merge(recorded_group& group, node_id id) {
        const recorded_spec& asked = graph_.nodes[id].requested;
        merge_part(group, group.spec.job, asked.job, group.job, id);
        merge_part(group, group.spec.task, asked.task, group.task, id);
        merge_part(group, group.spec.kind, asked.kind, group.kind, id);
        merge_part(group, group.spec.index, asked.index, group.index, id);
    }

    const recorded_graph& graph_;
    recorded_kinds present_;
    constant_list<bool> needed_;
    constant_list<node_id> parent_;
    constant_list<recorded_group> groups_;  // of each node that is the root of one
};

}  // namespace weft
