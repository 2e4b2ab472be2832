// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// a % b, the remainder of a division rounded down, element by element, with broadcasting, of
// integers and floating-point numbers.
//
// It has the sign of b, as in Python and NumPy; in C++ it has that of a. Exact for integers,
// rounded once for floating-point numbers. By 0 it is NaN for the latter and fails for the former.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
struct mod {
    static constexpr const char* name = "Mod";
    static constexpr bool device_neutral = true;
    static constexpr double cost_ns = 6;
    static constexpr bool may_fail = true;
    static constexpr bool fails_for_integers_only = true;
};
}  // namespace ops

template <class T>
    requires(is_real<T>)
struct kernel<ops::mod, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& a, const V& b) {
        return modulo(a, b);
    }
};

// a % b with the sign of b; a or b may be a number. Of integers: running it fails with
// invalid_argument "division of integers by zero" where b is 0.
template <class A, class B>
    requires operands<A, B>
constexpr auto operator%(const A& a, const B& b) {
    return elementwise_operands<ops::mod, operand_type_t<A>, operand_type_t<B>>::make(a, b);
}

}  // namespace weft
