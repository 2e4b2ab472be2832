// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Feeds and fetches: what goes into a run and what comes out, with their types. A feed of another
// type than its node's does not compile. Nothing here knows a plan or a device; a feed borrows the
// caller's value for the time of the run.
#pragma once

#include <weft/graph/graph.hpp>
#include <weft/runtime/feed_value.hpp>

#include <initializer_list>
#include <memory>
#include <tuple>
#include <variant>
#include <vector>

namespace weft {

// Instantiated for each feed; its arguments are the type of the node and that of the value.
template <class Node, class Value>
struct require_feed_type {
    static constexpr bool ok = std::is_same_v<Node, Value>;
    static_assert(
        ok,
        "weft: a value of this type cannot be fed to this node; give a tensor of the node's "
        "element type and dimensions (dyn stays dyn)");
};
template <class T, std::size_t... Dims, std::size_t... Other>
struct require_feed_type<tensor<T, Dims...>, tensor<T, Other...>> {
    static constexpr bool ok =
        is_shape_convertible<static_shape<Dims...>, static_shape<Other...>> ||
        is_shape_convertible<static_shape<Other...>, static_shape<Dims...>>;
    static_assert(ok, "weft: the dimensions of the fed tensor are not those of the node");
};

// A node and the value it has in one run. A value that outlives the run is borrowed; a temporary is
// kept.
class feed_entry {
public:
    feed_entry(const graph_base& owner, feed_value value,
               std::shared_ptr<const void> kept = nullptr)
        : graph_(&owner), value_(value), kept_(std::move(kept)) {}
    const graph_base& graph() const { return *graph_; }
    const feed_value& value() const { return value_; }

private:
    const graph_base* graph_;
    feed_value value_;
    std::shared_ptr<const void> kept_;
};

// Throws error invalid_argument for a node of another graph than the session's `own`, and for one
// that is among those fed `before`.
void check_feed(const graph_base& own, const graph_base& of, const std::vector<node_id>& before,
                node_id id);
void check_fetch(const graph_base& own, const graph_base& of, node_id id);

// The feeds of a run: distinct nodes of the session's graph, checked when it is made.
class feed_set {
public:
    feed_set(const graph_base& own, std::initializer_list<feed_entry> entries);
    const std::vector<node_id>& nodes() const { return nodes_; }
    const std::vector<feed_value>& values() const { return values_; }

private:
    std::vector<node_id> nodes_;
    std::vector<feed_value> values_;
};

namespace detail {
// A value as bytes and shape: tensors and views by their elements, other types by their address.
template <class V>
struct fed_type {
    using type = V;
};
template <class T, std::size_t... Dims>
struct fed_type<tensor_view<T, Dims...>> {
    using type = tensor<std::remove_const_t<T>, Dims...>;
};
template <class V>
feed_value feed_of(node_id node, const V& value) {
    if constexpr (is_tensor<typename fed_type<V>::type>)
        return {node, value.data(), value.shape()};
    else
        return {node, &value, {}};
}
// How a value is held while it is fed: as it is, a number for a tensor of rank 0 as such a tensor.
template <class Node, class V>
struct held_feed {
    using type = const V&;
};
template <class Node, number V>
    requires is_tensor<Node>
struct held_feed<Node, V> {
    using type = tensor<V>;
};
}  // namespace detail

// feed(x, value): node x has this value in a run. The tensor (or view, or object) must live until
// the run ends unless it is a temporary. A rank-0 node takes a number of its element type, too.
template <class N, class V>
    requires requires { typename N::node_type; }
feed_entry feed(const N& node, V&& value) {
    using type = std::remove_cvref_t<V>;
    using wanted = result_of_t<N>;
    if constexpr (is_tensor<wanted> && number<type>) {
        return feed(node, tensor<type>{value});
    } else {
        static_cast<void>(require_feed_type<wanted, typename detail::fed_type<type>::type>::ok);
        if constexpr (std::is_lvalue_reference_v<V>) {
            return {node.graph(), detail::feed_of(node.id(), value)};
        } else {
            auto kept = std::make_shared<type>(std::forward<V>(value));
            return {node.graph(), detail::feed_of(node.id(), *kept), kept};
        }
    }
}

// The nodes that a callable feeds, in the order of its arguments: feeds(x, y).
template <class... N>
struct feed_list {
    std::tuple<N...> nodes;
};
template <class... N>
feed_list<typename N::node_type...> feeds(const N&... nodes) {
    return {{nodes...}};
}

// Whether E is a node, or fetch_into of one.
template <class E>
inline constexpr bool is_fetch = requires { typename E::node_type; };

// Instantiated for each fetch; its argument is what is to be fetched.
template <class E>
struct require_node {
    static constexpr bool ok = is_fetch<E>;
    static_assert(
        ok, "weft: an expression cannot be fetched; name it as a node first: `node y = ...;`");
};

// fetch_into(y, out): a fetch that writes into a tensor of the caller, which must have the value's
// shape.
template <class V, class Kinds>
struct fetch_into_tensor {
    using result_type = V;
    using node_type = node<V, Kinds>;
    node_type from;
    V* out;
    graph_base& graph() const { return from.graph(); }
    node_id id() const { return from.id(); }
};
template <class N>
    requires requires { typename N::node_type; }
auto fetch_into(const N& from, result_of_t<N>& out) {
    return fetch_into_tensor<result_of_t<N>, typename N::kinds>{from, &out};
}

// What a fetch gives: the value; std::monostate for a node<void> and for fetch_into.
namespace detail {
template <class F>
struct fetched {
    using type = std::conditional_t<std::is_void_v<result_of_t<F>>, std::monostate, result_of_t<F>>;
};
template <class V, class Kinds>
struct fetched<fetch_into_tensor<V, Kinds>> {
    using type = std::monostate;
};
}  // namespace detail
template <class F>
using fetched_t = typename detail::fetched<F>::type;

// The nodes whose values a callable returns: fetches(loss, train).
template <class... F>
struct fetch_list {
    std::tuple<F...> nodes;
};
namespace detail {
template <class F>
struct kept_fetch {
    using type = typename F::node_type;
};
template <class V, class Kinds>
struct kept_fetch<fetch_into_tensor<V, Kinds>> {
    using type = fetch_into_tensor<V, Kinds>;
};
}  // namespace detail
template <class... F>
fetch_list<typename detail::kept_fetch<F>::type...> fetches(const F&... nodes) {
    return {{nodes...}};
}

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/session/feeds_source.hpp>
#endif
