// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// a && b, a || b and !a, element by element, with broadcasting, of tensors of bool; one operand
// may be true or false.
//
// Both operands are always evaluated: nothing is skipped element by element. Numbers have no
// kernel; compare them, x != 0.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
struct logical_and {
    static constexpr const char* name = "LogicalAnd";
    static constexpr bool device_neutral = true;
};
struct logical_or {
    static constexpr const char* name = "LogicalOr";
    static constexpr bool device_neutral = true;
};
struct logical_not {
    static constexpr const char* name = "LogicalNot";
    static constexpr bool device_neutral = true;
};
}  // namespace ops

template <>
struct kernel<ops::logical_and, cpu, bool> {
    static constexpr bool takes_masks = true;
    template <class A, class B>
    WEFT_HOST_DEVICE static auto apply(const A& a, const B& b) {
        return a && b;
    }
};
template <>
struct kernel<ops::logical_or, cpu, bool> {
    static constexpr bool takes_masks = true;
    template <class A, class B>
    WEFT_HOST_DEVICE static auto apply(const A& a, const B& b) {
        return a || b;
    }
};
template <>
struct kernel<ops::logical_not, cpu, bool> {
    static constexpr bool takes_masks = true;
    template <class V>
    WEFT_HOST_DEVICE static V apply(const V& a) {
        return !a;
    }
};

// Whether both hold.
template <class A, class B>
    requires operands<A, B>
constexpr auto operator&&(const A& a, const B& b) {
    return elementwise_operands<ops::logical_and, operand_type_t<A>, operand_type_t<B>>::make(a, b);
}
// Whether one of them holds, or both.
template <class A, class B>
    requires operands<A, B>
constexpr auto operator||(const A& a, const B& b) {
    return elementwise_operands<ops::logical_or, operand_type_t<A>, operand_type_t<B>>::make(a, b);
}
// Whether it does not hold.
template <tensor_expr E>
constexpr auto operator!(const E& a) {
    return elementwise<ops::logical_not>(a);
}

}  // namespace weft
