// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The smallest integer that is not below x, element by element, of floating-point tensors.
//
// Exact. Infinities, NaN and -0 stay what they are; numbers in (-1, 0) give -0. Integers have no
// kernel: they are whole already.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
struct ceil {
    static constexpr const char* name = "Ceil";
    static constexpr bool device_neutral = true;
    static constexpr double cost_ns = 0.5;
};
}  // namespace ops

template <class T>
    requires(is_floating<T>)
struct kernel<ops::ceil, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& x) {
        return weft::ceil(x);
    }
};

// The smallest whole number not below each element.
template <tensor_expr E>
constexpr auto ceil(const E& x) {
    return elementwise<ops::ceil>(x);
}

}  // namespace weft
