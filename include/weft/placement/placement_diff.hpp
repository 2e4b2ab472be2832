// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What changed between two placements, as a value: nodes that moved, appeared and disappeared, each
// in the order of their names. It knows nothing of why. Included by <weft/io.hpp>, not by
// <weft/weft.hpp>.
#pragma once

#include <weft/placement/placement_file.hpp>
#include <weft/placement/report.hpp>

#include <string>
#include <vector>

namespace weft {

// A node whose device is not the same before and after. "No device" is a spec without parts.
struct placement_change {
    std::string node;
    device_spec from{};
    device_spec to{};

    friend bool operator==(const placement_change&, const placement_change&) = default;
};

// Reports are compared as the files that are made of them: what the caller gives is no part of it.
struct placement_diff {
    std::vector<placement_change> moved{};
    std::vector<placement_change> appeared{};     // without `from`
    std::vector<placement_change> disappeared{};  // without `to`

    placement_diff() = default;
    // Linear in the lines of both.
    placement_diff(const placement_file& before, const placement_file& after);
    placement_diff(const placement_report& before, const placement_report& after)
        : placement_diff(placement_file::of(before), placement_file::of(after)) {}
    placement_diff(const placement_file& before, const placement_report& after)
        : placement_diff(before, placement_file::of(after)) {}
    placement_diff(const placement_report& before, const placement_file& after)
        : placement_diff(placement_file::of(before), after) {}

    bool empty() const { return moved.empty() && appeared.empty() && disappeared.empty(); }
    // A line for each change, "moved logits: /cpu:0 -> /gpu:0"; no text if there is none.
    std::string to_string() const;
};

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/placement/placement_diff_source.hpp>
#endif
