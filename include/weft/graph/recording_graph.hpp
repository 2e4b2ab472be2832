// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// basic_graph<recording<device_kinds<...>>>: the graph that a builder gets when the compiler runs
// it. It has the functions of the basic_graph that runs, and what they make is recorded: types,
// shapes, names, scopes. Values of constants and callables are looked at for their types only.
#pragma once

#include <weft/graph/call.hpp>
#include <weft/graph/graph.hpp>
#include <weft/graph/recording.hpp>

namespace weft {

namespace detail {

template <class Kind>
inline constexpr bool is_host_kind = !std::is_same_v<Kind, gpu>;
template <class Kind>
    requires requires { &Kind::make_device; }
inline constexpr bool is_host_kind<Kind> = false;

template <class Kinds>
struct recorded_kinds_of;
template <class... Kinds>
struct recorded_kinds_of<device_kinds<Kinds...>> {
    static constexpr recorded_kind value[sizeof...(Kinds)] = {
        {Kinds::name, !is_host_kind<Kinds>}...};
    // Callables run on the CPU.
    static constexpr recorded_kinds cpu_bit = [] {
        recorded_kinds set = 0, bit = 1;
        ((set |= std::is_same_v<Kinds, cpu> ? bit : 0, bit <<= 1), ...);
        return set;
    }();
};

struct call_tag {
    static constexpr const char* name = "Call";
};
struct group_tag {
    static constexpr const char* name = "NoOp";
};

// The node of a callable and of what it takes, which becomes nodes first.
template <class Kinds, class V, class... Args>
constexpr node_id record_call(graph_recorder& into, std::string_view name,
                              const std::source_location& where, const Args&... args) {
    const std::uint32_t first = into.begin();
    (into.read(into, record_node<Kinds>(into, static_cast<const stored_t<Args>&>(args), {}, where)),
     ...);
    return into.add(op_of_nodes<call_tag, V, node_role::call, recorded_kinds_of<Kinds>::cpu_bit>,
                    name, first, where);
}

template <class Kinds>
inline constexpr bool is_recording = false;
template <class Kinds>
inline constexpr bool is_recording<recording<Kinds>> = true;

}  // namespace detail

// The base of what is made of recorded nodes.
template <class N>
concept recorded_node_type = detail::is_recording<typename N::kinds>;

template <recorded_node_type First, class... Rest>
class group<First, Rest...> : public node<void, typename First::kinds> {
public:
    using node_type = node<void, typename First::kinds>;

    constexpr group(const First& first, const Rest&... rest,
                    std::source_location where = std::source_location::current())
        : node_type(first.graph(), make(first.graph(), {first, rest...}, where)) {}

private:
    static constexpr node_id make(graph_recorder& into, std::initializer_list<recorded_ref> nodes,
                                  const std::source_location& where) {
        const std::uint32_t first = into.begin();
        for (const recorded_ref& n : nodes) into.read(into, n.id_in(into));
        return into.add(detail::op_of_nodes<detail::group_tag, void, node_role::group, 0>, {},
                        first, where);
    }
};

template <class Fn, class... Args>
    requires(recorded_node_type<detail::call_node<Fn, Args...>>)
class call<Fn, Args...> : public detail::call_node<Fn, Args...> {
public:
    using node_type = detail::call_node<Fn, Args...>;

    constexpr call(const Fn&, const Args&... args,
                   std::source_location where = std::source_location::current())
        : node_type((static_cast<void>(sizeof(detail::require_callable<Fn, result_of_t<Args>...>)),
                     make(recorder_of(args...), where, args...))) {}

private:
    static constexpr graph_recorder& recorder_of(const Args&... args) {
        graph_recorder* found = nullptr;
        ((found = found != nullptr ? found
                                   : detail::recorder_of(static_cast<const stored_t<Args>&>(args))),
         ...);
        return *found;
    }
    template <class Kinds>
    static constexpr node_type make_of(recording<Kinds>*, graph_recorder& into,
                                       const std::source_location& where, const Args&... args) {
        return {into, detail::record_call<Kinds, result_of_t<node_type>>(into, {}, where, args...)};
    }
    static constexpr node_type make(graph_recorder& into, const std::source_location& where,
                                    const Args&... args) {
        return make_of(static_cast<typename node_type::kinds*>(nullptr), into, where, args...);
    }
};

template <class Kinds>
class basic_graph<recording<Kinds>> : public graph_recorder {
    using place = std::source_location;
    template <class V>
    using made_node = node<V, recording<Kinds>>;

public:
    constexpr basic_graph() : graph_recorder(detail::recorded_kinds_of<Kinds>::value) {}

    template <class V>
    constexpr made_node<V> placeholder(std::string_view name = {}, place where = place::current()) {
        return {*this, add(detail::op_of_nodes<ops::placeholder, V, node_role::placeholder, 0>,
                           name, begin(), where)};
    }
    template <class V>
        requires(number<V> || is_tensor<V>)
    constexpr auto constant(const V&, std::string_view name = {}, place where = place::current()) {
        using type = decltype(detail::as_tensor(std::declval<V>()));
        return made_node<type>(*this, add(constant_op<type>(), name, begin(), where));
    }
    template <class E>
        requires(number<E> || is_tensor<E> || tensor_expr<E>)
    constexpr auto variable(const E& initial, std::string_view name = {},
                            place where = place::current()) {
        if constexpr (tensor_expr<E>)
            return add_variable<result_of_t<E>>(static_cast<const stored_t<E>&>(initial), name,
                                                where);
        else
            return add_variable<decltype(detail::as_tensor(std::declval<E>()))>(initial, name,
                                                                                where);
    }
    template <class Fn>
    constexpr auto call(const Fn&, std::string_view name = {}, place where = place::current()) {
        static_cast<void>(sizeof(detail::require_callable<Fn>));
        using type = detail::call_result_t<Fn>;
        return made_node<type>(*this, detail::record_call<Kinds, type>(*this, name, where));
    }

    template <class T, std::size_t... Dims>
    constexpr made_node<tensor<T, Dims...>> zeros(std::string_view name = {},
                                                  place where = place::current()) {
        return made(weft::zeros<T, Dims...>(), name, where);
    }
    template <class T, std::size_t... Dims>
    constexpr made_node<tensor<T, Dims...>> ones(std::string_view name = {},
                                                 place where = place::current()) {
        return made(weft::ones<T, Dims...>(), name, where);
    }
    template <class T, std::size_t... Dims>
    constexpr made_node<tensor<T, Dims...>> full(T value, std::string_view name = {},
                                                 place where = place::current()) {
        return made(weft::full<T, Dims...>(value), name, where);
    }
    template <class T, std::size_t N>
    constexpr made_node<tensor<T, N>> iota(std::string_view name = {},
                                           place where = place::current()) {
        return made(weft::iota<T, N>(), name, where);
    }
    template <class T, std::size_t N, std::size_t M = N>
    constexpr made_node<tensor<T, N, M>> eye(std::string_view name = {},
                                             place where = place::current()) {
        return made(weft::eye<T, N, M>(), name, where);
    }
    template <class T, std::size_t... Dims>
    constexpr made_node<tensor<T, Dims...>> uniform(std::uint64_t seed, T = T(0), T = T(1),
                                                    std::string_view name = {},
                                                    place where = place::current()) {
        return made(weft::uniform<T, Dims...>(seed), name, where);
    }
    template <class T, std::size_t... Dims>
    constexpr made_node<tensor<T, Dims...>> normal(std::uint64_t seed, T = T(0), T = T(1),
                                                   std::string_view name = {},
                                                   place where = place::current()) {
        return made(weft::normal<T, Dims...>(seed), name, where);
    }
    template <std::size_t... Dims>
    constexpr made_node<tensor<bool, Dims...>> bernoulli(std::uint64_t seed, double probability,
                                                         std::string_view name = {},
                                                         place where = place::current()) {
        return made(weft::bernoulli<Dims...>(seed, probability), name, where);
    }

private:
    template <class V>
    static constexpr const recorded_op& constant_op() {
        return *detail::held_op<ops::constant, V, node_role::constant, Kinds>;
    }

    template <class V, class E>
    constexpr weft::variable<V, recording<Kinds>> add_variable(const E& initial,
                                                               std::string_view name,
                                                               const place& where) {
        const node_id id = add(*detail::held_op<ops::variable, V, node_role::variable, Kinds>, name,
                               begin(), where);
        if constexpr (tensor_expr<E>)
            add_initializer<V>(id, initial, where);
        else
            add_initializer<V>(id,
                               made_node<V>(*this, add_beside(constant_op<V>(), "/initial_value",
                                                              begin(), where, id)),
                               where);
        return {*this, id};
    }
    template <class V, class E>
    constexpr void add_initializer(node_id id, const E& value, const place& where) {
        static_cast<void>(sizeof(detail::require_assignable<V, result_of_t<E>>));
        const std::uint32_t first = begin();
        detail::expression_walk<true, Kinds>{*this, where}(value);
        set_initializer(id, add_beside(*detail::assign_op<detail::assign_tag, V, E, Kinds>,
                                       "/Assign", first, where, id));
    }
    template <class E>
    constexpr made_node<result_of_t<E>> made(const E& e, std::string_view name,
                                             const place& where) {
        return {*this, detail::record_node<Kinds>(*this, e, name, where)};
    }
};

}  // namespace weft
