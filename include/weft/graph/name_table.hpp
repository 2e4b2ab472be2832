// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The names of a graph that are in use. A name that is taken gets a number, "Add_1", without gaps;
// of those only the last number is kept, so that the ten-thousandth "Add" costs no more than the
// first. Knows no node.
#pragma once

#include <weft/config.hpp>
#include <weft/core/flat_map.hpp>

#include <string>
#include <string_view>

namespace weft {

class name_table {
public:
    // The name if it is free, else with the next free number behind it; taken from now on.
    std::string take(std::string name);
    bool is_taken(std::string_view name) const;

private:
    // Names that were asked for, and the last number behind each: all from 1 to that are taken.
    flat_map<std::string, std::uint32_t> last_;
};

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/graph/name_table_source.hpp>
#endif
