// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// a + b, element by element, with broadcasting. Integers wrap around; half and bfloat16 are added
// in float and rounded once; infinities and NaN as in IEEE 754.
// There is no sum of bools: cast them first.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
struct add {
    static constexpr const char* name = "Add";
    static constexpr bool device_neutral = true;
};
}  // namespace ops

template <class T>
    requires(is_element<T> && !std::is_same_v<T, bool>)
struct kernel<ops::add, cpu, T> {
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& a, const V& b) {
        if constexpr (is_pack<V>)
            return a + b;
        else
            return wrapping_add(a, b);
    }
};

// a + b; a or b may be a number. Integers wrap around.
template <class A, class B>
    requires operands<A, B>
constexpr auto operator+(const A& a, const B& b) {
    return elementwise_operands<ops::add, operand_type_t<A>, operand_type_t<B>>::make(a, b);
}

}  // namespace weft
