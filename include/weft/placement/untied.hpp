// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The short way of the placer, for plans in which nothing ties a node to a device but its kernels:
// each goes to the best device that has one, and no groups have to be found. It must come to what
// placer.hpp comes to, in a tenth of the time; it gives up where any rule but that one applies.
#pragma once

#include <weft/placement/choice.hpp>

#include <vector>

namespace weft {

namespace detail {

// Whether only a node's kernels decide.
inline bool is_untied(const node_record& node) {
    if (node.target != no_node || !node.colocated.empty() || !node.requested.is_any()) return false;
    if (node.metadata_only) return false;
    return node.role == node_role::call ||
           (node.role == node_role::compute && !node.inputs.empty());
}

// The devices of all nodes; too few of them where some node is tied, or has none.
inline std::vector<device_index> place_untied(const placement_request& request) {
    std::vector<device_index> out;
    if (!request.fed.empty() || (request.file != nullptr && !request.file->empty())) return out;
    const device_list& devices = request.devices;
    // Neighbours often have kernels on the same kinds.
    device_list::kind_set last_kinds = 0;
    device_index last_best = unplaced;
    for (const node_record* node : request.nodes) {
        if (!is_untied(*node)) return {};
        device_list::kind_set kinds = 0;
        for (const kernel_entry& entry : node->kernels)
            if (entry.run != nullptr) kinds |= devices.kind_bit(entry.kind);
        if (kinds != last_kinds || last_best == unplaced) {
            last_kinds = kinds;
            last_best = devices.best({}, kinds);
            if (last_best == unplaced) return {};
        }
        if (out.empty()) out.reserve(request.nodes.size());
        out.push_back(last_best);
    }
    return out;
}

}  // namespace detail

}  // namespace weft
