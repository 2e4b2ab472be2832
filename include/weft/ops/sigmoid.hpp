// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The logistic function 1 / (1 + exp(-x)), element by element, of floating-point tensors.
//
// Only exp(-|x|) is computed, which cannot overflow; so the result is accurate to 4 ULP over the
// whole range, down to the subnormal numbers that 1 / (1 + exp(-x)) would give as 0. NaN stays
// NaN.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
struct sigmoid {
    static constexpr const char* name = "Sigmoid";
    static constexpr bool device_neutral = true;
    static constexpr double cost_ns = 4;
};
}  // namespace ops

template <class T>
    requires(is_floating<T>)
struct kernel<ops::sigmoid, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& x) {
        using C = lane_element_t<V>;
        const V e = weft::exp(-weft::abs(x));
        const V upper = V(C(1)) / (V(C(1)) + e);
        return select(x < V(C(0)), e * upper, upper);
    }
};

// 1 / (1 + exp(-x)) of each element.
template <tensor_expr E>
constexpr auto sigmoid(const E& x) {
    return elementwise<ops::sigmoid>(x);
}

}  // namespace weft
