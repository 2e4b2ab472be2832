// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Which nodes of a run must share a device, and what they ask for together: a variable with all
// that assign to it, and what colocate_with ties together. Every node is in exactly one group, most
// of them alone. Groups are numbered by their first member. Nothing here knows devices or kernels.
#pragma once

#include <weft/core/flat_map.hpp>
#include <weft/graph/record.hpp>

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace weft {

// A node's place in the list that is being placed.
using node_position = std::uint32_t;
inline constexpr node_position no_position = static_cast<node_position>(-1);

// What the members of a group ask for, merged, and who asked first for each part.
struct group_request {
    device_spec spec{};
    node_position job = no_position, task = no_position, kind = no_position, index = no_position;
    // Two members that contradict each other, if any do.
    node_position conflict_first = no_position, conflict_second = no_position;
    // Whether it is their lines in a placement file that do, and whether the lines would win if
    // they were told to overrule.
    bool first_by_line = false, second_by_line = false, could_overrule = false;
    node_position line = no_position;  // the first member that a placement file gives a device
};

class colocation_groups {
public:
    // Near-linear in nodes and colocations (union by number, path halving).
    explicit colocation_groups(std::span<const node_record* const> nodes) : nodes_(nodes) {
        parent_.reserve(nodes.size());
        slot_of_.reserve(nodes.size());
        for (const node_record* node : nodes) slot_of_.emplace(node->id, new_slot());
        for (node_position at = 0; at < nodes.size(); ++at) {
            if (nodes[at]->target != no_node) unite(at, slot(nodes[at]->target));
            for (node_id other : nodes[at]->colocated) unite(at, slot(other));
        }
        number_groups();
        for (node_position at = 0; at < nodes.size(); ++at) merge(at);
    }

    // Puts what a placement file says of a node over what its group asks for. To overrule is to
    // replace kind and index where they differ, instead of noting a conflict.
    void add_line(node_position at, const device_spec& device, bool overrule) {
        group_request& group = requests_[group_of_[at]];
        const bool first = group.line == no_position;
        if (first) group.line = at;
        const auto part = [&](auto member, node_position& by, bool replaces) {
            auto& have = group.spec.*member;
            if (device.*member == device_spec().*member || have == device.*member) return;
            if (by == no_position || (replaces && overrule)) {
                have = device.*member;
                by = at;
            } else if (group.conflict_first == no_position) {
                group.conflict_first = by;
                group.conflict_second = at;
                group.first_by_line = nodes_[by]->requested.*member != have;
                group.second_by_line = true;
                group.could_overrule = replaces;
            }
        };
        part(&device_spec::job, group.job, false);
        part(&device_spec::task, group.task, false);
        part(&device_spec::kind, group.kind, first);
        part(&device_spec::index, group.index, first);
    }

    std::size_t size() const { return requests_.size(); }
    std::uint32_t group_of(node_position node) const { return group_of_[node]; }
    // In the order of the list, never empty.
    std::span<const node_position> members(std::uint32_t group) const {
        return {members_.data() + first_[group], members_.data() + first_[group + 1]};
    }
    const group_request& request(std::uint32_t group) const { return requests_[group]; }
    // The member that the others are said to be with: the first variable, else the first.
    node_position leader(std::uint32_t group) const { return leaders_[group]; }
    // Nodes that members name but that are not in the list, each with its group; they may have a
    // device from an earlier run.
    std::span<const std::pair<node_id, std::uint32_t>> absent() const { return absent_; }
    // The position of a node in the list, no_position if it is not there.
    node_position position_of(node_id id) const {
        const node_position* const found = slot_of_.find(id);
        return found == nullptr || *found >= nodes_.size() ? no_position : *found;
    }

private:
    node_position new_slot() {
        parent_.push_back(static_cast<node_position>(parent_.size()));
        return parent_.back();
    }
    // Nodes outside the list get slots behind it, so that two assigns to an absent variable still
    // meet.
    node_position slot(node_id id) {
        if (const node_position* const found = slot_of_.find(id)) return *found;
        absent_.emplace_back(id, new_slot());
        slot_of_.emplace(id, absent_.back().second);
        return absent_.back().second;
    }
    node_position root(node_position slot) {
        while (parent_[slot] != slot) slot = parent_[slot] = parent_[parent_[slot]];
        return slot;
    }
    // The smaller root stays, so that a group with a member in the list has its root there.
    void unite(node_position a, node_position b) {
        a = root(a);
        b = root(b);
        parent_[a < b ? b : a] = a < b ? a : b;
    }

    void number_groups() {
        const auto count = static_cast<node_position>(nodes_.size());
        group_of_.resize(count);
        for (node_position at = 0; at < count; ++at) {
            if (root(at) == at) {
                group_of_[at] = static_cast<std::uint32_t>(requests_.size());
                requests_.emplace_back();
            } else {
                group_of_[at] = group_of_[root(at)];
            }
        }
        for (auto& [id, slot] : absent_) slot = group_of_[root(slot)];
        // Members of all groups in one array, by counting.
        first_.assign(requests_.size() + 1, 0);
        for (std::uint32_t group : group_of_) ++first_[group + 1];
        for (std::size_t group = 1; group < first_.size(); ++group)
            first_[group] += first_[group - 1];
        std::vector<std::uint32_t> next(first_.begin(), first_.end() - 1);
        members_.resize(count);
        leaders_.assign(requests_.size(), no_position);
        for (node_position at = 0; at < count; ++at) {
            members_[next[group_of_[at]]++] = at;
            node_position& leader = leaders_[group_of_[at]];
            const bool first_variable = nodes_[at]->role == node_role::variable &&
                                        leader != no_position &&
                                        nodes_[leader]->role != node_role::variable;
            if (leader == no_position || first_variable) leader = at;
        }
    }

    void merge(node_position at) {
        const device_spec& asked = nodes_[at]->requested;
        if (asked.is_any()) return;
        group_request& group = requests_[group_of_[at]];
        const auto part = [&](auto& have, const auto& want, bool given, node_position& by) {
            if (!given) return;
            if (by == no_position) {
                have = want;
                by = at;
            } else if (have != want && group.conflict_first == no_position) {
                group.conflict_first = by;
                group.conflict_second = at;
            }
        };
        part(group.spec.job, asked.job, !asked.job.empty(), group.job);
        part(group.spec.task, asked.task, asked.task >= 0, group.task);
        part(group.spec.kind, asked.kind, !asked.kind.empty(), group.kind);
        part(group.spec.index, asked.index, asked.index >= 0, group.index);
    }

    std::span<const node_record* const> nodes_;
    flat_map<node_id, node_position> slot_of_;
    std::vector<node_position> parent_;
    std::vector<std::pair<node_id, std::uint32_t>> absent_;  // slot while building, then group
    std::vector<std::uint32_t> group_of_;                    // of each node
    std::vector<std::uint32_t> first_;                       // of each group, in members_
    std::vector<node_position> members_;
    std::vector<node_position> leaders_;  // of each group
    std::vector<group_request> requests_;
};

}  // namespace weft
