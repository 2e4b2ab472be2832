// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The device functions that weft brings, written as a user would write them: as a callable of a
// record. Names are parsed when the function is made, so that a malformed one fails there and not
// at the first node.
#pragma once

#include <weft/graph/device_function.hpp>

namespace weft {

WEFT_SOURCE device_function round_robin(const std::vector<std::string>& devices, std::string op) {
    std::vector<device_spec> specs;
    for (const std::string& device : devices) specs.push_back(device_spec::parse(device));
    if (specs.empty())
        throw error(errc::invalid_argument,
                    "round_robin needs at least one device, such as round_robin({\"/gpu:0\"})");
    return [specs = std::move(specs), op = std::move(op),
            next = std::size_t{0}](const node_record& node) mutable {
        if (op.empty() ? node.role != node_role::variable : node.op != op) return device_spec{};
        return specs[next++ % specs.size()];
    };
}

}  // namespace weft
