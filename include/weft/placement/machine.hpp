// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A machine as the compiler places graphs on it: how many devices of each kind a session would
// have, and in which order it prefers them. The counterpart of device_list, for one task. It cannot
// know what the devices of the user's kinds say when they are made: priorities, shared memory.
#pragma once

#include <weft/core/constant_list.hpp>
#include <weft/graph/recorded.hpp>
#include <weft/placement/device_list.hpp>

#include <string_view>

namespace weft {

// What a session is given, as far as placement is concerned. Soft placement is on, so that a report
// can count what would have to move.
struct machine {
    int gpus = 0;                      // session_options.emulated_gpus, or real ones
    int cpus = 1;                      // session_options.device_count of CPU; 1 or more
    bool allow_soft_placement = true;  // session_options.allow_soft_placement
    int others = 1;                    // devices of each kind of the user's
};

// A device of a machine.
struct recorded_device {
    int kind;  // its place in the graph's kinds; -1: none, a node was not placed
    int index;

    constexpr bool is_placed() const { return kind >= 0; }
    friend constexpr bool operator==(const recorded_device&, const recorded_device&) = default;
};

inline constexpr recorded_device no_recorded_device{-1, -1};

// The devices of a machine, for the kinds of a graph.
class recorded_devices {
public:
    constexpr recorded_devices(const machine& on, const recorded_graph& of) : graph_(of) {
        if (on.cpus < 1 || on.gpus < 0 || on.others < 0)
            throw error(errc::invalid_argument, "weft: a machine has a cpu, and no count below 0");
        for (std::size_t kind = 0; kind < of.kinds.size(); ++kind) {
            const std::string_view name = of.kinds[kind].name;
            const int count = name == "gpu" ? on.gpus : name == "cpu" ? on.cpus : on.others;
            counts_.push_back(count);
            if (count > 0) present_ |= bit(kind);
            if (name == "cpu") cpu_ = bit(kind);
            if (count > 0) insert(static_cast<std::uint32_t>(kind));
        }
        if (cpu_ == 0)
            throw error(errc::invalid_argument, "weft: a session needs a cpu among the kinds");
    }

    static constexpr recorded_kinds bit(std::size_t kind) { return recorded_kinds{1} << kind; }
    // The kinds that the machine has devices of.
    constexpr recorded_kinds present() const { return present_; }
    constexpr recorded_kinds cpu() const { return cpu_; }

    // The best device whose name has these parts and whose kind is in the set; none for none.
    constexpr recorded_device best(const recorded_spec& spec, recorded_kinds kinds) const {
        if ((spec.job >= 0 && spec.job != graph_.local_job()) || spec.task > 0)
            return no_recorded_device;
        const int index = spec.index < 0 ? 0 : spec.index;
        for (std::uint32_t i = 0; i < order_.size(); ++i) {
            const std::uint32_t kind = order_[i];
            const bool asked = spec.kind < 0 || spec.kind == static_cast<int>(kind);
            if (asked && (kinds & bit(kind)) != 0 && index < counts_[kind])
                return {static_cast<int>(kind), index};
        }
        return no_recorded_device;
    }
    constexpr recorded_spec name_of(const recorded_device& device) const {
        return {graph_.local_job(), 0, device.kind, device.index};
    }
    // Two devices with the same number can read each other's memory.
    constexpr int memory_of(const recorded_device& device) const {
        const bool own = graph_.kinds[static_cast<std::size_t>(device.kind)].own_memory;
        return own ? 1 + device.kind + static_cast<int>(graph_.kinds.size()) * device.index : 0;
    }

private:
    // The order of device_list: by priority, then by name.
    constexpr void insert(std::uint32_t kind) {
        order_.push_back(kind);
        for (std::uint32_t i = order_.size() - 1; i > 0 && before(kind, order_[i - 1]); --i) {
            order_[i] = order_[i - 1];
            order_[i - 1] = kind;
        }
    }
    constexpr bool before(std::uint32_t a, std::uint32_t b) const {
        const std::string_view first = graph_.kinds[a].name, second = graph_.kinds[b].name;
        const int more = default_priority(first) - default_priority(second);
        return more != 0 ? more > 0 : first < second;
    }

    const recorded_graph& graph_;
    constant_list<int> counts_{};           // of each kind
    constant_list<std::uint32_t> order_{};  // kinds with devices, best first
    recorded_kinds present_ = 0, cpu_ = 0;
};

}  // namespace weft
