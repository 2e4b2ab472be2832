// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Looking for a value in a short list, from its front: lists here have a dozen elements at most.
// <algorithm> has this, too, and 8,000 lines more that every program which includes weft would have
// to compile.
#pragma once

#include <cstddef>

namespace weft {

// The position of the first element that equals `value`; the size of the list if there is none.
template <class List, class T>
constexpr std::size_t list_position(const List& list, const T& value) {
    std::size_t at = 0;
    for (const auto& element : list) {
        if (element == value) break;
        ++at;
    }
    return at;
}

template <class List, class T>
constexpr bool list_contains(const List& list, const T& value) {
    for (const auto& element : list)
        if (element == value) return true;
    return false;
}

}  // namespace weft
