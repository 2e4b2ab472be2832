// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// node<V>: a handle to a vertex of a graph whose value has type V (a tensor, any movable C++ type,
// or void). Naming an expression as a node is what makes one: `node z = x + y;`. Handles are small
// values that stay valid as long as their graph.
#pragma once

#include <weft/graph/naming.hpp>

namespace weft {

// Kinds: the device kinds of its graph.
template <class V, class Kinds>
class node {
public:
    using result_type = V;
    using node_type = node;
    using kinds = Kinds;

    node(graph_base& owner, node_id id) : graph_(&owner), id_(id) {}

    // Makes the expression a node: one kernel, under the scopes that are open now. Throws error for
    // a number that the element type cannot hold.
    template <tensor_expr E>
        requires(std::is_same_v<result_of_t<E>, V> && !requires { typename E::node_type; })
    node(const E& expression, std::source_location where = std::source_location::current()) {
        using problem = naming_problem_t<E, Kinds>;
        static_cast<void>(sizeof(problem));
        if constexpr (std::is_same_v<problem, no_problem>)
            *this = named_node<Kinds>(expression, {}, where);
    }

    // The same with a name.
    template <tensor_expr E>
        requires(std::is_same_v<result_of_t<E>, V> && !requires { typename E::node_type; })
    node(const E& expression, std::string name,
         std::source_location where = std::source_location::current()) {
        using problem = naming_problem_t<E, Kinds>;
        static_cast<void>(sizeof(problem));
        if constexpr (std::is_same_v<problem, no_problem>)
            *this = named_node<Kinds>(expression, name, where);
    }

    graph_base& graph() const { return *graph_; }
    node_id id() const { return id_; }
    const std::string& name() const { return graph_->record(id_).name; }

private:
    graph_base* graph_ = nullptr;
    node_id id_ = no_node;
};

template <class V, class Kinds>
node(const node<V, Kinds>&) -> node<V, Kinds>;
template <tensor_expr E>
node(const E&) -> node<result_of_t<E>, kinds_of_t<E>>;
template <tensor_expr E>
node(const E&, std::source_location) -> node<result_of_t<E>, kinds_of_t<E>>;
template <tensor_expr E>
node(const E&, std::string) -> node<result_of_t<E>, kinds_of_t<E>>;
template <tensor_expr E>
node(const E&, const char*) -> node<result_of_t<E>, kinds_of_t<E>>;

// Any node, its type forgotten: what control dependencies and colocation take.
class node_ref {
public:
    template <class V, class Kinds>
    node_ref(const node<V, Kinds>& n) : graph_(&n.graph()), id_(n.id()) {}
    graph_base& graph() const { return *graph_; }
    node_id id() const { return id_; }
    const node_record& record() const { return graph_->record(id_); }
    // The number, for what joins nodes of `owner`; throws error invalid_argument for a node of
    // another graph, which `what` is said to name.
    node_id id_in(const graph_base& owner, const char* what) const {
        if (graph_ != &owner)
            throw_error(errc::invalid_argument,
                        {what, " names node '", record().name,
                         "', which is in another graph (made at ", to_string(record().where), ")"},
                        record().name, record().where);
        return id_;
    }

private:
    graph_base* graph_;
    node_id id_;
};

}  // namespace weft
