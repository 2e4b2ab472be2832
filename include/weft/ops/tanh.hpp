// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The hyperbolic tangent, element by element, of floating-point tensors.
//
// At most 0.51 ULP, of double 2.5. Saturates at -1 and 1, also of infinities; NaN stays NaN, -0
// stays -0.
#pragma once

#include <weft/ops/accuracy.hpp>

namespace weft {

namespace ops {
struct tanh {
    static constexpr const char* name = "Tanh";
    static constexpr bool device_neutral = true;
    static constexpr double cost_ns = 1.3;
};
}  // namespace ops

template <class T>
    requires(is_floating<T>)
struct kernel<ops::tanh, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& x) {
        return at<accuracy::high>(x);
    }
    template <accuracy A, class V>
    WEFT_HOST_DEVICE static V at(const V& x) {
        return weft::tanh<A>(x);
    }
};

// The hyperbolic tangent of each element.
template <accuracy A = accuracy::high, tensor_expr E>
constexpr auto tanh(const E& x) {
    return elementwise<op_at<ops::tanh, A>>(x);
}

}  // namespace weft
