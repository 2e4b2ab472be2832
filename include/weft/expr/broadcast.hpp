// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// NumPy's broadcasting on the dimensions in types, and the checks of it that the compiler makes. A
// dyn dimension agrees with everything here; it is checked again when the sizes are known. Knows
// shapes only, no op.
#pragma once

#include <weft/core/tensor.hpp>

namespace weft {

// Whether two static shapes can be operands of one element-wise op.
constexpr bool is_broadcastable(const dims& a, const dims& b) {
    const std::size_t common = a.rank < b.rank ? a.rank : b.rank;
    for (std::size_t i = 1; i <= common; ++i) {
        const std::size_t x = a[a.rank - i];
        const std::size_t y = b[b.rank - i];
        if (x != y && x != 1 && y != 1 && x != dyn && y != dyn) return false;
    }
    return true;
}

// The broadcast of two static shapes. dyn against a number above 1 gives the number: whatever the
// dimension turns out to be, it must be that or 1. Where they do not broadcast, a's dimension is
// taken.
constexpr dims broadcast_static(const dims& a, const dims& b) {
    dims out = a.rank >= b.rank ? a : b;
    const std::size_t common = a.rank < b.rank ? a.rank : b.rank;
    for (std::size_t i = 1; i <= common; ++i) {
        const std::size_t x = a[a.rank - i];
        const std::size_t y = b[b.rank - i];
        out[out.rank - i] = x == 1 || (x == dyn && y != 1) ? y : x;
    }
    return out;
}

// The broadcast of the shapes of several tensor types, as a type with a `value`.
template <class... Tensors>
struct broadcast_shape {
    static constexpr dims value = [] {
        dims out;
        ((out = broadcast_static(out, Tensors::shape_type::value)), ...);
        return out;
    }();
};

// Whether a number of type Literal may stand beside elements of type Element: 0.5 not beside
// integers, true only beside bools. Whether its value fits is looked at when a node is made.
template <class Element, class Literal>
inline constexpr bool is_literal_of =
    std::is_same_v<Element, bool> == std::is_same_v<Literal, bool> &&
    (!is_integer<Element> || !std::is_floating_point_v<Literal>);

// Instantiated where a number is to become a tensor of these elements; its arguments are the types.
template <class Element, class Literal>
struct require_literal_of_element {
    static_assert(is_literal_of<Element, Literal>,
                  "weft: a number of this type does not fit the tensor's element type; write a "
                  "literal of that type, or cast<T>(x)");
};

}  // namespace weft
