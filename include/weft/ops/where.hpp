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
    template <class C, class V>
    WEFT_HOST_DEVICE static V apply(const C& condition, const V& a, const V& b) {
        return select(condition, a, b);
    }
};

// Instantiated for the condition of where; its argument is its element type.
template <class Element>
struct require_condition {
    static constexpr bool ok = std::is_same_v<Element, bool>;
    static_assert(ok, "weft: the condition of where(condition, a, b) is a tensor of bool; compare, "
                      "x != 0, or write cast<bool>(x)");
};

namespace detail {

// The element type of where's values: that of the first tensor among them, else of the first
// number.
template <class A, class B>
struct where_element {
    using type = A;
};
template <class A, tensor_expr B>
struct where_element<A, B> {
    using type = element_of_t<B>;
};
template <tensor_expr A, class B>
struct where_element<A, B> {
    using type = element_of_t<A>;
};
template <tensor_expr A, tensor_expr B>
struct where_element<A, B> {
    using type = element_of_t<A>;
};

// Whether A is a tensor of T or a number that can be one; reported by its class if not.
template <class T, class A>
constexpr bool is_where_value() {
    if constexpr (tensor_expr<A>)
        return require_same_element<T, element_of_t<A>>::ok;
    else
        return require_literal_of_element<T, A>::ok;
}

template <class Condition, class A, class B>
constexpr auto checked_where(const Condition& condition, const A& a, const B& b) {
    using values = broadcast_shape<result_of_t<A>, result_of_t<B>>;
    if constexpr (!require_broadcast<typename result_of_t<A>::shape_type,
                                     typename result_of_t<B>::shape_type>::ok)
        return condition;
    else if constexpr (!require_broadcast<typename result_of_t<Condition>::shape_type, values>::ok)
        return condition;
    else
        return elementwise_mixed<ops::where>(condition, a, b);
}

}  // namespace detail

// a where the condition holds, else b. Numbers adopt the element type of the tensor beside them.
template <tensor_expr Condition, class A, class B>
    requires((tensor_expr<A> || number<A>) && (tensor_expr<B> || number<B>))
constexpr auto where(const Condition& condition, const A& a, const B& b) {
    using T = typename detail::where_element<A, B>::type;
    if constexpr (!require_condition<element_of_t<Condition>>::ok)
        return condition;
    else if constexpr (!(detail::is_where_value<T, A>() && detail::is_where_value<T, B>()))
        return condition;
    else
        return detail::checked_where(condition, make_operand<T>(a), make_operand<T>(b));
}

}  // namespace weft
