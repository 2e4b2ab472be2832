// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Handles to the nodes of a graph that the compiler records: node and variable for the kinds
// recording<device_kinds<...>>, and how an expression becomes such a node. It divides expressions
// into nodes as lower.hpp does, in the same order, so that names and placement are the same; what
// lower.hpp makes code of is a set of device kinds here.
#pragma once

#include <weft/graph/recorder.hpp>
#include <weft/graph/variable.hpp>

namespace weft {

// In place of device_kinds<...>: the nodes of a graph that only records.
template <class Kinds>
struct recording {};

// Making nodes of expressions.

// The device kinds that have an op's kernel for these element types.
template <class Op, class Types, class Kinds>
inline constexpr recorded_kinds kinds_with_kernel = 0;
template <class Op, class Types, class... Kinds>
inline constexpr recorded_kinds kinds_with_kernel<Op, Types, device_kinds<Kinds...>> = [] {
    recorded_kinds set = 0, bit = 1;
    ((set |= detail::has_kernel_for<Op, Kinds, Types> ? bit : 0, bit <<= 1), ...);
    return set;
}();

namespace detail {

inline constexpr recorded_kinds every_kind = ~recorded_kinds{0};

template <class E>
inline constexpr bool is_node = requires {
    typename E::node_type;
};

// The kinds on which all that stays in the kernel of an expression can run; operands that become
// nodes of their own have no say. KeepCall: an op with a kernel of its own stays.
template <bool KeepCall, class E, class Kinds>
inline constexpr recorded_kinds kernel_kinds = every_kind;

template <class Op, class Kinds, class... Args, std::size_t... I>
constexpr recorded_kinds kinds_of_fused(std::index_sequence<I...>) {
    return ((reads_source<Op, I> && !facts_of<Args>.has_call ? kernel_kinds<false, Args, Kinds>
                                                             : every_kind) &
            ... & every_kind);
}
template <class Op, class Result, class Parameters, class... Args, class Kinds>
inline constexpr recorded_kinds
    kernel_kinds<true, op_call<Op, Result, Parameters, Args...>, Kinds> =
        kinds_with_kernel<Op, typename op_call<Op, Result, Parameters, Args...>::types, Kinds>&
            kinds_of_fused<Op, Kinds, Args...>(std::index_sequence_for<Args...>{});

// The argument that keeps its call, the first that has one; the number of arguments if none does.
template <bool KeepCall, class... Args>
inline constexpr std::size_t kept_argument = [] {
    std::size_t at = 0;
    static_cast<void>(((KeepCall && facts_of<Args>.has_heart ? true : (++at, false)) || ...));
    return at;
}();
template <bool KeepCall, class Kinds, class... Args, std::size_t... I>
constexpr recorded_kinds kinds_of_arguments(std::index_sequence<I...>) {
    return (kernel_kinds<I == kept_argument<KeepCall, Args...>, Args, Kinds> & ... & every_kind);
}
template <bool KeepCall, class Op, class... Args, class Kinds>
inline constexpr recorded_kinds kernel_kinds<KeepCall, expr<Op, Args...>, Kinds> =
    kinds_with_kernel<Op, typename expr<Op, Args...>::types, Kinds>&
        kinds_of_arguments<KeepCall, Kinds, Args...>(std::index_sequence_for<Args...>{});

// Instantiated for an expression whose ops have kernels, but on no device kind all of them.
template <class E, class Kinds>
struct require_common_kind {
    static constexpr bool ok = kernel_kinds<true, E, Kinds> != 0;
    static_assert(ok,
                  "weft: no device kind of this graph has kernels for all ops of this expression; "
                  "name a part of it as a node");
};

template <class Tag>
inline constexpr bool looks_at_metadata = false;
template <class Tag>
    requires requires { Tag::metadata_only; }
inline constexpr bool looks_at_metadata<Tag> = Tag::metadata_only;

// What nodes with values of type V have in common; Tag has the name.
template <class Tag, class V, node_role Role, recorded_kinds Set>
inline constexpr recorded_op op_of_nodes{Tag::name,   Role,    Set, looks_at_metadata<Tag>,
                                         dtype::none, nullptr, 0};
template <class Tag, class T, std::size_t... Dims, node_role Role, recorded_kinds Set>
inline constexpr recorded_op op_of_nodes<Tag, tensor<T, Dims...>, Role, Set>{
    Tag::name,
    Role,
    Set,
    looks_at_metadata<Tag>,
    dtype_of<T>,
    &static_shape<Dims...>::value,
    static_shape<Dims...>::known ? (Dims*... * sizeof(T)) : dyn};

// The same for nodes that hold values of type V and have kernels where Tag has them.
template <class Tag, class V, node_role Role, class Kinds>
inline constexpr const recorded_op* held_op =
    &op_of_nodes<Tag, V, Role, kinds_with_kernel<Tag, type_list<typename V::value_type>, Kinds>>;
// And for those that store an E into a variable of type V.
template <class Tag, class V, class E, class Kinds>
inline constexpr const recorded_op* assign_op =
    &op_of_nodes<Tag, V, node_role::assign,
                 kinds_with_kernel<ops::variable, type_list<typename V::value_type>, Kinds> &
                     kernel_kinds<true, E, Kinds>>;

// Names of what has no tag of its own.
struct assign_tag {
    static constexpr const char* name = "Assign";
};
struct assign_add_tag {
    static constexpr const char* name = "AssignAdd";
};
struct assign_sub_tag {
    static constexpr const char* name = "AssignSub";
};

template <class Kinds, class E>
constexpr node_id record_node(graph_recorder& into, const E& e, std::string_view name,
                              const std::source_location& where);

// Puts the inputs of an expression's kernel on the recorder's stack; makes nodes of what does not
// stay in it.
template <bool KeepCall, class Kinds>
struct expression_walk {
    graph_recorder& into;
    const std::source_location& where;

    template <class V>
    constexpr void operator()(const node<V, recording<Kinds>>& n) const {
        into.read(n.graph(), n.id());
    }
    template <class T>
    constexpr void operator()(const scalar<T>& number) const {
        if (!number.exact)
            throw error(errc::invalid_argument,
                        "weft: a number in an expression is no value of the element type");
    }
    template <class E, class Device, int Index>
    constexpr void operator()(const pinned<E, Device, Index>& e) const {
        into.read(into, record_node<Kinds>(into, e, {}, where));
    }
    template <class Op, class Result, class Parameters, class... Args>
    constexpr void operator()(const op_call<Op, Result, Parameters, Args...>& e) const {
        if constexpr (KeepCall)
            operands(e, std::index_sequence_for<Args...>{});
        else
            into.read(into, record_node<Kinds>(into, e, {}, where));
    }
    template <class Op, class... Args>
    constexpr void operator()(const expr<Op, Args...>& e) const {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (expression_walk<I == kept_argument<KeepCall, Args...>, Kinds>{into, where}(
                 get_operand<I>(e.args)),
             ...);
        }
        (std::index_sequence_for<Args...>{});
    }

private:
    template <class Op, class Result, class Parameters, class... Args, std::size_t... I>
    constexpr void operands(const op_call<Op, Result, Parameters, Args...>& e,
                            std::index_sequence<I...>) const {
        (operand<reads_source<Op, I>>(get_operand<I>(e.args)), ...);
    }
    template <bool Fuse, class E>
    constexpr void operand(const E& e) const {
        if constexpr (Fuse && !facts_of<E>.has_call)
            expression_walk<false, Kinds>{into, where}(e);
        else
            into.read(into, record_node<Kinds>(into, e, {}, where));
    }
};

// A pinned expression: everything that is made for it gets the pin; a node gets a copy.
template <class Kinds, class E, class Device, int Index>
constexpr node_id record_pinned(graph_recorder& into, const pinned<E, Device, Index>& e,
                                std::string_view name, const std::source_location& where) {
    const recorded_spec pin{-1, -1, into.kind_of(Device::name), Index};
    const std::size_t depth = into.open({scope_entry::kind::device, pin, nullptr, {}, 0, 0});
    node_id id = no_node;
    if constexpr (is_node<E>)
        id = record_node<Kinds>(into, identity(e.expression), name, where);
    else
        id = record_node<Kinds>(into, e.expression, name, where);
    into.close(depth);
    return id;
}

// Adds the nodes of an expression, `e` itself last; a node is there already.
template <class Kinds, class E>
constexpr node_id record_node(graph_recorder& into, const E& e, std::string_view name,
                              const std::source_location& where) {
    if constexpr (is_node<E>) {
        return e.id();
    } else if constexpr (requires { e.expression; }) {
        return record_pinned<Kinds>(into, e, name, where);
    } else {
        using op = typename E::op;
        static_cast<void>(sizeof(require_common_kind<E, Kinds>));
        const std::uint32_t first = into.begin();
        expression_walk<true, Kinds>{into, where}(e);
        return into.add(
            op_of_nodes<op, result_of_t<E>, node_role::compute, kernel_kinds<true, E, Kinds>>, name,
            first, where);
    }
}

// The recorder of the first node in an expression; null if there is none.
template <class E>
constexpr graph_recorder* recorder_of(const E& e) {
    if constexpr (is_node<E>) {
        return &e.graph();
    } else if constexpr (requires { e.expression; }) {
        return recorder_of(e.expression);
    } else if constexpr (requires { e.args; }) {
        return [&]<std::size_t... I, class... Args>(
            const operand_pack_of<std::index_sequence<I...>, Args...>& args) {
            graph_recorder* found = nullptr;
            ((found = found != nullptr ? found : recorder_of(get_operand<I>(args))), ...);
            return found;
        }
        (e.args);
    } else {
        return nullptr;
    }
}

}  // namespace detail

// Handles.

template <class V, class Kinds>
class node<V, recording<Kinds>> {
    using place = std::source_location;

public:
    using result_type = V;
    using node_type = node;
    using kinds = recording<Kinds>;

    constexpr node(graph_recorder& owner, node_id id) : graph_(&owner), id_(id) {}

    template <tensor_expr E>
        requires(std::is_same_v<result_of_t<E>, V> && !requires { typename E::node_type; })
    constexpr node(const E& expression, place where = place::current())
        : node(expression, std::string_view(), where) {}
    template <tensor_expr E>
        requires(std::is_same_v<result_of_t<E>, V> && !requires { typename E::node_type; })
    constexpr node(const E& expression, std::string_view name, place where = place::current()) {
        using problem = naming_problem_t<E, Kinds>;
        static_cast<void>(sizeof(problem));
        if constexpr (std::is_same_v<problem, no_problem>) {
            graph_ = detail::recorder_of(expression);
            id_ = detail::record_node<Kinds>(*graph_, expression, name, where);
        }
    }

    constexpr graph_recorder& graph() const { return *graph_; }
    constexpr node_id id() const { return id_; }
    constexpr std::string_view name() const { return graph_->name(id_); }

private:
    graph_recorder* graph_ = nullptr;
    node_id id_ = no_node;
};

template <class V, class Kinds>
class variable<V, recording<Kinds>> : public node<V, recording<Kinds>> {
    using place = std::source_location;

public:
    using node_type = node<V, recording<Kinds>>;
    using done = node<void, recording<Kinds>>;

    constexpr variable(graph_recorder& owner, node_id id) : node_type(owner, id) {}

    constexpr done initializer() const {
        return {this->graph(), this->graph().initializer_of(this->id())};
    }
    template <class E>
        requires(tensor_expr<E> || number<E>)
    constexpr done assign(const E& value, place where = place::current()) const {
        if constexpr (number<E>)
            return store<detail::assign_tag>(detail::filled(static_cast<V*>(nullptr), value),
                                             where);
        else
            return store<detail::assign_tag>(value, where);
    }
    template <class E>
        requires(tensor_expr<E> || number<E>)
    constexpr done assign_add(const E& value, place where = place::current()) const {
        return store<detail::assign_add_tag>(self() + value, where);
    }
    template <class E>
        requires(tensor_expr<E> || number<E>)
    constexpr done assign_sub(const E& value, place where = place::current()) const {
        return store<detail::assign_sub_tag>(self() - value, where);
    }
    constexpr node_type read(place where = place::current()) const {
        return node_type(identity(self()), where);
    }

private:
    constexpr const node_type& self() const { return *this; }

    template <class Tag, class E>
    constexpr done store(const E& e, const place& where) const {
        using stored = stored_t<E>;
        static_cast<void>(sizeof(detail::require_assignable<V, result_of_t<E>>));
        graph_recorder& into = this->graph();
        const std::uint32_t first = into.begin();
        detail::expression_walk<true, Kinds>{into, where}(static_cast<const stored&>(e));
        return {into,
                into.add(*detail::assign_op<Tag, V, stored, Kinds>, {}, first, where, this->id())};
    }
};

}  // namespace weft
