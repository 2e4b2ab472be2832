// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The lines of a placement report: what was decided about one node, and one copy between devices.
// Plain values without a pointer to graph or session; devices are indices into the report's
// device_list.
#pragma once

#include <weft/graph/record.hpp>
#include <weft/kernel/launch.hpp>
#include <weft/placement/device_list.hpp>
#include <weft/placement/reason.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace weft {

// A device that a node did not get.
struct rejected_device {
    device_index device = unplaced;
    rejection_reason reason = rejection_reason::lower_priority;
    std::string missing{};  // for no_kernel, where known: "Softsign(double)"
};

// The decision about one node.
struct placement_entry {
    node_id id = no_node;
    std::string node;
    std::string op;
    std::vector<std::string> fused{};  // all ops of a fused kernel
    device_spec requested{};           // as the program asked; any: it did not
    device_index device = unplaced;
    placement_reason reason = placement_reason::priority;
    std::string why{};                        // the reason in words, with names
    std::vector<rejected_device> rejected{};  // every other device, best first
    std::string where{};                      // "file.cpp:12"
    expression_launch launched{};             // on a GPU that launches kernels: how
};

// A value that the plan copies to another device, once for all that read it there.
struct copy_entry {
    std::string node;
    device_index from = unplaced;
    device_index to = unplaced;
    std::size_t bytes = dyn;  // dyn: known when the run sees its feeds
};

}  // namespace weft
