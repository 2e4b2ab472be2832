// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The definitions of placement_diff.hpp: two sorted lists walked side by side, and the text of what
// differs. Where a program is compiled separately this is compiled once; it knows neither reports
// nor devices but by their names.
#pragma once

#include <weft/placement/placement_diff.hpp>

namespace weft {

WEFT_SOURCE placement_diff::placement_diff(const placement_file& before,
                                           const placement_file& after) {
    auto from = before.lines().begin();
    auto to = after.lines().begin();
    while (from != before.lines().end() || to != after.lines().end()) {
        const bool only_before =
            to == after.lines().end() || (from != before.lines().end() && from->first < to->first);
        const bool only_after =
            !only_before && (from == before.lines().end() || to->first < from->first);
        if (only_before) {
            disappeared.push_back({from->first, from->second.device, {}});
        } else if (only_after) {
            appeared.push_back({to->first, {}, to->second.device});
        } else if (from->second.device != to->second.device) {
            moved.push_back({to->first, from->second.device, to->second.device});
        }
        if (!only_after) ++from;
        if (!only_before) ++to;
    }
}

WEFT_SOURCE std::string placement_diff::to_string() const {
    std::string out;
    for (const placement_change& change : moved)
        out += "moved " + placement_word(change.node) + ": " + change.from.to_string() + " -> " +
               change.to.to_string() + '\n';
    for (const placement_change& change : appeared)
        out += "appeared " + placement_word(change.node) + ": " + change.to.to_string() + '\n';
    for (const placement_change& change : disappeared)
        out += "disappeared " + placement_word(change.node) + ": " + change.from.to_string() + '\n';
    return out;
}

}  // namespace weft
