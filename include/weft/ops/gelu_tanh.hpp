// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The approximation of gelu by tanh, x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715 * x^3))), element
// by element, of floating-point tensors (Hendrycks and Gimpel, arXiv:1606.08415). It differs from
// gelu by up to 0.0005.
//
// Computed as x * sigmoid(2 * sqrt(2/pi) * (x + 0.044715 * x^3)), which is the same and does not
// cancel for negative x. At most 0.51 ULP; of double 8 above -1, and below, where a rounded
// argument of sigmoid is felt, 8*x*x + 8. Of -infinity it is -0; NaN stays NaN.
#pragma once

#include <weft/ops/accuracy.hpp>

namespace weft {

namespace ops {
struct gelu_tanh {
    static constexpr const char* name = "GeluTanh";
    static constexpr bool device_neutral = true;
    static constexpr double cost_ns = 1.7;
};
}  // namespace ops

template <class T>
    requires(is_floating<T>)
struct kernel<ops::gelu_tanh, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& x) {
        return at<accuracy::high>(x);
    }
    template <accuracy A, class V>
    WEFT_HOST_DEVICE static V at(const V& x) {
        return weft::gelu_tanh<A>(x);
    }
};

// gelu of each element, approximated by tanh.
template <accuracy A = accuracy::high, tensor_expr E>
constexpr auto gelu_tanh(const E& x) {
    return elementwise<op_at<ops::gelu_tanh, A>>(x);
}

}  // namespace weft
