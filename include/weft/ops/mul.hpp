// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// a * b, element by element, with broadcasting, of all numbers but bool (which has &&).
//
// Rounded once; integers wrap around. Infinity times 0 is NaN; of complex numbers it is C++'s
// product, which looks at infinities. The matrix product is matmul.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
struct mul {
    static constexpr const char* name = "Mul";
    static constexpr bool device_neutral = true;
};
}  // namespace ops

template <class T>
    requires(is_real<T> || is_complex<T>)
struct kernel<ops::mul, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& a, const V& b) {
        if constexpr (is_pack<V>)
            return a * b;
        else
            return wrapping_multiply(a, b);
    }
};

// a * b; a or b may be a number. Integers wrap around.
template <class A, class B>
    requires operands<A, B>
constexpr auto operator*(const A& a, const B& b) {
    return elementwise_operands<ops::mul, operand_type_t<A>, operand_type_t<B>>::make(a, b);
}

}  // namespace weft
