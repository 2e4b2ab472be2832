// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Chooses a device for every node of a run: a pure function of records, devices and what earlier
// runs placed, in near-linear time. Constraints first (specifications, colocation, state), then
// choice, then a report with the reason of every decision. It moves no data and plans no copies.
#pragma once

#include <weft/placement/choice.hpp>
#include <weft/placement/explain.hpp>
#include <weft/placement/placement_error.hpp>
#include <weft/placement/untied.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace weft {

// Where the nodes go.
struct placement_decision {
    std::vector<device_index> devices;  // of each node, in the order of the request
    placement_report report;
};

namespace detail {

// One placement, in numbered passes.
class placer {
public:
    explicit placer(const placement_request& request) : state_(request) {}

    std::vector<device_index> place() {
        find_kernels();
        find_kept();
        for (std::uint32_t group = 0; group < groups_.size(); ++group)
            if (!follows_data(group)) choose(group);
        place_producers();
        place_metadata_readers();
        if (!failures_.empty()) throw_placement_error(state_.request, std::move(failures_));
        std::vector<device_index> out;
        out.reserve(nodes_.size());
        for (node_position at = 0; at < nodes_.size(); ++at)
            out.push_back(choices_[groups_.group_of(at)].device);
        return out;
    }
    // Of what was placed.
    placement_report report() const { return explain_placement(state_); }

private:
    // Pass 1: the device kinds of each node and of each group.
    void find_kernels() {
        for (node_position at = 0; at < nodes_.size(); ++at) {
            const node_record& node = *nodes_[at];
            if (state_.runs_anywhere(node)) {
                state_.kinds[at] = ~device_list::kind_set{0};
            } else {
                for (const kernel_entry& entry : node.kernels)
                    if (entry.code(devices_.launches()) != nullptr)
                        state_.kinds[at] |= devices_.kind_bit(entry.kind);
            }
            choices_[groups_.group_of(at)].kinds &= state_.kinds[at];
        }
    }
    // Pass 2: groups with a variable that an earlier run placed stay there.
    void find_kept() {
        if (state_.request.kept == nullptr) return;
        const auto& kept = *state_.request.kept;
        for (node_position at = 0; at < nodes_.size(); ++at)
            if (const auto found = kept.find(nodes_[at]->id); found != kept.end())
                keep(groups_.group_of(at), found->second, at);
        for (const auto& [id, group] : groups_.absent())
            if (const auto found = kept.find(id); found != kept.end())
                keep(group, found->second, no_position);
    }
    void keep(std::uint32_t group, device_index device, node_position by) {
        group_choice& choice = choices_[group];
        if (choice.kept == unplaced) {
            choice.kept = device;
            choice.kept_by = by;
        } else if (choice.kept != device && !std::exchange(choice.tried, true)) {
            failures_.push_back(kept_apart(state_, group, by, device));
        }
    }

    // True for what pass 3 leaves to passes 4 and 5: nodes alone in their group that no
    // specification ties to a kind, and that either only produce or only look at metadata.
    bool follows_data(std::uint32_t group) const {
        const device_spec& asked = spec_of(group);
        const node_record& node = *nodes_[groups_.members(group).front()];
        return groups_.members(group).size() == 1 && choices_[group].kept == unplaced &&
               asked.kind.empty() && asked.index < 0 && !state_.is_fed(node) &&
               (node.produces_only() || reads_metadata(node));
    }
    static bool reads_metadata(const node_record& node) {
        return node.metadata_only && !node.inputs.empty();
    }

    // Pass 3: the best device that the constraints of a group leave.
    void choose(std::uint32_t group) {
        group_choice& choice = choices_[group];
        if (std::exchange(choice.tried, true)) return;
        if (auto failure = contradiction_in(state_, group)) {
            failures_.push_back(*std::move(failure));
        } else if (choice.kept != unplaced) {
            // State does not move: the group goes where its variable is, or fails.
            if (auto moved = move_of_kept(state_, group)) {
                failures_.push_back(*std::move(moved));
            } else {
                choice.device = choice.kept;
                choice.reason = placement_reason::kept;
            }
        } else {
            const bool at_client = needs_no_kernel(group);
            choice.device = best(spec_of(group), choice.kinds, at_client);
            choice.reason = reason_of_choice(group);
            if (choice.device == unplaced && soft_) {
                const device_spec relaxed = placement_state::relaxed(spec_of(group));
                choice.device = best(relaxed, choice.kinds, at_client);
                choice.reason = placement_reason::soft_fallback;
            }
            if (choice.device == unplaced) add_failures(state_, group, failures_);
        }
    }

    bool needs_no_kernel(std::uint32_t group) const {
        for (node_position member : groups_.members(group))
            if (!state_.runs_anywhere(*nodes_[member])) return false;
        return true;
    }
    // Values from the caller are in its memory, and waiting is cheapest there too.
    device_index best(const device_spec& spec, device_list::kind_set kinds, bool at_client) const {
        if (at_client)
            if (const device_index cpu = devices_.best(spec, kinds & devices_.kind_bit("cpu"));
                cpu != unplaced)
                return cpu;
        return devices_.best(spec, kinds);
    }
    placement_reason reason_of_choice(std::uint32_t group) const {
        if (!spec_of(group).is_any()) return placement_reason::explicit_device;
        if (needs_no_kernel(group)) {
            const node_record& node = *nodes_[groups_.leader(group)];
            const bool group_node = node.role == node_role::group && !state_.is_fed(node);
            return group_node ? placement_reason::no_work : placement_reason::client;
        }
        const device_list::kind_set here = choices_[group].kinds & devices_.all_kinds();
        return (here & (here - 1)) == 0 ? placement_reason::only_kind : placement_reason::priority;
    }

    // Pass 4: a node that only produces goes to the device of those that read it, if it is one.
    void place_producers() {
        std::vector<device_index> reader_device(nodes_.size(), unplaced);
        std::vector<node_position> reader(nodes_.size(), no_position);
        constexpr node_position several = no_position - 1;
        for (node_position at = 0; at < nodes_.size(); ++at) {
            const device_index device = choices_[groups_.group_of(at)].device;
            // Readers of metadata come to the producer, so they have no say.
            if (device == unplaced || state_.is_fed(*nodes_[at])) continue;
            for (node_id input : nodes_[at]->inputs) {
                const node_position from = groups_.position_of(input);
                if (from == no_position) continue;
                if (reader[from] == no_position) {
                    reader[from] = at;
                    reader_device[from] = device;
                } else if (reader_device[from] != device) {
                    reader[from] = several;
                }
            }
        }
        for (node_position at = 0; at < nodes_.size(); ++at) {
            const std::uint32_t group = groups_.group_of(at);
            if (!nodes_[at]->produces_only() || choices_[group].tried) continue;
            if (reader[at] < several)
                go_with(group, reader_device[at], reader[at], placement_reason::with_consumer);
            choose(group);
        }
    }

    // Pass 5: a node that looks at metadata goes where its input is, inputs first.
    void place_metadata_readers() {
        for (node_position at = 0; at < nodes_.size(); ++at) {
            const std::uint32_t group = groups_.group_of(at);
            if (choices_[group].tried) continue;
            const node_position input = groups_.position_of(nodes_[at]->inputs.front());
            if (input != no_position)
                go_with(group, choices_[groups_.group_of(input)].device, input,
                        placement_reason::with_input);
            choose(group);
        }
    }

    // Takes that device if it is a candidate.
    void go_with(std::uint32_t group, device_index device, node_position with,
                 placement_reason reason) {
        group_choice& choice = choices_[group];
        if (device == unplaced || (choice.kinds & devices_.kind_bit(device)) == 0 ||
            !spec_of(group).matches(devices_[device].name))
            return;
        choice.device = device;
        choice.reason = reason;
        choice.with = with;
        choice.tried = true;
    }

    const device_spec& spec_of(std::uint32_t group) const { return groups_.request(group).spec; }

    placement_state state_;
    // Shorthands into state_.
    const std::span<const node_record* const> nodes_ = state_.nodes;
    const device_list& devices_ = state_.devices;
    const colocation_groups& groups_ = state_.groups;
    std::vector<group_choice>& choices_ = state_.choices;
    const bool soft_ = state_.request.allow_soft_placement;
    std::vector<placement_failure> failures_;
};

}  // namespace detail

// Places the nodes and says why. Fails with invalid_argument about all nodes that have no device,
// see placement_error.hpp. May be called from several threads at the same time.
inline placement_decision place(const placement_request& request) {
    detail::placer placer(request);
    std::vector<device_index> devices = placer.place();
    return {std::move(devices), placer.report()};
}

// The same without the reasons, which cost more than the choice. Nodes that nothing ties (no
// specification, no variable, no producer that would follow its reader) are placed by their kernels
// alone, if all are so.
inline std::vector<device_index> choose_devices(const placement_request& request) {
    std::vector<device_index> devices = detail::place_untied(request);
    return devices.size() == request.nodes.size() ? devices : detail::placer(request).place();
}

}  // namespace weft
