// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// a - b, element by element, with broadcasting, of all numbers but bool.
//
// Rounded once; integers wrap around, so that unsigned ones count from 2^n down. Infinity minus
// infinity is NaN.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
struct sub {
    static constexpr const char* name = "Sub";
    static constexpr bool device_neutral = true;
};
}  // namespace ops

template <class T>
    requires(is_real<T> || is_complex<T>)
struct kernel<ops::sub, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& a, const V& b) {
        if constexpr (is_pack<V>)
            return a - b;
        else
            return wrapping_subtract(a, b);
    }
};

// a - b; a or b may be a number. Integers wrap around.
template <class A, class B>
    requires operands<A, B>
constexpr auto operator-(const A& a, const B& b) {
    return elementwise_operands<ops::sub, operand_type_t<A>, operand_type_t<B>>::make(a, b);
}

}  // namespace weft
