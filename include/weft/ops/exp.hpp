// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// e to the power x, element by element, of floating-point tensors.
//
// At most 0.51 ULP, of double 1.1. Overflows to infinity, underflows through subnormals to 0; of
// NaN it is NaN. Close to 0 expm1 keeps the digits of exp(x) - 1.
#pragma once

#include <weft/ops/accuracy.hpp>

namespace weft {

namespace ops {
struct exp {
    static constexpr const char* name = "Exp";
    static constexpr bool device_neutral = true;
    static constexpr double cost_ns = 0.8;
};
}  // namespace ops

template <class T>
    requires(is_floating<T>)
struct kernel<ops::exp, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& x) {
        return at<accuracy::high>(x);
    }
    template <accuracy A, class V>
    WEFT_HOST_DEVICE static V at(const V& x) {
        return weft::exp<A>(x);
    }
};

// e to the power of each element.
template <accuracy A = accuracy::high, tensor_expr E>
constexpr auto exp(const E& x) {
    return elementwise<op_at<ops::exp, A>>(x);
}

}  // namespace weft
