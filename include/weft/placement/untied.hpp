// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The short way of the placer, for plans in which nothing ties a node to a device but its kernels:
// each goes to the best device that has one, what needs none to the client's, and no groups have to
// be found. It must come to what
// placer.hpp comes to, in a tenth of the time; it gives up where any rule but that one applies.
#pragma once

#include <weft/placement/choice.hpp>

#include <vector>

namespace weft {

namespace detail {

// Nodes one by one, for as long as only their kernels decide.
class untied_nodes {
public:
    untied_nodes(const device_list& devices, const placement_file* file)
        : devices_(devices), going_(file == nullptr || file->empty()) {}

    // Gives up, for good, where the node is tied or no device has a kernel of it.
    void add(const node_record& node, bool fed) {
        if (!going_) return;
        const bool anywhere =
            fed || node.role == node_role::group || node.role == node_role::placeholder;
        const device_index device = is_tied(node, anywhere) ? unplaced
                                    : anywhere              ? at_client()
                                                            : device_of(node);
        going_ = device != unplaced;
        if (going_) chosen_.push_back(device);
    }
    void reserve(std::size_t nodes) {
        if (going_) chosen_.reserve(nodes);
    }
    // The devices of all nodes that were added, in that order; none where it gave up.
    std::vector<device_index> take() {
        if (!going_) chosen_.clear();
        return std::move(chosen_);
    }

private:
    static bool is_tied(const node_record& node, bool anywhere) {
        if (node.target != no_node || !node.colocated.empty() || node.metadata_only) return true;
        if (node.role == node_role::variable || !node.requested.is_any()) return true;
        return !anywhere && node.role != node_role::call &&
               (node.role != node_role::compute || node.inputs.empty());
    }
    // Values from the caller, and waiting.
    device_index at_client() const {
        const device_index cpu = devices_.best({}, devices_.kind_bit("cpu"));
        return cpu != unplaced ? cpu : devices_.best({}, devices_.all_kinds());
    }
    device_index device_of(const node_record& node) {
        device_list::kind_set kinds = 0;
        for (const kernel_entry& entry : node.kernels)
            if (entry.code(devices_.launches()) != nullptr) kinds |= bit_of(entry.kind);
        if (kinds != last_kinds_) {
            last_kinds_ = kinds;
            last_best_ = devices_.best({}, kinds);
        }
        return last_best_;
    }
    // Records of one program mostly share the text.
    device_list::kind_set bit_of(const char* kind) {
        if (kind != last_kind_) {
            last_kind_ = kind;
            last_bit_ = devices_.kind_bit(kind);
        }
        return last_bit_;
    }

    const device_list& devices_;
    bool going_;
    std::vector<device_index> chosen_;
    // Neighbours often have kernels on the same kinds.
    const char* last_kind_ = nullptr;
    device_list::kind_set last_bit_ = 0, last_kinds_ = 0;
    device_index last_best_ = unplaced;
};

// The devices of all nodes; too few of them where some node is tied, or has none.
inline std::vector<device_index> place_untied(const placement_request& request) {
    untied_nodes nodes(request.devices, request.file);
    nodes.reserve(request.nodes.size());
    for (const node_record* node : request.nodes)
        nodes.add(*node, list_contains(request.fed, node->id));
    return nodes.take();
}

}  // namespace detail

}  // namespace weft
