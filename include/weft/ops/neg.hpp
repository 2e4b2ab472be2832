// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// -x, element by element, of all numbers but bool.
//
// Exact. Integers wrap around: the smallest signed one stays itself, unsigned ones count from 2^n
// down. The sign of zeros, infinities and NaN is inverted.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
struct neg {
    static constexpr const char* name = "Neg";
    static constexpr bool device_neutral = true;
};
}  // namespace ops

template <class T>
    requires(is_real<T> || is_complex<T>)
struct kernel<ops::neg, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& x) {
        if constexpr (is_integer<T> && !is_pack<V>)
            return wrapping_subtract(V{}, x);
        else
            return -x;
    }
};

// -x; integers wrap around.
template <tensor_expr E>
constexpr auto operator-(const E& x) {
    return elementwise<ops::neg>(x);
}

}  // namespace weft
