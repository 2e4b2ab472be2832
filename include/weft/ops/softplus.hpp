// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// log(1 + exp(x)), a smooth relu, element by element, of floating-point tensors.
//
// Computed as max(x, 0) + log1p(exp(-|x|)): nothing overflows, and the result is accurate to 0.51
// ULP, of double 2, down to the subnormal numbers. Of -infinity it is 0, of infinity infinity; NaN
// stays NaN.
#pragma once

#include <weft/ops/accuracy.hpp>

namespace weft {

namespace ops {
struct softplus {
    static constexpr const char* name = "Softplus";
    static constexpr bool device_neutral = true;
    static constexpr double cost_ns = 2.5;
};
}  // namespace ops

template <class T>
    requires(is_floating<T>)
struct kernel<ops::softplus, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& x) {
        return at<accuracy::high>(x);
    }
    template <accuracy A, class V>
    WEFT_HOST_DEVICE static V at(const V& x) {
        return weft::softplus<A>(x);
    }
};

// log(1 + exp(x)) of each element.
template <accuracy A = accuracy::high, tensor_expr E>
constexpr auto softplus(const E& x) {
    return elementwise<op_at<ops::softplus, A>>(x);
}

}  // namespace weft
