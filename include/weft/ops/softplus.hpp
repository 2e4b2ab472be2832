// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// log(1 + exp(x)), a smooth relu, element by element, of floating-point tensors.
//
// Computed as max(x, 0) + log1p(exp(-|x|)): nothing overflows, and the result is accurate to 4 ULP
// down to the subnormal numbers. Of -infinity it is 0, of infinity infinity; NaN stays NaN.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
struct softplus {
    static constexpr const char* name = "Softplus";
    static constexpr bool device_neutral = true;
    static constexpr double cost_ns = 8;
};
}  // namespace ops

template <class T>
    requires(is_floating<T>)
struct kernel<ops::softplus, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& x) {
        using C = lane_element_t<V>;
        return maximum(x, V(C(0))) + weft::log1p(weft::exp(-weft::abs(x)));
    }
};

// log(1 + exp(x)) of each element.
template <tensor_expr E>
constexpr auto softplus(const E& x) {
    return elementwise<ops::softplus>(x);
}

}  // namespace weft
