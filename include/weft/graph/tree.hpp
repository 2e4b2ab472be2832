// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The shape of expressions as types: what is in them and how they divide into nodes. An expression
// holds at most one op with a kernel of its own, its heart; any other such op in it becomes a node
// by itself.
#pragma once

#include <weft/kernel/program.hpp>

namespace weft {

namespace detail {

template <class E>
struct kinds_of {
    using type = void;
};
template <class V, class Kinds>
struct kinds_of<node<V, Kinds>> {
    using type = Kinds;
};
template <class Op, class... Args>
struct kinds_of<expr<Op, Args...>> : first_of<typename kinds_of<Args>::type...> {};
template <class Op, class Result, class Parameters, class... Args>
struct kinds_of<op_call<Op, Result, Parameters, Args...>>
    : first_of<typename kinds_of<Args>::type...> {};
template <class E, class Device, int Index>
struct kinds_of<pinned<E, Device, Index>> : kinds_of<E> {};

template <class E>
inline constexpr bool is_call = false;
template <class Op, class Result, class Parameters, class... Args>
inline constexpr bool is_call<op_call<Op, Result, Parameters, Args...>> = true;

// Whether a call or a pinned expression is anywhere in E, which then is more than one loop.
template <class E>
inline constexpr bool has_call = false;
template <class Op, class... Args>
inline constexpr bool has_call<expr<Op, Args...>> = (has_call<Args> || ...);
template <class Op, class Result, class Parameters, class... Args>
inline constexpr bool has_call<op_call<Op, Result, Parameters, Args...>> = true;
template <class E, class Device, int Index>
inline constexpr bool has_call<pinned<E, Device, Index>> = true;

// Whether E can be the heart of an expression: a call, or an expression that has one outside of
// pins.
template <class E>
inline constexpr bool has_heart = is_call<E>;
template <class Op, class... Args>
inline constexpr bool has_heart<expr<Op, Args...>> = (has_heart<Args> || ...);

// The tensors that a tree reads: its nodes, each occurrence counted, and its heart.
template <class E>
inline constexpr std::size_t slot_count = 1;
template <class T>
inline constexpr std::size_t slot_count<scalar<T>> = 0;
template <class Op, class... Args>
inline constexpr std::size_t slot_count<expr<Op, Args...>> = (slot_count<Args> + ... + 0);

// Whether an op's kernel reads its first operand as a source, so that an expression fuses into it.
template <class Op>
inline constexpr bool fuses_input = false;
template <class Op>
    requires(Op::fuses_input)
inline constexpr bool fuses_input<Op> = true;
// Whether its kernel reads operand I so.
template <class Op, std::size_t I>
inline constexpr bool reads_source = fuses_input<Op> && (I == 0);

// Rough time per element of an op, in nanoseconds: the tag's `cost_ns`, or that of an addition.
template <class Op>
inline constexpr double cost_of = 0.25;
template <class Op>
    requires(Op::cost_ns > 0)
inline constexpr double cost_of<Op> = Op::cost_ns;
template <class E>
inline constexpr double tree_cost = 0.1;
template <class Op, class... Args>
inline constexpr double tree_cost<expr<Op, Args...>> = (tree_cost<Args> + ... + cost_of<Op>);

// Whether evaluating a tree may throw: integer division, or an op whose tag has `may_fail`.
template <class Op, class Element>
inline constexpr bool op_may_fail = false;
template <class Op, class Element>
    requires(Op::may_fail)
inline constexpr bool op_may_fail<Op, Element> =
    is_integer<Element> || !Op::fails_for_integers_only;
template <class E>
inline constexpr bool may_fail = is_call<E>;
template <class Op, class... Args>
inline constexpr bool may_fail<expr<Op, Args...>> =
    op_may_fail<Op, element_of_t<expr<Op, Args...>>> || (may_fail<Args> || ...);

// The kernel whose function a tree calls: an op's GPU kernel that is its CPU kernel is the same
// code.
template <class Device, class E>
struct tree_kernel {
    using type = kernel_of_t<Device, E>;
};
template <class Device, class E>
    requires(!std::is_same_v<Device, cpu> &&
             has_kernel_for<typename E::op, Device, typename E::types> &&
             has_kernel_for<typename E::op, cpu, typename E::types>)
struct tree_kernel<Device, E> {
    using type = std::conditional_t<std::is_base_of_v<kernel_of_t<cpu, E>, kernel_of_t<Device, E>>,
                                    kernel_of_t<cpu, E>, kernel_of_t<Device, E>>;
};

}  // namespace detail

// The device kinds of the graph that an expression's nodes are in; void if it has none.
template <class E>
using kinds_of_t = typename detail::kinds_of<stored_t<std::remove_cvref_t<E>>>::type;

// Lowering to trees.

namespace detail {

template <class Device, std::size_t First, class V, class Kinds>
constexpr auto make_tree(const node<V, Kinds>&) {
    return slot<First, typename V::value_type, V::rank == 0>{};
}
template <class Device, std::size_t First, class Op, class Result, class Parameters, class... Args>
constexpr auto make_tree(const op_call<Op, Result, Parameters, Args...>&) {
    return slot<First, typename Result::value_type, Result::rank == 0>{};
}
template <class Device, std::size_t First, class T>
constexpr auto make_tree(const scalar<T>& number) {
    return immediate<T>{number.value};
}
template <class Device, std::size_t First, class Op, class... Args>
constexpr auto make_tree(const expr<Op, Args...>& e);

// The number of the first slot of argument I.
template <std::size_t First, std::size_t I, class... Args>
constexpr std::size_t slot_of_argument() {
    const std::size_t counts[] = {slot_count<Args>...};
    std::size_t at = First;
    for (std::size_t i = 0; i != I; ++i) at += counts[i];
    return at;
}
template <class Device, std::size_t First, class Op, class... Args, std::size_t... I>
constexpr auto make_application(const expr<Op, Args...>& e, std::index_sequence<I...>) {
    using kernel_type = typename tree_kernel<Device, expr<Op, Args...>>::type;
    return application<kernel_type, element_of_t<expr<Op, Args...>>,
                       decltype(make_tree<Device, slot_of_argument<First, I, Args...>()>(
                           get_operand<I>(e.args)))...>{
        {{make_tree<Device, slot_of_argument<First, I, Args...>()>(get_operand<I>(e.args))}...}};
}
template <class Device, std::size_t First, class Op, class... Args>
constexpr auto make_tree(const expr<Op, Args...>& e) {
    return make_application<Device, First>(e, std::index_sequence_for<Args...>{});
}

}  // namespace detail

// An expression as the tree of a device kind's kernels.
template <class Device, class E>
constexpr auto lower_tree(const E& e) {
    return detail::make_tree<Device, 0>(e);
}

}  // namespace weft
