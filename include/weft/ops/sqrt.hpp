// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The square root, element by element, of floating-point tensors.
//
// Correctly rounded. Of a negative number it is NaN, of -0 it is -0, of infinity infinity. For 1 /
// sqrt(x) there is rsqrt.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
struct sqrt {
    static constexpr const char* name = "Sqrt";
    static constexpr bool device_neutral = true;
    static constexpr double cost_ns = 0.2;
};
}  // namespace ops

template <class T>
    requires(is_floating<T>)
struct kernel<ops::sqrt, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& x) {
        return weft::sqrt(x);
    }
};

// The square root of each element; NaN where it is negative.
template <tensor_expr E>
constexpr auto sqrt(const E& x) {
    return elementwise<ops::sqrt>(x);
}

}  // namespace weft
