// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What the planner says where the reads and writes of variables in a run have no order, or too much
// of it: the texts, with the nodes and their lines, and what to do. It knows no plan and decides
// nothing.
#pragma once

#include <weft/core/error.hpp>
#include <weft/graph/record.hpp>

namespace weft {

// Two nodes write a variable and neither is ordered after the other.
[[noreturn]] inline void throw_unordered_writes(const node_record& first, const node_record& second,
                                                const node_record& variable) {
    throw error(errc::invalid_argument,
                "nodes '" + first.name + "' and '" + second.name + "' both write variable '" +
                    variable.name +
                    "' in this run and neither is ordered after the other; make the "
                    "second one under control_dependencies on the first (" +
                    to_string(first.where) + ", " + to_string(second.where) + ')',
                second.name, second.where);
}

}  // namespace weft
