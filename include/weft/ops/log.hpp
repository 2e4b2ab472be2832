// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The natural logarithm, element by element, of floating-point tensors.
//
// At most 0.51 ULP, of double 1. Of 0 and -0 it is -infinity, of a negative number NaN, of
// infinity infinity. Close to 1 log1p keeps the digits of log(1 + x).
#pragma once

#include <weft/ops/accuracy.hpp>

namespace weft {

namespace ops {
struct log {
    static constexpr const char* name = "Log";
    static constexpr bool device_neutral = true;
    static constexpr double cost_ns = 1.1;
};
}  // namespace ops

template <class T>
    requires(is_floating<T>)
struct kernel<ops::log, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& x) {
        return at<accuracy::high>(x);
    }
    template <accuracy A, class V>
    WEFT_HOST_DEVICE static V at(const V& x) {
        return weft::log<A>(x);
    }
};

// The natural logarithm of each element.
template <accuracy A = accuracy::high, tensor_expr E>
constexpr auto log(const E& x) {
    return elementwise<op_at<ops::log, A>>(x);
}

}  // namespace weft
