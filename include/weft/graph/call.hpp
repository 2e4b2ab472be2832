// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// call(fn, nodes...): a node of a C++ callable, run on the CPU. Its value is what the callable
// returns: a tensor, any movable type, or nothing; weft is a task graph too. A callable whose first
// parameter is a cpu_context& may split itself over its device's threads and see that a run is
// stopped.
#pragma once

#include <weft/graph/sources.hpp>

namespace weft {

// What a callable gets for a tensor: a view, which converts to a tensor (by copy) and, for rank 0,
// to the element.
template <class Tensor>
class call_argument;
template <class T, std::size_t... Dims>
class call_argument<tensor<T, Dims...>> : public tensor_view<const T, Dims...> {
public:
    using tensor_view<const T, Dims...>::tensor_view;
    operator tensor<T, Dims...>() const {
        return tensor<T, Dims...>::copy_of(this->data(), this->shape());
    }
    operator T() const
        requires(sizeof...(Dims) == 0)
    {
        return *this->data();
    }
};

namespace detail {

template <class V>
struct call_parameter {
    using type = const V&;
    static const V& get(const value_ref& value) { return *static_cast<const V*>(value.data); }
};
template <class T, std::size_t... Dims>
struct call_parameter<tensor<T, Dims...>> {
    using type = call_argument<tensor<T, Dims...>>;
    static type get(const value_ref& value) {
        return {static_cast<const T*>(value.data), value.shape};
    }
};

// Whether Fn is called with the context first.
template <class Fn, class... V>
inline constexpr bool takes_context =
    !std::is_invocable_v<Fn&, typename call_parameter<V>::type...> &&
    std::is_invocable_v<Fn&, cpu_context&, typename call_parameter<V>::type...>;

// Whether Fn can be called with these values at all.
template <class Fn, class... V>
inline constexpr bool is_callable =
    std::is_invocable_v<Fn&, typename call_parameter<V>::type...> || takes_context<Fn, V...>;

// Instantiated where a callable cannot be called with the nodes' values.
template <class Fn, class... V>
struct require_callable {
    static constexpr bool ok = is_callable<Fn, V...>;
    static_assert(
        ok,
        "weft: the callable does not take these values: for a tensor it gets a "
        "tensor_view<const T, Dims...>, for any other node a const reference; a cpu_context& "
        "may come first");
};

// What the callable returns; void where it cannot be called, which is reported elsewhere.
template <bool Context, class Fn, class... V>
struct call_result_of {
    using type = void;
};
template <class Fn, class... V>
    requires(is_callable<Fn, V...>)
struct call_result_of<false, Fn, V...> {
    using type = std::invoke_result_t<Fn&, typename call_parameter<V>::type...>;
};
template <class Fn, class... V>
struct call_result_of<true, Fn, V...> {
    using type = std::invoke_result_t<Fn&, cpu_context&, typename call_parameter<V>::type...>;
};
// The type of the node's value.
template <class Fn, class... V>
using call_result_t =
    std::decay_t<typename call_result_of<takes_context<Fn, V...>, Fn, V...>::type>;

// The callable with the positions of its inputs. A mutable callable is the user's to guard.
template <class Fn, class... V>
struct call_program_of {
    using result = call_result_t<Fn, V...>;
    mutable Fn fn;
    unsigned char input[sizeof...(V) + 1];

    static void run(const void* parameters, context_base& ctx, const value_ref* const* inputs,
                    value_ref& output) {
        static_cast<const call_program_of*>(parameters)
            ->run(ctx, inputs, output, std::index_sequence_for<V...>{});
    }

private:
    template <std::size_t... I>
    void run(context_base& ctx, const value_ref* const* inputs, value_ref& output,
             std::index_sequence<I...>) const {
        static_cast<void>(inputs);
        const auto invoke = [&]() -> decltype(auto) {
            if constexpr (takes_context<Fn, V...>)
                return fn(static_cast<cpu_context&>(ctx),
                          call_parameter<V>::get(*inputs[input[I]])...);
            else
                return fn(call_parameter<V>::get(*inputs[input[I]])...);
        };
        if constexpr (std::is_void_v<result>) {
            static_cast<void>(output);
            invoke();
        } else {
            // A tensor's elements are used where the returned object has them.
            auto* made = ::new (output.data) result(invoke());
            if constexpr (is_tensor<result>) output = {made->data(), made->shape()};
        }
    }
};

// A call's record but for what depends on the callable.
node_record call_record(std::string name, const std::source_location& where, value_type type);

template <class Kinds, class Fn, class... V>
node_id make_call(graph_base& owner, Fn fn, std::string name, const std::source_location& where,
                  const node<V, Kinds>&... inputs) {
    using program = call_program_of<Fn, V...>;
    using result = typename program::result;
    node_record record = call_record(std::move(name), where, any_value_type<result>());
    if constexpr (is_tensor<result>) record.type.object = &object_type_of<result>;
    const void* stored = record.keep(
        program{std::move(fn), {add_input(owner, record, inputs.graph(), inputs.id())..., 0}});
    record.kernels.push_back({cpu::name, &program::run, stored, nullptr, {}});
    return owner.add(std::move(record));
}

// The node of an argument: expressions become nodes first.
template <class Kinds, class A>
auto call_input(graph_base& owner, const A& a, const std::source_location& where) {
    if constexpr (requires { typename A::node_type; })
        return static_cast<const typename A::node_type&>(a);
    else
        return node<result_of_t<A>, Kinds>(owner, make_node<Kinds>(owner, a, {}, where));
}

template <class Fn, class... Args>
using call_node = node<call_result_t<Fn, result_of_t<Args>...>,
                       typename first_of<typename kinds_of<stored_t<Args>>::type...>::type>;

}  // namespace detail

// A node of a callable and the nodes (or expressions) whose values it takes; converts to node<R>.
// Made at once, under the open scopes. An exception of the callable fails the run and is wrapped
// with the node's name and this line. A source without inputs is made by graph::call.
template <class Fn, class... Args>
class call : public detail::call_node<Fn, Args...> {
public:
    using node_type = detail::call_node<Fn, Args...>;

    call(Fn fn, const Args&... args, std::source_location where = std::source_location::current())
        : node_type((static_cast<void>(sizeof(detail::require_callable<Fn, result_of_t<Args>...>)),
                     make(graph_of(args...), std::move(fn), where, args...))) {}

private:
    using graph_kinds = typename node_type::kinds;

    // Arguments without a node (zeros<float, 3>()) do not know a graph; one of them does.
    static graph_base& graph_of(const Args&... args) {
        graph_base* found = nullptr;
        ((found = found != nullptr ? found
                                   : detail::graph_of(static_cast<const stored_t<Args>&>(args))),
         ...);
        return *found;
    }
    static node_type make(graph_base& owner, Fn fn, const std::source_location& where,
                          const Args&... args) {
        if constexpr (detail::is_callable<Fn, result_of_t<Args>...>)
            return {owner, detail::make_call<graph_kinds>(
                               owner, std::move(fn), {}, where,
                               detail::call_input<graph_kinds>(owner, args, where)...)};
        else
            return {owner, no_node};
    }
};
template <class Fn, class... Args>
    requires(sizeof...(Args) > 0)
call(Fn, const Args&...) -> call<Fn, Args...>;

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/graph/call_source.hpp>
#endif
