// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The ends of the numbers of a type, infinities where it has them: what maxima and minima start
// from. <limits> without the header; for types that are computed in, so neither half nor bfloat16.
// Knows nothing of reductions.
#pragma once

#include <weft/core/element.hpp>

namespace weft {

// The number below, or not above, all others.
template <class T>
constexpr T lowest_value() {
    if constexpr (std::is_floating_point_v<T>)
        return -static_cast<T>(__builtin_inff());
    else if constexpr (std::is_signed_v<T>)
        return static_cast<T>(std::uint64_t{1} << (sizeof(T) * 8 - 1));
    else
        return T{};
}

// The number above, or not below, all others.
template <class T>
constexpr T highest_value() {
    if constexpr (std::is_floating_point_v<T>)
        return static_cast<T>(__builtin_inff());
    else
        return static_cast<T>(~lowest_value<T>());
}

}  // namespace weft
