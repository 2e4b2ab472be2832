// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// From an expression to a node: operands that need a kernel of their own become nodes first, then
// what the types say is put into a constant, what the expression holds into arrays, and
// node_parts.hpp makes a record of both. After this file nothing knows an element type.
#pragma once

#include <weft/graph/describe.hpp>
#include <weft/ops/identity.hpp>

namespace weft {

template <class Kinds, class E>
node_id make_node(graph_base& g, const E& e, std::string_view name,
                  const std::source_location& where);

namespace detail {

template <class Kinds, class E, class Device, int Index>
node_id make_pinned(graph_base& g, const pinned<E, Device, Index>& e, std::string_view name,
                    const std::source_location& where);

// Dividing an expression into nodes.

template <class Kinds>
struct division {
    graph_base& owner;
    const std::source_location& where;

    template <class E>
    node<result_of_t<E>, Kinds> as_node(const E& e) const {
        return {owner, make_node<Kinds>(owner, e, {}, where)};
    }
};

// An expression with at most one call left in it, and that only if KeepCall.
template <bool KeepCall, class Kinds, class V>
auto settle(const division<Kinds>&, const node<V, Kinds>& n) {
    return n;
}
template <bool KeepCall, class Kinds, class T>
auto settle(const division<Kinds>&, const scalar<T>& number) {
    return number;
}
template <bool KeepCall, class Kinds, class E, class Device, int Index>
auto settle(const division<Kinds>& into, const pinned<E, Device, Index>& e) {
    return into.as_node(e);
}
// An operand of a call: fused where the op reads its first operand as a source, else a node.
template <bool Fuse, class Kinds, class E>
auto settle_operand(const division<Kinds>& into, const E& e) {
    if constexpr (requires { typename E::node_type; })
        return e;
    else if constexpr (Fuse && !facts_of<E>.has_call)
        return e;
    else
        return into.as_node(e);
}
template <class Kinds, class Op, class Result, class Parameters, class... Args, std::size_t... I>
auto settle_call(const division<Kinds>& into, const op_call<Op, Result, Parameters, Args...>& e,
                 std::index_sequence<I...>) {
    using settled =
        op_call<Op, Result, Parameters,
                decltype(settle_operand<reads_source<Op, I>>(into, get_operand<I>(e.args)))...>;
    return settled{e.parameters,
                   {{settle_operand<reads_source<Op, I>>(into, get_operand<I>(e.args))}...}};
}
template <bool KeepCall, class Kinds, class Op, class Result, class Parameters, class... Args>
auto settle(const division<Kinds>& into, const op_call<Op, Result, Parameters, Args...>& e) {
    if constexpr (KeepCall)
        return settle_call(into, e, std::index_sequence_for<Args...>{});
    else
        return into.as_node(e);
}
template <bool KeepCall, class Kinds, class Op, class... Args>
auto settle(const division<Kinds>& into, const expr<Op, Args...>& e);
template <bool KeepCall, class Kinds, class Op, class... Args, std::size_t... I>
auto settle_arguments(const division<Kinds>& into, const expr<Op, Args...>& e,
                      std::index_sequence<I...>) {
    constexpr std::size_t heart = KeepCall ? heart_argument<Args...>() : sizeof...(Args);
    return expr<Op, decltype(settle<I == heart>(into, get_operand<I>(e.args)))...>{
        {{settle<I == heart>(into, get_operand<I>(e.args))}...}};
}
template <bool KeepCall, class Kinds, class Op, class... Args>
auto settle(const division<Kinds>& into, const expr<Op, Args...>& e) {
    if constexpr (facts_of<expr<Op, Args...>>.has_call)
        return settle_arguments<KeepCall>(into, e, std::index_sequence_for<Args...>{});
    else
        return e;
}

// Whether one kind of the graph has kernels for all ops of a settled expression.
template <class E, class... Kinds>
constexpr bool placeable_somewhere(device_kinds<Kinds...>*) {
    return (placeable_on<E, Kinds> || ...);
}
// Each op has a kernel somewhere, but they have none in common: names what the first kind lacks.
template <class E, class... Kinds>
void require_a_common_kind(device_kinds<Kinds...>*) {
    using missing_one = typename first_of<first_missing_t<E, Kinds>...>::type;
    static_cast<void>(sizeof(require_some_kernel<missing_one>));
}

// The node of a settled expression; `owner...` is its graph, or nothing where it has nodes in it.
template <class Kinds, class E, class... Owner>
node_id make_settled(const E& e, std::string_view name, const std::source_location& where,
                     Owner&... owner) {
    if constexpr (placeable_somewhere<E>(static_cast<Kinds*>(nullptr))) {
        if constexpr (gpu_code_here == gpu_code::compiled) compile_for_gpus<E>();
        return with_parts(e, where, [&](const node_parts& parts) {
            return add_node(owner..., description_of<E, Kinds>::value, parts, name, where);
        });
    } else {
        require_a_common_kind<E>(static_cast<Kinds*>(nullptr));
        return no_node;
    }
}

}  // namespace detail

// Adds the nodes of an expression to a graph, `e` itself last, and gives its number. A node gives
// its own.
template <class Kinds, class E>
node_id make_node(graph_base& g, const E& e, std::string_view name,
                  const std::source_location& where) {
    if constexpr (requires { typename E::node_type; }) {
        require_same_graph(g, e.graph(), e.id(), where);
        return e.id();
    } else if constexpr (requires { e.expression; }) {
        return detail::make_pinned<Kinds>(g, e, name, where);
    } else if constexpr (detail::facts_of<E>.has_call) {
        const detail::division<Kinds> into{g, where};
        return detail::make_settled<Kinds>(detail::settle<true>(into, e), name, where, g);
    } else {
        return detail::make_settled<Kinds>(e, name, where, g);
    }
}

namespace detail {
// What a pin holds, as something that makes a node: a node is there already, and gets a copy.
template <class E>
auto unpinned(const E& e) {
    if constexpr (requires { typename E::node_type; })
        return identity(e);
    else
        return e;
}
// A pinned expression: everything that is made for it gets the pin.
template <class Kinds, class E, class Device, int Index>
node_id make_pinned(graph_base& g, const pinned<E, Device, Index>& e, std::string_view name,
                    const std::source_location& where) {
    scope_entry scope{scope_entry::kind::device};
    scope.spec.kind = Device::name;
    scope.spec.index = Index;
    const std::size_t depth = g.open(std::move(scope));
    try {
        const node_id id = make_node<Kinds>(g, unpinned(e.expression), name, where);
        g.close(depth);
        return id;
    } catch (...) {
        g.close(depth);
        throw;
    }
}

}  // namespace detail

}  // namespace weft
