// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What the placer decided and why, node by node, as a value: it outlives graph and session. The
// planner adds the copies. Written as a table for people or as JSON; it knows nothing of how the
// decisions came about.
#pragma once

#include <weft/placement/entry.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weft {

// Everything that was decided for a plan; plain data.
struct placement_report {
    device_list devices{};
    std::vector<placement_entry> nodes{};  // in the order in which they were given
    std::vector<copy_entry> copies{};
    std::size_t fallbacks = 0;  // nodes that are not where they were asked to be

    // The full name of a device, "" for `unplaced`.
    std::string device_name(device_index device) const {
        return device == unplaced ? std::string() : devices[device].name.to_string();
    }
    // The entry of a node by its name, null if it is not in the plan. Linear.
    const placement_entry* find(std::string_view node) const {
        for (const placement_entry& entry : nodes)
            if (entry.node == node) return &entry;
        return nullptr;
    }

    // A table with a line per node and lines below it for fused ops and kinds without a kernel.
    std::string to_string() const;
    // One line of JSON, see report_json.hpp.
    std::string to_json() const;
};

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/placement/report_source.hpp>
#endif
