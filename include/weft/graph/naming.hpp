// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Naming an expression as a node: finding the graph that its operands are in, and saying at compile
// time why an expression cannot be a node there. Lowering itself is lower.hpp's; nothing here
// is kept at run time.
#pragma once

#include <weft/graph/lower.hpp>

namespace weft {

namespace detail {

// The graph of the first node in an expression; null if there is none.
template <class V, class Kinds>
graph_base* graph_of(const node<V, Kinds>& n) {
    return &n.graph();
}
template <class T>
graph_base* graph_of(const scalar<T>&) {
    return nullptr;
}
template <class E>
    requires requires(const E& e) { e.args; }
graph_base* graph_of(const E& e);
template <class E, class Device, int Index>
graph_base* graph_of(const pinned<E, Device, Index>& e);
template <std::size_t... I, class... Args>
graph_base* graph_of_operands(const operand_pack_of<std::index_sequence<I...>, Args...>& args) {
    graph_base* found = nullptr;
    ((found = found != nullptr ? found : graph_of(get_operand<I>(args))), ...);
    return found;
}
template <class E>
    requires requires(const E& e) { e.args; }
graph_base* graph_of(const E& e) {
    return graph_of_operands(e.args);
}
template <class E, class Device, int Index>
graph_base* graph_of(const pinned<E, Device, Index>& e) {
    return graph_of(e.expression);
}
}  // namespace detail

// Instantiated where an expression without nodes is named as one: no graph can be found for it.
template <class E>
struct require_graph {
    static constexpr bool ok = !std::is_void_v<kinds_of_t<E>>;
    static_assert(ok,
                  "weft: this expression has no node in it, so its graph is not known; use the "
                  "graph's own function, g.zeros<float, 3>()");
};

// What is instantiated to say why an expression cannot be a node of a graph of these kinds, or
// no_problem.
struct no_problem {};
template <class E, class Kinds>
using naming_problem_t =
    std::conditional_t<std::is_void_v<kinds_of_t<E>>, require_graph<E>,
                       std::conditional_t<std::is_void_v<first_homeless_t<E, Kinds>>, no_problem,
                                          require_some_kernel<first_homeless_t<E, Kinds>>>>;

// Makes an expression a node of the graph that its operands are in.
template <class Kinds, class E>
node<result_of_t<E>, Kinds> named_node(const E& e, std::string_view name,
                                       const std::source_location& where) {
    graph_base& owner = *detail::graph_of(e);
    return {owner, make_node<Kinds>(owner, e, name, where)};
}

}  // namespace weft
