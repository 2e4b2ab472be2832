// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What a user can do about a node that cannot be placed, as lines for the error text. Options are
// named as session_options spells them, devices by what can be written into a scope. Only what
// would help with this failure is offered.
#pragma once

#include <weft/placement/failure.hpp>

#include <string>
#include <vector>

namespace weft {

namespace detail {

// Adds that soft placement would help, where it is not on already.
inline void add_soft_remedy(std::vector<std::string>& out, bool soft) {
    if (!soft)
        out.push_back("session_options.allow_soft_placement = true takes the best device that can");
}

inline void add_device_remedies(std::vector<std::string>& out, const device_spec& spec,
                                const device_list& devices, bool soft) {
    if (devices.empty()) return;
    if (devices.find(placement_state::relaxed(spec)) == unplaced) {
        out.push_back("name a job and a task of the list; soft placement never changes them");
        return;
    }
    const std::string count = std::to_string((spec.index < 0 ? 0 : spec.index) + 1LL);
    if (spec.kind == "gpu") {
        out.push_back("session_options.emulated_gpus = " + count + " emulates GPUs on the CPU");
        if (devices.find({.kind = "gpu"}) == unplaced)
            out.push_back("real GPUs need a program with weft's CUDA device, a driver and a GPU");
    } else if (spec.kind == "cpu") {
        out.push_back("session_options.device_count = {{\"CPU\", " + count + "}} makes more");
    }
    add_soft_remedy(out, soft);
}

inline void add_kernel_remedies(std::vector<std::string>& out, const placement_failure& failure,
                                const device_list& devices, bool soft) {
    const node_record& node = *failure.node;
    const device_spec elsewhere = placement_state::relaxed(failure.spec);
    for (device_index device : devices.preferred()) {
        const device_spec& name = devices[device].name;
        if (!elsewhere.matches(name)) continue;
        if (node.kernel_for(name.kind, devices.launches()) == nullptr) continue;
        const device_spec pin = elsewhere.merged({.kind = name.kind, .index = name.index});
        if (failure.by_line)
            out.push_back("give it '" + pin.to_string() + "' in the placement file, or no line");
        else
            out.push_back("pin the node to '" + pin.to_string() + "', or to nothing");
        add_soft_remedy(out, soft);
        break;
    }
    if (node.fused.size() > 1)
        out.push_back("name the op without a kernel as a node of its own, and pin only the rest");
    if (node.role == node_role::call)
        out.push_back("callables run on the CPU: make the node under device_scope{g, \"/cpu:0\"}");
    else
        out.push_back("specialise weft::kernel for the op, the device kind and the element type");
}

}  // namespace detail

// Sentences without a full stop, the easiest first; at least one, unless there are no devices at
// all.
inline std::vector<std::string> remedies_for(const placement_failure& failure,
                                             const device_list& devices, bool soft) {
    switch (failure.problem) {
        case placement_problem::no_common:
            return {"write the kernel that one of the two lacks, or do not colocate them"};
        case placement_problem::contradiction:
            if (failure.could_overrule)
                return {"correct the placement file, or pin the nodes in it to nothing",
                        "session_options.allow_soft_placement = true lets the file win"};
            if (failure.by_line)
                return {"correct the placement file, or make it anew from a report of this graph"};
            return {"pin both nodes to the same device, or pin only one of them"};
        case placement_problem::kept:
        case placement_problem::kept_apart:
            return {"ask for the device that it is on or for none; a new session places anew"};
        case placement_problem::absent:
        case placement_problem::no_kernel: break;
    }
    std::vector<std::string> out;
    if (failure.problem == placement_problem::absent)
        detail::add_device_remedies(out, failure.spec, devices, soft);
    else
        detail::add_kernel_remedies(out, failure, devices, soft);
    return out;
}

}  // namespace weft
