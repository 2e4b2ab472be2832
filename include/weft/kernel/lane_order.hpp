// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Lanes of two vectors in a constant order: what halves of registers and squares that are turned in
// registers are made with. The number of lanes is spelt out: nvcc does not hand a pack of template
// arguments on to the builtin.
#pragma once

namespace weft::detail {

// Lane i of the result, of N = 2, 4, 8 or 16, is lane Order::lane(i) of a, or of b where that is
// beyond a's lanes.
template <class Order, int N, class Register>
[[gnu::always_inline]] inline auto reorder_lanes(const Register& a, const Register& b) {
    using o = Order;
    static_assert(N == 2 || N == 4 || N == 8 || N == 16);
    if constexpr (N == 2)
        return __builtin_shufflevector(a, b, o::lane(0), o::lane(1));
    else if constexpr (N == 4)
        return __builtin_shufflevector(a, b, o::lane(0), o::lane(1), o::lane(2), o::lane(3));
    else if constexpr (N == 8)
        return __builtin_shufflevector(a, b, o::lane(0), o::lane(1), o::lane(2), o::lane(3),
                                       o::lane(4), o::lane(5), o::lane(6), o::lane(7));
    else
        return __builtin_shufflevector(a, b, o::lane(0), o::lane(1), o::lane(2), o::lane(3),
                                       o::lane(4), o::lane(5), o::lane(6), o::lane(7), o::lane(8),
                                       o::lane(9), o::lane(10), o::lane(11), o::lane(12),
                                       o::lane(13), o::lane(14), o::lane(15));
}

}  // namespace weft::detail
