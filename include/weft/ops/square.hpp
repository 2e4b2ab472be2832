// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// x * x, element by element, of all numbers; of a complex number its square, not that of its
// modulus.
//
// Rounded once; integers wrap around.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
struct square {
    static constexpr const char* name = "Square";
    static constexpr bool device_neutral = true;
};
}  // namespace ops

template <class T>
    requires(is_real<T> || is_complex<T>)
struct kernel<ops::square, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& x) {
        if constexpr (is_pack<V>)
            return x * x;
        else
            return wrapping_multiply(x, x);
    }
};

// x * x of each element.
template <tensor_expr E>
constexpr auto square(const E& x) {
    return elementwise<ops::square>(x);
}

}  // namespace weft
