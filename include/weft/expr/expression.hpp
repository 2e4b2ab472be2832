// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Expressions: recipes over nodes and numbers, values without a place. expr<Op, Args...> is
// element-wise; op_call<Op, Result, Parameters, Args...> is an op with a kernel of its own. Both
// hold their operands by value, so an expression can be kept and never dangles. Nothing here knows
// a graph, a kernel or a device.
#pragma once

#include <weft/expr/broadcast.hpp>

namespace weft {

template <class... T>
struct type_list {
    static constexpr std::size_t size = sizeof...(T);
};

// The type of an expression's or node's value, tensor<float, dyn, 3>.
template <class E>
using result_of_t = typename std::remove_cvref_t<E>::result_type;

// What element-wise functions and ops take: a node with a tensor, or an expression.
template <class E>
concept tensor_expr = is_tensor<result_of_t<E>>;

// The element type of a tensor expression.
template <class E>
using element_of_t = typename result_of_t<E>::value_type;

// What scalar literals may be.
template <class U>
concept number = std::is_arithmetic_v<U>;

// At least one of the operands of a binary op is an expression, the other may be a number.
template <class A, class B>
concept operands =
    (tensor_expr<A> && (tensor_expr<B> || number<B>)) || (number<A> && tensor_expr<B>);

// A number in an expression, in the type that its tensor's elements are computed in. `exact` is
// false where the number is not a value of that type; making a node of it then fails.
template <class T>
struct scalar {
    using result_type = tensor<T>;
    compute_t<T> value{};
    double given = 0;
    bool exact = true;
};

// Operands, held by value.

template <std::size_t I, class T>
struct operand_at {
    T value;
};
template <class Index, class... T>
struct operand_pack_of;
template <std::size_t... I, class... T>
struct operand_pack_of<std::index_sequence<I...>, T...> : operand_at<I, T>... {};

// A tuple of operands that compiles fast.
template <class... T>
using operand_pack = operand_pack_of<std::index_sequence_for<T...>, T...>;

template <std::size_t I, class T>
constexpr const T& get_operand(const operand_at<I, T>& operand) {
    return operand.value;
}

namespace detail {
// Variables and calls are kept as the nodes they are.
template <class E>
struct stored {
    using type = E;
};
template <class E>
    requires requires { typename E::node_type; }
struct stored<E> {
    using type = typename E::node_type;
};
}  // namespace detail
template <class E>
using stored_t = typename detail::stored<E>::type;

// What an op tag says.
// Every tag has `static constexpr const char* name`. Optional members, E being the operands'
// elements:
//   template <class... E> using result = ...;   the element of an element-wise result (else the
//   first E) template <class... E> using types = type_list<...>;  the T... of kernel<Op, Device,
//   T...>
//                                                        (else the distinct E, in order)

namespace detail {

template <class List, class T>
struct append_distinct;
template <class... L, class T>
struct append_distinct<type_list<L...>, T> {
    using type =
        std::conditional_t<(std::is_same_v<L, T> || ...), type_list<L...>, type_list<L..., T>>;
};
template <class List, class... E>
struct distinct {
    using type = List;
};
template <class List, class First, class... Rest>
struct distinct<List, First, Rest...>
    : distinct<typename append_distinct<List, First>::type, Rest...> {};

template <class Op, class... E>
struct op_types : distinct<type_list<>, E...> {};
template <class Op, class... E>
    requires requires { typename Op::template types<E...>; }
struct op_types<Op, E...> {
    using type = typename Op::template types<E...>;
};

template <class Op, class First, class... E>
struct op_result {
    using type = First;
};
template <class Op, class First, class... E>
    requires requires { typename Op::template result<First, E...>; }
struct op_result<Op, First, E...> {
    using type = typename Op::template result<First, E...>;
};

}  // namespace detail

// The T... of kernel<Op, Device, T...> for operands of elements E, as a type_list.
template <class Op, class... E>
using op_types_t = typename detail::op_types<Op, E...>::type;

// The two kinds of expression.

// An element-wise op on expressions, nodes and numbers that broadcast.
template <class Op, class... Args>
struct expr {
    using op = Op;
    using types = op_types_t<Op, element_of_t<Args>...>;
    using result_type = tensor_of_t<typename detail::op_result<Op, element_of_t<Args>...>::type,
                                    broadcast_shape<result_of_t<Args>...>>;

    operand_pack<Args...> args;
};

// No parameters: most ops are fully described by their types.
struct no_parameters {};

// An op with a kernel of its own. Parameters is trivially copyable and reaches shape rule and
// kernel.
template <class Op, class Result, class Parameters, class... Args>
struct op_call {
    using op = Op;
    // Ops without operands are looked up by the element they produce.
    using types =
        std::conditional_t<sizeof...(Args) == 0, op_types_t<Op, typename Result::value_type>,
                           op_types_t<Op, element_of_t<Args>...>>;
    using result_type = Result;
    using parameters_type = Parameters;
    static_assert(std::is_trivially_copyable_v<Parameters>,
                  "weft: the parameters of an op must be trivially copyable");

    [[no_unique_address]] Parameters parameters;
    operand_pack<Args...> args;
};

// An expression pinned to a device kind (and index, or -1) by on<Device>(...): always a node of its
// own.
template <class E, class Device, int Index>
struct pinned {
    using result_type = result_of_t<E>;
    E expression;
};

// Making them.

namespace detail {

// The element type that numbers among the operands adopt: that of the first tensor expression.
template <class... A>
struct first_element;
template <class A, class... Rest>
struct first_element<A, Rest...> : first_element<Rest...> {};
template <tensor_expr A, class... Rest>
struct first_element<A, Rest...> {
    using type = element_of_t<A>;
    using expression = A;
};

}  // namespace detail

// A number as an operand beside tensors of T.
template <class T, number U>
constexpr scalar<T> make_scalar(U value) {
    if constexpr (std::is_same_v<compute_t<T>, bool> || std::is_arithmetic_v<compute_t<T>>) {
        const auto adopted = static_cast<compute_t<T>>(value);
        const bool same =
            static_cast<U>(adopted) == value && (adopted < compute_t<T>{}) == (value < U{});
        return {adopted, static_cast<double>(value), same || value != value};
    } else {
        using part = typename compute_t<T>::value_type;  // std::complex
        const auto adopted = static_cast<part>(value);
        return {compute_t<T>(adopted), static_cast<double>(value),
                static_cast<U>(adopted) == value};
    }
}

// An operand as it is stored in an expression whose tensors have elements T.
template <class T, class A>
constexpr auto make_operand(const A& a) {
    if constexpr (number<A>)
        return make_scalar<T>(a);
    else
        return static_cast<const stored_t<A>&>(a);
}

// An element-wise op on operands that may have different element types; shapes are checked.
template <class Op, class... A>
constexpr auto elementwise_mixed(const A&... a) {
    using first = typename detail::first_element<A...>::type;
    using shape = broadcast_shape<result_of_t<decltype(make_operand<first>(a))>...>;
    static_cast<void>(sizeof(shape));
    return expr<Op, decltype(make_operand<first>(a))...>{{{make_operand<first>(a)}...}};
}

namespace detail {

// The first operand that is an expression: what stands for the result after an error was reported.
template <class A, class... Rest>
constexpr const auto& first_expression(const A& a, const Rest&... rest) {
    if constexpr (tensor_expr<A>)
        return a;
    else
        return first_expression(rest...);
}

// The first tensor type among tensor and number types.
template <class First, class... Rest>
struct first_tensor : first_tensor<Rest...> {};
template <class T, std::size_t... Dims, class... Rest>
struct first_tensor<tensor<T, Dims...>, Rest...> {
    using type = tensor<T, Dims...>;
};

// What is to be known of the operands of an element-wise op, given as tensor and number types.
template <class Tensor, class Operand>
struct operand_facts {
    static constexpr bool same_element = true;
    static constexpr bool literal_fits = is_literal_of<typename Tensor::value_type, Operand>;
};
template <class Tensor, class T, std::size_t... Dims>
struct operand_facts<Tensor, tensor<T, Dims...>> {
    static constexpr bool same_element = std::is_same_v<typename Tensor::value_type, T>;
    static constexpr bool literal_fits = true;
};
// Extends the common shape by an operand's; false where they do not go together. Numbers always do.
template <class Operand>
struct operand_shape {
    static constexpr bool join(dims&) { return true; }
};
template <class T, std::size_t... Dims>
struct operand_shape<tensor<T, Dims...>> {
    static constexpr bool join(dims& common) {
        const dims own = static_shape<Dims...>::value;
        const bool ok = is_broadcastable(common, own);
        if (ok) common = broadcast_static(common, own);
        return ok;
    }
};
template <class Tensor, class... Operands>
struct operands_facts {
    static constexpr bool same_element = (operand_facts<Tensor, Operands>::same_element && ...);
    static constexpr bool broadcasts = [] {
        dims common = Tensor::shape_type::value;
        return (operand_shape<Operands>::join(common) && ...);
    }();
    static constexpr bool literals_fit = (operand_facts<Tensor, Operands>::literal_fits && ...);
    static constexpr bool ok = same_element && broadcasts && literals_fit;
};

template <class A>
struct operand_type {
    using type = A;
};
template <tensor_expr A>
struct operand_type<A> {
    using type = result_of_t<A>;
};

}  // namespace detail

// An operand as messages show it: the tensor type of an expression, or the type of a number.
template <class A>
using operand_type_t = typename detail::operand_type<A>::type;

// The operands of an element-wise op, as operand_type_t. It does not compile where they have
// different element types, a number is of no fitting type, or shapes do not broadcast; its
// arguments say which. Functions of ops call make() directly, to keep messages short.
template <class Op, class... Operands>
struct elementwise_operands {
    using facts =
        detail::operands_facts<typename detail::first_tensor<Operands...>::type, Operands...>;
    static_assert(facts::same_element,
                  "weft: the operands have different element types and weft does not convert "
                  "silently; write cast<T>(x)");
    static constexpr bool literals_fit = !facts::same_element || facts::literals_fit;
    static_assert(literals_fit,
                  "weft: a number of this type does not fit the tensor's element type; write a "
                  "literal of that type, or cast<T>(x)");
    static constexpr bool broadcasts =
        !facts::same_element || !facts::literals_fit || facts::broadcasts;
    static_assert(
        broadcasts,
        "weft: these shapes do not broadcast: aligned at the last axis, dimensions must be "
        "equal or 1; reshape<...>(x) or expand_dims<axis>(x) change a shape");

    template <class... A>
    static constexpr auto make(const A&... a) {
        if constexpr (facts::ok)
            return elementwise_mixed<Op>(a...);
        else
            return detail::first_expression(a...);
    }
};

// An element-wise op Op on expressions and numbers of one element type, which numbers adopt.
template <class Op, class... A>
constexpr auto elementwise(const A&... a) {
    return elementwise_operands<Op, operand_type_t<A>...>::make(a...);
}

// An op with a kernel of its own, whose value is a Result. Operands that are no nodes yet become
// nodes when the op does, or are fused into it where the op can read them so.
template <class Op, class Result, class... A>
constexpr auto make_op(const A&... a) {
    return op_call<Op, Result, no_parameters, stored_t<A>...>{{}, {{a}...}};
}
// The same with parameters for the shape rule and the kernel.
template <class Op, class Result, class Parameters, class... A>
constexpr auto make_op_with(const Parameters& parameters, const A&... a) {
    return op_call<Op, Result, Parameters, stored_t<A>...>{parameters, {{a}...}};
}

}  // namespace weft
