// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// log(1 + x), element by element, of floating-point tensors.
//
// At most 0.51 ULP, of double 1, also next to 0 where 1 + x would lose all digits. Of -1 it is
// -infinity, of smaller numbers NaN; -0 stays -0.
#pragma once

#include <weft/ops/accuracy.hpp>

namespace weft {

namespace ops {
struct log1p {
    static constexpr const char* name = "Log1p";
    static constexpr bool device_neutral = true;
    static constexpr double cost_ns = 1.3;
};
}  // namespace ops

template <class T>
    requires(is_floating<T>)
struct kernel<ops::log1p, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& x) {
        return at<accuracy::high>(x);
    }
    template <accuracy A, class V>
    WEFT_HOST_DEVICE static V at(const V& x) {
        return weft::log1p<A>(x);
    }
};

// log(1 + x) of each element, without cancellation near 0.
template <accuracy A = accuracy::high, tensor_expr E>
constexpr auto log1p(const E& x) {
    return elementwise<op_at<ops::log1p, A>>(x);
}

}  // namespace weft
