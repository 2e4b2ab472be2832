// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The placer for graphs that the compiler records: the passes and reasons of placer.hpp and
// explain.hpp and the copies of the planner, over plain arrays, in near-linear time and few steps.
// That both agree is tested on the same builders. It knows no earlier runs and no feeds.
#pragma once

#include <weft/placement/recorded_groups.hpp>

#include <cstddef>
#include <utility>

namespace weft {

// The decision about a node that will run. Without a device, `reason` says nothing.
struct recorded_decision {
    node_id id = no_node;
    recorded_device device = no_recorded_device;
    placement_reason reason = placement_reason::priority;
};

// A placement in figures.
struct placement_counts {
    std::size_t nodes = 0;           // that will run
    std::size_t fallbacks = 0;       // of them, not where they were asked to be
    std::size_t errors = 0;          // what a session would throw about: see place
    std::size_t copies = 0;          // of values to other memories
    std::size_t copied_bytes = 0;    // by those of known size
    std::size_t unsized_copies = 0;  // those whose size a run's feeds decide
};

namespace detail {

class recorded_placer {
public:
    constexpr recorded_placer(const recorded_graph& recorded, const machine& on)
        : graph_(recorded),
          devices_(on, recorded),
          soft_(on.allow_soft_placement),
          groups_(recorded, devices_.present()) {}

    constexpr placement_counts place(recorded_decision* out) {
        for (node_id id = 0; id < graph_.size; ++id)
            if (groups_.needed(id) && !follows_data(id)) choose(groups_.of(id));
        place_producers();
        place_metadata_readers();
        for (node_id id = 0; id < graph_.size; ++id)
            if (groups_.needed(id)) decide(id, out[counts_.nodes++]);
        count_errors();
        count_copies();
        return counts_;
    }

private:
    constexpr bool reads_metadata(node_id id) const {
        return graph_.nodes[id].op->metadata_only && graph_.nodes[id].inputs > 0;
    }
    // As in placer.hpp: nodes that go where those are that read them, or what they read.
    constexpr bool follows_data(node_id id) {
        const recorded_group& group = groups_.of(id);
        return group.members == 1 && group.spec.kind < 0 && group.spec.index < 0 &&
               (graph_.nodes[id].produces_only() || reads_metadata(id));
    }

    static constexpr recorded_spec relaxed(const recorded_spec& spec) {
        return {spec.job, spec.task, -1, -1};
    }
    // Values from the caller are in its memory.
    constexpr recorded_device best(const recorded_spec& spec, const recorded_group& group) const {
        if (!group.needs_kernel)
            if (const recorded_device cpu = devices_.best(spec, group.kinds & devices_.cpu());
                cpu.is_placed())
                return cpu;
        return devices_.best(spec, group.kinds);
    }
    constexpr void choose(recorded_group& group) {
        if (std::exchange(group.tried, true) || group.contradiction) return;
        group.device = best(group.spec, group);
        group.reason = reason_of_choice(group);
        if (group.device.is_placed() || !soft_) return;
        group.device = best(relaxed(group.spec), group);
        group.reason = placement_reason::soft_fallback;
    }
    constexpr placement_reason reason_of_choice(const recorded_group& group) const {
        if (!group.spec.is_any()) return placement_reason::explicit_device;
        if (!group.needs_kernel)
            return graph_.nodes[group.leader].op->role == node_role::group
                       ? placement_reason::no_work
                       : placement_reason::client;
        const recorded_kinds here = group.kinds & devices_.present();
        return (here & (here - 1)) == 0 ? placement_reason::only_kind : placement_reason::priority;
    }

    constexpr void place_producers() {
        constexpr node_id several = no_node - 1;
        constant_list<node_id> reader(graph_.size, no_node);
        for (node_id id = 0; id < graph_.size; ++id) {
            if (!groups_.needed(id) || !groups_.of(id).device.is_placed()) continue;
            const node_id* const inputs = graph_.inputs(id);
            for (std::uint32_t i = 0; i < graph_.nodes[id].inputs; ++i) {
                const node_id input = inputs[i];
                if (reader[input] == no_node)
                    reader[input] = id;
                else if (reader[input] != several &&
                         !(groups_.of(reader[input]).device == groups_.of(id).device))
                    reader[input] = several;
            }
        }
        for (node_id id = 0; id < graph_.size; ++id) {
            if (!groups_.needed(id) || !graph_.nodes[id].produces_only()) continue;
            recorded_group& group = groups_.of(id);
            if (group.tried) continue;
            if (reader[id] < several) go_with(group, reader[id], placement_reason::with_consumer);
            choose(group);
        }
    }
    constexpr void place_metadata_readers() {
        for (node_id id = 0; id < graph_.size; ++id) {
            if (!groups_.needed(id)) continue;
            recorded_group& group = groups_.of(id);
            if (group.tried) continue;
            go_with(group, *graph_.inputs(id), placement_reason::with_input);
            choose(group);
        }
    }
    // Takes the device of `other` if it is a candidate.
    constexpr void go_with(recorded_group& group, node_id other, placement_reason reason) {
        const recorded_device device = groups_.of(other).device;
        if (!device.is_placed() ||
            (group.kinds & recorded_devices::bit(static_cast<std::size_t>(device.kind))) == 0 ||
            !group.spec.matches(devices_.name_of(device)))
            return;
        group.device = device;
        group.reason = reason;
        group.with = other;
        group.tried = true;
    }

    constexpr void decide(node_id id, recorded_decision& out) {
        const recorded_group& group = groups_.of(id);
        out.id = id;
        out.device = group.device;
        if (!group.device.is_placed()) return;
        out.reason = reason_of(id, group);
        if (out.reason == placement_reason::soft_fallback) ++counts_.fallbacks;
    }
    // As in explain.hpp.
    constexpr placement_reason reason_of(node_id id, const recorded_group& group) const {
        const recorded_node& node = graph_.nodes[id];
        if (!node.requested.matches(devices_.name_of(group.device)))
            return placement_reason::soft_fallback;
        if (group.with != no_node) return group.reason;
        if (!node.requested.is_any()) return placement_reason::explicit_device;
        if (node.target == group.leader) return placement_reason::with_variable;
        // The leader is with a member that asked, if one did.
        return id == group.leader && group.spec.is_any() ? group.reason
                                                         : placement_reason::colocated;
    }

    // As add_failures counts: one for each member that no device will do for, else one for the
    // group.
    constexpr void count_errors() {
        for (node_id id = 0; id < graph_.size; ++id) {
            if (!groups_.needed(id)) continue;
            recorded_group& group = groups_.of(id);
            if (group.device.is_placed() || group.contradiction) continue;
            const recorded_spec spec = soft_ ? relaxed(group.spec) : group.spec;
            if (!devices_.best(spec, devices_.present()).is_placed() ||
                devices_.best(spec, groups_.kinds_of(id)).is_placed())
                continue;
            group.blamed = true;
            ++counts_.errors;
        }
        for (node_id id = 0; id < graph_.size; ++id)
            if (groups_.needed(id) && groups_.of(id).leader == id &&
                !groups_.of(id).device.is_placed() && !groups_.of(id).blamed)
                ++counts_.errors;
    }

    // One copy serves all readers in a memory; variables are copied for each reader, since readers
    // may stand on different sides of a write.
    constexpr void count_copies() {
        struct copy {
            int memory;
            std::uint32_t next;  // one more than its place, 0 for none
        };
        constant_list<copy> copies;
        constant_list<std::uint32_t> first(graph_.size, 0);
        for (node_id id = 0; id < graph_.size; ++id) {
            const node_role role = graph_.nodes[id].op->role;
            if (!groups_.needed(id) || !groups_.of(id).device.is_placed() ||
                (role != node_role::compute && role != node_role::call &&
                 role != node_role::assign))
                continue;
            const int memory = devices_.memory_of(groups_.of(id).device);
            const node_id* const inputs = graph_.inputs(id);
            for (std::uint32_t i = 0; i < graph_.nodes[id].inputs; ++i) {
                const node_id input = inputs[i];
                const recorded_device from = groups_.of(input).device;
                if (!from.is_placed() || devices_.memory_of(from) == memory) continue;
                std::uint32_t at = first[input];
                while (at != 0 && copies[at - 1].memory != memory) at = copies[at - 1].next;
                if (at != 0 && graph_.nodes[input].op->role != node_role::variable) continue;
                copies.push_back({memory, first[input]});
                first[input] = copies.size();
                count_copy(graph_.nodes[input].op->bytes);
            }
        }
    }
    constexpr void count_copy(std::size_t bytes) {
        ++counts_.copies;
        if (bytes == dyn)
            ++counts_.unsized_copies;
        else
            counts_.copied_bytes += bytes;
    }

    const recorded_graph& graph_;
    const recorded_devices devices_;
    const bool soft_;
    recorded_groups groups_;
    placement_counts counts_{};
};

}  // namespace detail

// Places the nodes that will run and writes the decisions to `out`, in the order of making; there
// is room for all nodes. It counts as errors what a session's error would list: contradictions,
// devices that do not exist, kernels that do not, each once.
constexpr placement_counts place(const recorded_graph& recorded, const machine& on,
                                 recorded_decision* out) {
    return detail::recorded_placer(recorded, on).place(out);
}

}  // namespace weft
