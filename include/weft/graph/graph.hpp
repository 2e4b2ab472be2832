// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// basic_graph<device_kinds<...>>: a graph that knows these device kinds, and `graph`, the one of
// cpu and gpu. It makes the nodes that have no operands: constants, placeholders, variables, random
// numbers, callables. Everything else is a free function of expressions. Not movable: nodes point
// to it.
#pragma once

#include <weft/graph/call.hpp>
#include <weft/graph/scope.hpp>
#include <weft/graph/variable.hpp>
#include <weft/ops/elementwise.hpp>
#include <weft/ops/structured.hpp>

namespace weft {

// Built by one thread at a time. All functions take a name (made unique; the op's if empty) and
// throw error invalid_argument for a malformed one.
template <class Kinds>
class basic_graph : public graph_base {
    using place = std::source_location;

public:
    basic_graph() = default;

    // A value that every run has to feed: a tensor, or any C++ type that can be moved.
    template <class V>
    node<V, Kinds> placeholder(std::string name = {}, place where = place::current()) {
        return {*this, add_named(detail::placeholder_record<V>(where), std::move(name))};
    }

    // A tensor, or a number as a tensor of rank 0, that is part of the graph.
    template <class V>
        requires(number<V> || is_tensor<V>)
    auto constant(V value, std::string name = {}, place where = place::current()) {
        using type = decltype(detail::as_tensor(std::move(value)));
        return node<type, Kinds>(*this, add_named(detail::constant_record<Kinds>(
                                                      detail::as_tensor(std::move(value)), where),
                                                  std::move(name)));
    }

    // A variable and its initial value: a number, a tensor or an expression, such as normal<float,
    // 3>(1). (Inside this class the name hides the class template, hence weft::variable.)
    template <class E>
        requires(number<E> || is_tensor<E> || tensor_expr<E>)
    auto variable(E initial, std::string name = {}, place where = place::current()) {
        using V = typename decltype(initial_type(initial))::type;
        const node_id id = add_named(detail::variable_record<V, Kinds>(where), std::move(name));
        add_initializer(initializer_record<V>(id, std::move(initial), where));
        return weft::variable<V, Kinds>(*this, id);
    }

    // A node of a C++ callable without inputs; with inputs it is weft::call(fn, nodes...).
    template <class Fn>
    auto call(Fn fn, std::string name = {}, place where = place::current()) {
        static_cast<void>(sizeof(detail::require_callable<Fn>));
        const node_id id = detail::make_call<Kinds>(*this, std::move(fn), std::move(name), where);
        return node<detail::call_result_t<Fn>, Kinds>(*this, id);
    }

    template <class T, std::size_t... Dims>
    node<tensor<T, Dims...>, Kinds> zeros(std::string name = {}, place where = place::current()) {
        return made(weft::zeros<T, Dims...>(), std::move(name), where);
    }
    template <class T, std::size_t... Dims>
    node<tensor<T, Dims...>, Kinds> ones(std::string name = {}, place where = place::current()) {
        return made(weft::ones<T, Dims...>(), std::move(name), where);
    }
    template <class T, std::size_t... Dims>
    node<tensor<T, Dims...>, Kinds> full(T value, std::string name = {},
                                         place where = place::current()) {
        return made(weft::full<T, Dims...>(value), std::move(name), where);
    }
    // 0, 1, 2, ...
    template <class T, std::size_t N>
    node<tensor<T, N>, Kinds> iota(std::string name = {}, place where = place::current()) {
        return made(weft::iota<T, N>(), std::move(name), where);
    }
    // Ones on the diagonal.
    template <class T, std::size_t N, std::size_t M = N>
    node<tensor<T, N, M>, Kinds> eye(std::string name = {}, place where = place::current()) {
        return made(weft::eye<T, N, M>(), std::move(name), where);
    }
    // Random numbers by a counter-based generator: a seed gives the same numbers in every run, on
    // every device and with any number of threads. uniform is in [low, high).
    template <class T, std::size_t... Dims>
    node<tensor<T, Dims...>, Kinds> uniform(std::uint64_t seed, T low = T(0), T high = T(1),
                                            std::string name = {}, place where = place::current()) {
        return made(weft::uniform<T, Dims...>(seed, static_cast<compute_t<T>>(low),
                                              static_cast<compute_t<T>>(high)),
                    std::move(name), where);
    }
    template <class T, std::size_t... Dims>
    node<tensor<T, Dims...>, Kinds> normal(std::uint64_t seed, T mean = T(0), T deviation = T(1),
                                           std::string name = {}, place where = place::current()) {
        return made(weft::normal<T, Dims...>(seed, static_cast<compute_t<T>>(mean),
                                             static_cast<compute_t<T>>(deviation)),
                    std::move(name), where);
    }
    template <std::size_t... Dims>
    node<tensor<bool, Dims...>, Kinds> bernoulli(std::uint64_t seed, double probability,
                                                 std::string name = {},
                                                 place where = place::current()) {
        return made(weft::bernoulli<Dims...>(seed, probability), std::move(name), where);
    }

private:
    template <class V>
    struct type_of {
        using type = V;
    };
    template <class E>
    static auto initial_type(const E& initial) {
        if constexpr (tensor_expr<E>)
            return type_of<result_of_t<E>>{};
        else
            return type_of<decltype(detail::as_tensor(initial))>{};
    }

    node_id add_named(node_record record, std::string name) {
        record.name = std::move(name);
        return add(std::move(record));
    }
    template <class E>
    node<result_of_t<E>, Kinds> made(const E& e, std::string name, const place& where) {
        return {*this, make_node<Kinds>(*this, e, name, where)};
    }

    // What stores the initial value; a number or tensor becomes a constant beside the variable.
    template <class V, class E>
    node_record initializer_record(node_id id, E initial, const place& where) {
        if constexpr (tensor_expr<E>) {
            return detail::assign_record<Kinds, V>(
                *this, {"Assign", id}, static_cast<const stored_t<E>&>(initial), where);
        } else {
            node_record value =
                detail::constant_record<Kinds>(detail::as_tensor(std::move(initial)), where);
            value.target = id;
            const node<V, Kinds> constant(*this, add_beside(std::move(value), "initial_value"));
            return detail::assign_record<Kinds, V>(*this, {"Assign", id}, constant, where);
        }
    }
};

}  // namespace weft
