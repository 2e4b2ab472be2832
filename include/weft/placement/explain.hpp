// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Turns what the placer chose for groups into a report about nodes: why each is where it is, and
// why it is nowhere else. It decides nothing; every group has a device by now. The report keeps
// nothing of the records that it was made from.
#pragma once

#include <weft/graph/node_parts.hpp>
#include <weft/placement/choice.hpp>
#include <weft/placement/report.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace weft {

namespace detail {

// Explains the nodes of a finished placement, one by one.
class placement_explainer {
public:
    explicit placement_explainer(const placement_state& state) : state_(state) {}

    placement_entry entry(node_position at) const {
        const node_record& node = *state_.nodes[at];
        const placement_reason reason = reason_of(at);
        return {.id = node.id,
                .node = node.name,
                .op = node.op,
                .fused = node.fused,
                .requested = node.requested,
                .device = choice(at).device,
                .reason = reason,
                .why = why(at, reason),
                .rejected = rejected(at),
                .where = to_string(node.where),
                .launched = launched(at)};
    }

private:
    std::uint32_t group(node_position at) const { return state_.groups.group_of(at); }
    const group_choice& choice(node_position at) const { return state_.choices[group(at)]; }
    const device_spec& device_name(node_position at) const {
        return state_.devices[choice(at).device].name;
    }

    placement_reason reason_of(node_position at) const {
        const node_record& node = *state_.nodes[at];
        const group_choice& chosen = choice(at);
        if (!is_as_asked(node, state_.line(at), device_name(at)))
            return placement_reason::soft_fallback;
        if (chosen.with != no_position) return chosen.reason;
        if (state_.request.kept != nullptr && state_.request.kept->contains(node.id))
            return placement_reason::kept;
        if (state_.line(at) != nullptr) return placement_reason::placement_file;
        if (!node.requested.is_any()) return placement_reason::explicit_device;
        const node_position leader = leading(at);
        if (leader == at) return chosen.reason;
        if (leader == no_position || node.target == state_.nodes[leader]->id)
            return node.target == no_node ? placement_reason::colocated
                                          : placement_reason::with_variable;
        return placement_reason::colocated;
    }

    // The member to which the others of a group were added: the one that was kept, asked, or leads.
    // An absent one (kept, but not in the list) is no_position.
    node_position leading(node_position at) const {
        const group_choice& chosen = choice(at);
        if (chosen.kept != unplaced) return chosen.kept_by;
        const node_position leader = state_.groups.leader(group(at));
        const group_request& asked = state_.groups.request(group(at));
        if (at != leader) return leader;
        for (node_position by : {asked.kind, asked.index, asked.task, asked.job})
            if (by != no_position) return by;
        return leader;
    }

    std::string why(node_position at, placement_reason reason) const {
        const device_spec& name = device_name(at);
        const node_record& node = *state_.nodes[at];
        switch (reason) {
            case placement_reason::explicit_device:
                return "asked for '" + node.requested.to_string() + '\'';
            case placement_reason::only_kind:
                return state_.devices.kinds().size() == 1
                           ? "there are only " + name.kind + " devices"
                           : "only " + name.kind + " has its kernel";
            case placement_reason::priority: return name.kind + " comes first";
            case placement_reason::with_variable: return "with variable " + named(leading(at));
            case placement_reason::colocated: return "colocated with " + named(leading(at));
            case placement_reason::with_consumer:
                return "with its consumer " + named(choice(at).with);
            case placement_reason::with_input: return "with its input " + named(choice(at).with);
            case placement_reason::kept: return "placed by an earlier run";
            case placement_reason::soft_fallback: return why_not_asked(at);
            case placement_reason::client: return "given by the caller";
            case placement_reason::no_work: return "does no work";
            case placement_reason::placement_file:
                return "in " + state_.request.file->describe(*state_.line(at));
        }
        return {};
    }
    std::string named(node_position at) const {
        return at == no_position ? "(of an earlier run)" : '\'' + state_.nodes[at]->name + '\'';
    }

    // Why a node is not where it was asked to be.
    std::string why_not_asked(node_position at) const {
        const device_spec& asked = state_.groups.request(group(at)).spec;
        const placement_line* line = state_.line(at);
        // What is not met: the line, or the program's wish.
        const bool by_line = line != nullptr && !line->device.matches(device_name(at));
        const device_spec& wish = by_line ? line->device : state_.nodes[at]->requested;
        std::string text = '\'' + wish.to_string() + '\'';
        if (by_line) text += " in " + state_.request.file->describe(*line);
        if (asked.matches(device_name(at)))
            return text + ", but the placement file has " +
                   named(state_.groups.request(group(at)).line) + " here";
        if (choice(at).kept != unplaced) return text + ", but kept by an earlier run";
        if (state_.devices.find(asked) == unplaced) return text + " does not exist";
        if (state_.devices.best(asked, state_.kinds[at]) == unplaced)
            return text + " has no kernel for it";
        return text + " has no kernel for its group";
    }

    std::vector<rejected_device> rejected(node_position at) const {
        std::vector<rejected_device> out;
        out.reserve(state_.devices.size() - 1);
        for (device_index device : state_.devices.preferred())
            if (device != choice(at).device) {
                const rejection_reason reason = rejection(at, device);
                out.push_back({device, reason,
                               reason == rejection_reason::no_kernel ? missing(at, device) : ""});
            }
        return out;
    }

    rejection_reason rejection(node_position at, device_index device) const {
        const group_choice& chosen = choice(at);
        const device_list::kind_set kind = state_.devices.kind_bit(device);
        const device_spec& asked = state_.groups.request(group(at)).spec;
        const bool met = asked.matches(device_name(at));
        if ((state_.kinds[at] & kind) == 0) return rejection_reason::no_kernel;
        if ((chosen.kinds & kind) == 0) return rejection_reason::no_shared_kernel;
        if (!(met ? asked : placement_state::relaxed(asked)).matches(state_.devices[device].name))
            return rejection_reason::not_requested;
        if (chosen.kept != unplaced) return rejection_reason::kept_elsewhere;
        if (chosen.with != no_position || chosen.reason == placement_reason::client)
            return rejection_reason::data_elsewhere;
        return rejection_reason::lower_priority;
    }

    expression_launch launched(node_position at) const {
        const device_info& device = state_.devices[choice(at).device];
        const kernel_entry* kernel =
            device.launches ? state_.nodes[at]->kernel_for(device.name.kind, true) : nullptr;
        if (kernel == nullptr || kernel->launched == nullptr) return {};
        return kernel->launched->summary(device.compiles);
    }

    std::string missing(node_position at, device_index device) const {
        for (const kernel_entry& entry : state_.nodes[at]->kernels)
            if (entry.kind == state_.devices[device].name.kind) return entry.missing;
        return {};
    }

    const placement_state& state_;
};

}  // namespace detail

// The report of a placement in which every group has a device.
inline placement_report explain_placement(const placement_state& state) {
    const detail::placement_explainer explainer(state);
    placement_report report;
    report.devices = state.devices;
    report.nodes.reserve(state.nodes.size());
    for (node_position at = 0; at < state.nodes.size(); ++at) {
        report.nodes.push_back(explainer.entry(at));
        if (report.nodes.back().reason == placement_reason::soft_fallback) ++report.fallbacks;
    }
    return report;
}

}  // namespace weft
