// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The Gaussian error linear unit, x * Phi(x) with the normal distribution function Phi, element by
// element, of floating-point tensors (Hendrycks and Gimpel, arXiv:1606.08415). gelu_tanh is its
// approximation.
//
// Computed as x/2 * erfc(-x/sqrt(2)), which keeps its digits for negative x, where 1 +
// erf(x/sqrt(2)) cancels. At most 0.51 ULP, of double 9. Of -infinity it is -0; NaN stays NaN.
// gelu<accuracy::fast> takes less time, see docs/accuracy.md.
#pragma once

#include <weft/ops/accuracy.hpp>

namespace weft {

namespace ops {
struct gelu {
    static constexpr const char* name = "Gelu";
    static constexpr bool device_neutral = true;
    static constexpr double cost_ns = 2.2;
};
}  // namespace ops

template <class T>
    requires(is_floating<T>)
struct kernel<ops::gelu, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& x) {
        return at<accuracy::high>(x);
    }
    template <accuracy A, class V>
    WEFT_HOST_DEVICE static V at(const V& x) {
        return weft::gelu<A>(x);
    }
};

// x * Phi(x) of each element, the exact gelu.
template <accuracy A = accuracy::high, tensor_expr E>
constexpr auto gelu(const E& x) {
    return elementwise<op_at<ops::gelu, A>>(x);
}

}  // namespace weft
