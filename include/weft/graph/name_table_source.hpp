// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How names are taken. "Add_7" is in use if it was asked for, or if the last number behind "Add" is
// 7 or more; a name that is in use only in the second way gets an entry when it is asked for.
// Entries are never removed.
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

WEFT_SOURCE std::size_t name_table::place_of(std::string_view name) const {
    const std::size_t mask = entries_.size() - 1;
    std::size_t at = std::hash<std::string_view>{}(name)&mask;
    while (entries_[at].chars != nullptr &&
           std::string_view(entries_[at].chars, entries_[at].length) != name)
        at = (at + 1) & mask;
    return at;
}

WEFT_SOURCE std::uint32_t& name_table::add(std::string_view name) {
    if (2 * (used_ + 1) > entries_.size()) {
        std::vector<entry> old(entries_.empty() ? 16 : 2 * entries_.size());
        old.swap(entries_);
        for (const entry& one : old)
            if (one.chars != nullptr) entries_[place_of({one.chars, one.length})] = one;
    }
    auto* const chars = static_cast<char*>(characters_.allocate(name.size()));
    name.copy(chars, name.size());
    entry& added = entries_[place_of(name)];
    added = {chars, static_cast<std::uint32_t>(name.size()), 0};
    ++used_;
    return added.last;
}

WEFT_SOURCE bool name_table::is_taken(std::string_view name) const {
    if (entries_.empty()) return false;
    if (entries_[place_of(name)].chars != nullptr) return true;
    std::string_view base;
    const std::uint32_t number = detail::split_number(name, base);
    return number != 0 && number <= entries_[place_of(base)].last;
}

WEFT_SOURCE std::string name_table::take(std::string name) {
    entry* const known = entries_.empty() ? nullptr : &entries_[place_of(name)];
    std::uint32_t* last = nullptr;
    if (known != nullptr && known->chars != nullptr) {
        last = &known->last;
    } else {
        const bool taken = is_taken(name);
        last = &add(name);
        if (!taken) return name;
    }
    const std::size_t length = name.size();
    do {
        char digits[12];
        char* first = digits + sizeof digits;
        for (std::uint32_t rest = ++*last; rest != 0; rest /= 10)
            *--first = static_cast<char>('0' + rest % 10);
        *--first = '_';
        name.resize(length);
        name.append(first, static_cast<std::size_t>(digits + sizeof digits - first));
    } while (entries_[place_of(name)].chars != nullptr);
    return name;
}

}  // namespace weft
