// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// where(condition, a, b): a where the condition holds, else b, element by element, with
// broadcasting of all three. The condition is a tensor of bool; a and b are tensors of one element
// type, numbers, or both.
//
// Exact, for all element types. Both a and b are evaluated everywhere: where(y != 0, x / y, 0) of
// integers fails for a y of 0 all the same; divide by where(y != 0, y, 1) instead.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/kernel/math.hpp>

namespace weft {

namespace ops {
struct where {
    static constexpr const char* name = "Select";
    static constexpr bool device_neutral = true;
    template <class Condition, class A, class B>
    using result = A;
    template <class Condition, class A, class B>
    using types = type_list<A>;
};
}  // namespace ops

template <class T>
    requires(is_element<T>)
struct kernel<ops::where, cpu, T> {
    static constexpr bool takes_masks = true;
    template <class C, class V>
    WEFT_HOST_DEVICE static V apply(const C& condition, const V& a, const V& b) {
        return select(condition, a, b);
    }
};

// Whether tensors of this element can be the condition of where.
template <class Element>
inline constexpr bool is_condition = std::is_same_v<Element, bool>;

namespace detail {

// The tensor whose element type the values of where have: the first one, else that of a number.
template <class A, class B>
struct where_value : first_tensor<A, B> {};
template <number A, number B>
struct where_value<A, B> {
    using type = tensor<A>;
};

}  // namespace detail

// The operands of where, as operand_type_t; does not compile where they do not go together.
template <class Condition, class A, class B>
struct where_operands {
    using value = typename detail::where_value<A, B>::type;
    using facts = detail::operands_facts<value, A, B>;
    using shape = detail::operands_facts<tensor_of_t<bool, typename Condition::shape_type>, A, B>;
    static constexpr bool has_condition = is_condition<typename Condition::value_type>;
    static constexpr bool elements_fit = facts::same_element && facts::literals_fit;
    static constexpr bool broadcasts = facts::broadcasts && shape::broadcasts;
    static_assert(has_condition,
                  "weft: the condition of where(condition, a, b) is a tensor of bool; compare, "
                  "x != 0, or write cast<bool>(x)");
    static constexpr bool values_agree = !has_condition || elements_fit;
    static_assert(values_agree,
                  "weft: the values of where have different element types and weft does not "
                  "convert silently; write cast<T>(x)");
    static constexpr bool shapes_agree = !has_condition || !elements_fit || broadcasts;
    static_assert(shapes_agree,
                  "weft: the shapes of condition and values do not broadcast: aligned at the last "
                  "axis, dimensions must be equal or 1");

    template <class C, class X, class Y>
    static constexpr auto make(const C& condition, const X& a, const Y& b) {
        if constexpr (has_condition && elements_fit && broadcasts) {
            using T = typename value::value_type;
            return elementwise_mixed<ops::where>(condition, make_operand<T>(a), make_operand<T>(b));
        } else {
            return condition;
        }
    }
};

// a where the condition holds, else b. Numbers adopt the element type of the tensor beside them.
template <tensor_expr Condition, class A, class B>
    requires((tensor_expr<A> || number<A>) && (tensor_expr<B> || number<B>))
constexpr auto where(const Condition& condition, const A& a, const B& b) {
    return where_operands<result_of_t<Condition>, operand_type_t<A>, operand_type_t<B>>::make(
        condition, a, b);
}

}  // namespace weft
