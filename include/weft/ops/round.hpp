// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The nearest integer, element by element, of floating-point tensors; halfway cases go to the even
// one, as in NumPy and TensorFlow (C's round() goes away from 0).
//
// Exact. Infinities, NaN and -0 stay what they are.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
struct round {
    static constexpr const char* name = "Round";
    static constexpr bool device_neutral = true;
    static constexpr double cost_ns = 0.5;
};
}  // namespace ops

template <class T>
    requires(is_floating<T>)
struct kernel<ops::round, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& x) {
        return weft::round(x);
    }
};

// The whole number nearest to each element, the even one of two.
template <tensor_expr E>
constexpr auto round(const E& x) {
    return elementwise<ops::round>(x);
}

}  // namespace weft
