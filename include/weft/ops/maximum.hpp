// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The larger of two elements, with broadcasting, of integers and floating-point numbers.
// max<axis>(x) is the largest element of a tensor.
//
// Exact. NaN if either is NaN, as in NumPy; which zero comes out of 0 and -0 is not specified.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
struct maximum {
    static constexpr const char* name = "Maximum";
    static constexpr bool device_neutral = true;
};
}  // namespace ops

template <class T>
    requires(is_real<T>)
struct kernel<ops::maximum, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& a, const V& b) {
        return weft::maximum(a, b);
    }
};

// The larger of a and b, NaN if either is NaN; a or b may be a number.
template <class A, class B>
    requires operands<A, B>
constexpr auto maximum(const A& a, const B& b) {
    return elementwise_operands<ops::maximum, operand_type_t<A>, operand_type_t<B>>::make(a, b);
}

}  // namespace weft
