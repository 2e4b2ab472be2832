// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// a / b, element by element, with broadcasting, of all numbers but bool.
//
// Of floating-point numbers it is rounded once, and a zero divides into infinity or NaN. Of
// integers it is rounded towards zero, wraps around for the smallest number by -1, and fails where
// an element of b is 0.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
struct div {
    static constexpr const char* name = "Div";
    static constexpr bool device_neutral = true;
    static constexpr double cost_ns = 1;
    static constexpr bool may_fail = true;
    static constexpr bool fails_for_integers_only = true;
};
}  // namespace ops

template <class T>
    requires(is_real<T> || is_complex<T>)
struct kernel<ops::div, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& a, const V& b) {
        if constexpr (is_complex<T>)
            return a / b;
        else
            return divide(a, b);
    }
};

// a / b; a or b may be a number. Of integers: rounds towards zero; running it fails with
// invalid_argument "division of integers by zero" where b is 0.
template <class A, class B>
    requires operands<A, B>
constexpr auto operator/(const A& a, const B& b) {
    return elementwise_operands<ops::div, operand_type_t<A>, operand_type_t<B>>::make(a, b);
}

}  // namespace weft
