// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The sign, element by element, of integers and floating-point numbers: -1, 0 or 1.
//
// Exact. NaN stays NaN, and a zero keeps its own sign. Of complex numbers there is none: theirs
// would be a point of the unit circle.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
struct sign {
    static constexpr const char* name = "Sign";
    static constexpr bool device_neutral = true;
};
}  // namespace ops

template <class T>
    requires(is_real<T>)
struct kernel<ops::sign, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& x) {
        using C = lane_element_t<V>;
        const V positive = select(x > V(C(0)), V(C(1)), x);
        if constexpr (std::is_unsigned_v<C>)
            return positive;
        else
            return select(x < V(C(0)), V(C(-1)), positive);
    }
};

// -1, 0 or 1 as each element is negative, zero or positive; NaN of NaN.
template <tensor_expr E>
constexpr auto sign(const E& x) {
    return elementwise<ops::sign>(x);
}

}  // namespace weft
