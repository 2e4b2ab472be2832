// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The names of a graph that are in use. A name that is taken gets a number, "Add_1", without gaps;
// of those only the last number is kept, so that the ten-thousandth "Add" costs no more than the
// first. Knows no node.
#pragma once

#include <weft/config.hpp>
#include <weft/graph/block_memory.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

class name_table {
public:
    // The name if it is free, else with the next free number behind it; taken from now on.
    std::string take(std::string name);
    bool is_taken(std::string_view name) const;

private:
    // A name that was asked for, and the last number behind it: all from 1 to that are taken.
    struct entry {
        const char* chars = nullptr;
        std::uint32_t length = 0;
        std::uint32_t last = 0;
    };

    // Where a name is, or would be. At least half of the entries are empty.
    std::size_t place_of(std::string_view name) const;
    std::uint32_t& add(std::string_view name);

    std::vector<entry> entries_;  // by hash, with linear probing; none, or 2^n of them
    std::size_t used_ = 0;
    block_memory characters_;
};

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/graph/name_table_source.hpp>
#endif
