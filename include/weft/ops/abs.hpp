// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The absolute value, element by element, of integers and floating-point numbers.
//
// Exact. The smallest signed integer has no positive counterpart and stays itself; -0 becomes 0,
// NaN stays NaN. Of complex numbers, whose absolute value has another element type, there is none
// yet.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
struct abs {
    static constexpr const char* name = "Abs";
    static constexpr bool device_neutral = true;
};
}  // namespace ops

template <class T>
    requires(is_real<T>)
struct kernel<ops::abs, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& x) {
        return weft::abs(x);
    }
};

// The absolute value of each element.
template <tensor_expr E>
constexpr auto abs(const E& x) {
    return elementwise<ops::abs>(x);
}

}  // namespace weft
