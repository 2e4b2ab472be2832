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
// The first argument's that has some; those behind it are not looked at.
template <class... Args>
struct first_kinds {
    using type = void;
};
template <class A, class... Rest>
struct first_kinds<A, Rest...> : std::conditional_t<std::is_void_v<typename kinds_of<A>::type>,
                                                    first_kinds<Rest...>, kinds_of<A>> {};
template <class Op, class... Args>
struct kinds_of<expr<Op, Args...>> : first_kinds<Args...> {};
template <class Op, class Result, class Parameters, class... Args>
struct kinds_of<op_call<Op, Result, Parameters, Args...>> : first_kinds<Args...> {};
template <class E, class Device, int Index>
struct kinds_of<pinned<E, Device, Index>> : kinds_of<E> {};

template <class E>
inline constexpr bool is_call = false;
template <class Op, class Result, class Parameters, class... Args>
inline constexpr bool is_call<op_call<Op, Result, Parameters, Args...>> = true;

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

// Whether evaluating an op may throw: integer division, or an op whose tag has `may_fail`.
template <class Op, class Element>
inline constexpr bool op_may_fail = false;
template <class Op, class Element>
    requires(Op::may_fail)
inline constexpr bool op_may_fail<Op, Element> =
    is_integer<Element> || !Op::fails_for_integers_only;

// What there is to know of an expression as a tree.
struct tree_facts {
    std::size_t slots = 1;  // tensors that it reads: nodes, each occurrence counted, and its heart
    std::size_t numbers = 0;  // immediates
    std::size_t ops = 0;      // element-wise ones
    double cost_ns = 0.1;     // per element
    bool may_fail = false;
    bool has_call = false;   // a call or a pin is anywhere in it, which then is more than one loop
    bool has_heart = false;  // it is a call, or has one outside of pins
};
constexpr tree_facts joined_facts(std::initializer_list<tree_facts> args, double cost_ns,
                                  bool may_fail) {
    tree_facts out{0, 0, 1, cost_ns, may_fail};
    for (const tree_facts& arg : args) {
        out.slots += arg.slots;
        out.numbers += arg.numbers;
        out.ops += arg.ops;
        out.cost_ns += arg.cost_ns;
        out.may_fail |= arg.may_fail;
        out.has_call |= arg.has_call;
        out.has_heart |= arg.has_heart;
    }
    return out;
}
template <class E>
inline constexpr tree_facts facts_of{};
template <class T>
inline constexpr tree_facts facts_of<scalar<T>>{.slots = 0, .numbers = 1};
template <class Op, class... Args>
inline constexpr tree_facts facts_of<expr<Op, Args...>> = joined_facts(
    {facts_of<Args>...}, cost_of<Op>, op_may_fail<Op, element_of_t<expr<Op, Args...>>>);
template <class Op, class Result, class Parameters, class... Args>
inline constexpr tree_facts facts_of<op_call<Op, Result, Parameters, Args...>>{
    .may_fail = true, .has_call = true, .has_heart = true};
template <class E, class Device, int Index>
inline constexpr tree_facts facts_of<pinned<E, Device, Index>>{.has_call = true};

// Whether an op's kernel on a device kind is its CPU kernel, so that code made for that serves
// both.
template <class Op, class Device, class Types>
inline constexpr bool has_cpu_code = false;
template <class Op, class Device, class... T>
    requires(has_kernel<Op, Device, T...> && has_kernel<Op, cpu, T...>)
inline constexpr bool has_cpu_code<Op, Device, type_list<T...>> =
    std::is_base_of_v<kernel<Op, cpu, T...>, kernel<Op, Device, T...>>;

// Whether an op's kernel is for all kinds, and takes the context that they have in common.
template <class Op, class Types>
inline constexpr bool is_neutral = false;
template <class Op, class Types>
    requires(Op::device_neutral)
inline constexpr bool is_neutral<Op, Types> = has_cpu_code<Op, gpu, Types>;

// The kind whose kernel is the code of an op on Device.
template <class Op, class Device, class Types>
using code_device_t = std::conditional_t<has_cpu_code<Op, Device, Types>, cpu, Device>;

}  // namespace detail

// The device kinds of the graph that an expression's nodes are in; void if it has none.
template <class E>
using kinds_of_t = typename detail::kinds_of<stored_t<std::remove_cvref_t<E>>>::type;

// Lowering to trees.

namespace detail {

template <class Tensor>
constexpr slot_shape slot_shape_of() {
    if constexpr (Tensor::rank == 0)
        return slot_shape::number;
    else
        return Tensor::shape_type::value[Tensor::rank - 1] == 1 ? slot_shape::column
                                                                : slot_shape::any;
}

// E as a tree whose first slot and first number are these.
template <class Device, class E, std::size_t Slot, std::size_t Number>
struct tree_of;
template <class Device, class V, class Kinds, std::size_t Slot, std::size_t Number>
struct tree_of<Device, node<V, Kinds>, Slot, Number> {
    using type = slot<Slot, typename V::value_type, slot_shape_of<V>()>;
};
template <class Device, class Op, class Result, class Parameters, class... Args, std::size_t Slot,
          std::size_t Number>
struct tree_of<Device, op_call<Op, Result, Parameters, Args...>, Slot, Number> {
    using type = slot<Slot, typename Result::value_type, slot_shape_of<Result>()>;
};
template <class Device, class T, std::size_t Slot, std::size_t Number>
struct tree_of<Device, scalar<T>, Slot, Number> {
    using type = immediate<Number, T>;
};
// Most ops have one operand or two; they are lowered without counting.
template <class Device, class Op, class A, std::size_t Slot, std::size_t Number>
struct tree_of<Device, expr<Op, A>, Slot, Number> {
    using types = typename expr<Op, A>::types;
    using type =
        application<typename kernel_for<Op, code_device_t<Op, Device, types>, types>::type,
                    element_of_t<expr<Op, A>>, typename tree_of<Device, A, Slot, Number>::type>;
};
template <class Device, class Op, class A, class B, std::size_t Slot, std::size_t Number>
struct tree_of<Device, expr<Op, A, B>, Slot, Number> {
    using types = typename expr<Op, A, B>::types;
    using type = application<
        typename kernel_for<Op, code_device_t<Op, Device, types>, types>::type,
        element_of_t<expr<Op, A, B>>, typename tree_of<Device, A, Slot, Number>::type,
        typename tree_of<Device, B, Slot + facts_of<A>.slots, Number + facts_of<A>.numbers>::type>;
};

// What the operands before operand I have of slots or numbers.
constexpr std::size_t before(std::size_t i, std::initializer_list<std::size_t> counts) {
    std::size_t sum = 0;
    for (const std::size_t* count = counts.begin(); i != 0; --i) sum += *count++;
    return sum;
}
template <class Device, class E, std::size_t Slot, std::size_t Number, class Index>
struct tree_of_many;
template <class Device, class Op, class... Args, std::size_t Slot, std::size_t Number,
          std::size_t... I>
struct tree_of_many<Device, expr<Op, Args...>, Slot, Number, std::index_sequence<I...>> {
    using types = typename expr<Op, Args...>::types;
    using type =
        application<typename kernel_for<Op, code_device_t<Op, Device, types>, types>::type,
                    element_of_t<expr<Op, Args...>>,
                    typename tree_of<Device, Args, Slot + before(I, {facts_of<Args>.slots...}),
                                     Number + before(I, {facts_of<Args>.numbers...})>::type...>;
};
template <class Device, class Op, class... Args, std::size_t Slot, std::size_t Number>
struct tree_of<Device, expr<Op, Args...>, Slot, Number>
    : tree_of_many<Device, expr<Op, Args...>, Slot, Number, std::index_sequence_for<Args...>> {};

}  // namespace detail

// An expression as the tree of a device kind's kernels.
template <class Device, class E>
using lowered_t = typename detail::tree_of<Device, E, 0, 0>::type;

}  // namespace weft
