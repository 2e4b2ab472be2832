// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How names are taken. "Add_7" is in use if it was asked for, or if the last number behind "Add" is
// 7 or more; a name that is in use only in the second way gets an entry when it is asked for.
#pragma once

#include <weft/graph/name_table.hpp>

namespace weft {

namespace detail {

// Splits "Add_7" into "Add" and 7; gives 0 for a name without a number of its own.
inline std::uint32_t split_number(std::string_view name, std::string_view& base) {
    std::size_t digits = 0;
    std::uint32_t number = 0, unit = 1;
    while (digits < name.size() && digits < 9) {
        const char c = name[name.size() - 1 - digits];
        if (c < '0' || c > '9') break;
        number += static_cast<std::uint32_t>(c - '0') * unit;
        unit *= 10;
        ++digits;
    }
    const std::size_t rest = name.size() - digits;
    if (digits == 0 || rest < 2 || name[rest] == '0' || name[rest - 1] != '_') return 0;
    base = name.substr(0, rest - 1);
    return number;
}

}  // namespace detail

WEFT_SOURCE bool name_table::is_taken(std::string_view name) const {
    if (last_.contains(name)) return true;
    std::string_view base;
    const std::uint32_t number = detail::split_number(name, base);
    if (number == 0) return false;
    const std::uint32_t* const last = last_.find(base);
    return last != nullptr && number <= *last;
}

WEFT_SOURCE std::string name_table::take(std::string name) {
    std::uint32_t* last = last_.find(name);
    if (last == nullptr) {
        const bool taken = is_taken(name);
        last = last_.emplace(name, 0).first;
        if (!taken) return name;
    }
    const std::size_t length = name.size() + 1;
    name += '_';
    for (;;) {
        name.resize(length);
        name += std::to_string(++*last);
        if (!last_.contains(name)) return name;
    }
}

}  // namespace weft
