// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Finds out why a group of nodes has no device, once the placer knows that it has none: which
// member is to blame, and with whom. Facts only, found without text; placement_error.hpp has the
// words.
#pragma once

#include <weft/placement/choice.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace weft {

// What is wrong with a node.
enum class placement_problem : unsigned char {
    absent,         // nothing has the name that is asked for
    no_kernel,      // there are such devices, but the node has no kernel for them
    no_common,      // it and `other` have kernels, but for no device in common
    contradiction,  // it and `other` share a device and ask for different ones
    kept,           // it must be where an earlier run put `other`, and may or can not
    kept_apart,     // it and `other` share a device, and earlier runs put them on two
};

// A node that cannot be placed. Records outlive it.
struct placement_failure {
    placement_problem problem;
    const node_record* node;
    // Who contradicts, asked for `spec`, or was kept; null: nobody else, or a node not in the list.
    const node_record* other = nullptr;
    device_spec spec{};            // what was asked for, merged over the nodes that share a device
    device_index kept = unplaced;  // for `kept` and `kept_apart`: where `other` is
    // Whether a line of the placement file asks, instead of a specification in the program.
    bool by_line = false;
    bool other_by_line = false;
    bool could_overrule = false;  // soft placement would let the line win
};

// Two members of a group that ask for different devices. Soft placement answers for what a machine
// lacks, not for what a program contradicts.
inline std::optional<placement_failure> contradiction_in(const placement_state& state,
                                                         std::uint32_t group) {
    const group_request& asked = state.groups.request(group);
    if (asked.conflict_first == no_position) return {};
    return placement_failure{.problem = placement_problem::contradiction,
                             .node = state.nodes[asked.conflict_second],
                             .other = state.nodes[asked.conflict_first],
                             .spec = asked.spec,
                             .by_line = asked.second_by_line,
                             .other_by_line = asked.first_by_line,
                             .could_overrule = asked.could_overrule};
}

// A member that may or can not be where an earlier run put its group.
inline std::optional<placement_failure> move_of_kept(const placement_state& state,
                                                     std::uint32_t group) {
    const group_choice& choice = state.choices[group];
    const device_spec& name = state.devices[choice.kept].name;
    const node_record* holder =
        choice.kept_by == no_position ? nullptr : state.nodes[choice.kept_by];
    for (node_position member : state.groups.members(group)) {
        const node_record& node = *state.nodes[member];
        const placement_line* line = state.line(member);
        for (const device_spec* by : {&node.requested, line == nullptr ? nullptr : &line->device}) {
            if (by == nullptr) continue;
            const bool soft = state.request.allow_soft_placement;
            if (!(soft ? placement_state::relaxed(*by) : *by).matches(name))
                return placement_failure{.problem = placement_problem::kept,
                                         .node = &node,
                                         .other = holder,
                                         .spec = *by,
                                         .kept = choice.kept,
                                         .by_line = by != &node.requested};
        }
        if ((state.kinds[member] & state.devices.kind_bit(choice.kept)) == 0)
            return placement_failure{placement_problem::kept, &node, holder, {}, choice.kept};
    }
    return {};
}

// A member, or no_position for a node that is not in the list, whose state an earlier run put on
// another device than that of its group.
inline placement_failure kept_apart(const placement_state& state, std::uint32_t group,
                                    node_position by, device_index device) {
    const group_choice& choice = state.choices[group];
    const node_position blamed = by != no_position ? by : state.groups.leader(group);
    const bool holds = choice.kept_by != no_position && choice.kept_by != blamed;
    return {placement_problem::kept_apart, state.nodes[blamed],
            holds ? state.nodes[choice.kept_by] : nullptr, state.devices[device].name, choice.kept};
}

// Why none of the devices that a group asks for will do: adds a failure for each member without a
// kernel, or one for the group.
inline void add_failures(const placement_state& state, std::uint32_t group,
                         std::vector<placement_failure>& failures) {
    const auto members = state.groups.members(group);
    const group_request& asked = state.groups.request(group);
    const bool soft = state.request.allow_soft_placement;
    const device_spec spec = soft ? placement_state::relaxed(asked.spec) : asked.spec;
    const auto possible = [&](device_list::kind_set kinds) {
        return state.devices.best(spec, kinds) != unplaced;
    };
    node_position asker = no_position;
    for (node_position by : {asked.kind, asked.index, asked.task, asked.job})
        if (asker == no_position) asker = by;

    if (!possible(state.devices.all_kinds())) {
        const node_position blamed = asker == no_position ? state.groups.leader(group) : asker;
        failures.push_back({.problem = placement_problem::absent,
                            .node = state.nodes[blamed],
                            .spec = asked.spec,
                            .by_line = asked.line != no_position});
        return;
    }
    const std::size_t before = failures.size();
    for (node_position member : members) {
        if (possible(state.kinds[member])) continue;
        const bool own = asker == no_position || !state.nodes[member]->requested.is_any() ||
                         state.line(member) != nullptr;
        failures.push_back({.problem = placement_problem::no_kernel,
                            .node = state.nodes[member],
                            .other = own ? nullptr : state.nodes[asker],
                            .spec = asked.spec,
                            .by_line = asked.line != no_position});
    }
    if (failures.size() > before) return;

    // Each member has a kernel somewhere: blame the first that does not fit those before it.
    device_list::kind_set common = state.devices.all_kinds();
    node_position odd = members.front();
    for (node_position member : members) {
        odd = member;
        common &= state.kinds[member];
        if (!possible(common)) break;
    }
    node_position other = members.front();
    for (node_position member : members)
        if (member < odd && !possible(state.kinds[member] & state.kinds[odd])) other = member;
    failures.push_back(
        {placement_problem::no_common, state.nodes[odd], state.nodes[other], asked.spec});
}

}  // namespace weft
