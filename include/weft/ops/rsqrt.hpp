// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// 1 / sqrt(x), element by element, of floating-point tensors.
//
// A division by a correctly rounded root: at most 1.5 ULP, not the fast estimate that processors
// offer. Of 0 it is infinity with the sign of the zero, of infinity 0, of a negative number NaN.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
struct rsqrt {
    static constexpr const char* name = "Rsqrt";
    static constexpr bool device_neutral = true;
    static constexpr double cost_ns = 0.3;
};
}  // namespace ops

template <class T>
    requires(is_floating<T>)
struct kernel<ops::rsqrt, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& x) {
        using C = lane_element_t<V>;
        return V(C(1)) / weft::sqrt(x);
    }
};

// The reciprocal of the square root of each element.
template <tensor_expr E>
constexpr auto rsqrt(const E& x) {
    return elementwise<ops::rsqrt>(x);
}

}  // namespace weft
