// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// From an expression to the record of a node: operands that need a kernel of their own become nodes
// first, then inputs are collected (each distinct one once), and one program per device kind is
// stored behind function pointers. After this file nothing knows an element type.
#pragma once

#include <weft/graph/graph_base.hpp>
#include <weft/graph/tree.hpp>
#include <weft/kernel/registered.hpp>
#include <weft/ops/identity.hpp>

namespace weft {

template <class Kinds, class E>
node_id make_node(graph_base& g, const E& e, std::string name, const std::source_location& where);

namespace detail {

template <class Kinds, class E, class Device, int Index>
node_id make_pinned(graph_base& g, const pinned<E, Device, Index>& e, std::string name,
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
    else if constexpr (Fuse && !has_call<E>)
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
// The argument that keeps its call: the first that has one.
template <class... Args>
constexpr std::size_t heart_argument() {
    const bool has[] = {has_heart<Args>...};
    std::size_t i = 0;
    while (i < sizeof...(Args) && !has[i]) ++i;
    return i;
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
    if constexpr (has_call<expr<Op, Args...>>)
        return settle_arguments<KeepCall>(into, e, std::index_sequence_for<Args...>{});
    else
        return e;
}

// Collecting inputs.

// Throws for a number that the element type cannot hold.
template <class T>
void require_exact(const scalar<T>& number, const std::source_location& where) {
    if (number.exact) return;
    throw error(errc::invalid_argument,
                "the number " + std::to_string(number.given) + " is not a value of " +
                    name_of(dtype_of<T>) + ": it would be rounded; write a literal of that type (" +
                    to_string(where) + ')',
                {}, where);
}
inline void require_same_graph(const graph_base& owner, const graph_base& from, node_id id,
                               const std::source_location& where) {
    if (&from == &owner) return;
    const node_record& foreign = from.record(id);
    throw error(errc::invalid_argument,
                "an expression uses nodes of two graphs: '" + foreign.name + "' (made at " +
                    to_string(foreign.where) + ") is in another graph than its other nodes (" +
                    to_string(where) + ')',
                foreign.name, where);
}

// Collects what a settled expression reads into a record.
struct collector {
    graph_base& owner;
    node_record& record;

    [[gnu::noinline]] unsigned char input(const graph_base& from, node_id id) {
        require_same_graph(owner, from, id, record.where);
        for (std::size_t i = 0; i < record.inputs.size(); ++i)
            if (record.inputs[i] == id) return static_cast<unsigned char>(i);
        if (record.inputs.size() + 1 == slot_source::heart)
            throw error(errc::unimplemented,
                        "an expression reads more than 254 tensors; name a part of it as a node (" +
                            to_string(record.where) + ')',
                        {}, record.where);
        record.inputs.push_back(id);
        return static_cast<unsigned char>(record.inputs.size() - 1);
    }
    // Not inlined, as the rest here: expressions instantiate their callers by the dozen.
    [[gnu::noinline]] void op(const char* name) { record.fused.emplace_back(name); }
    // The program of one device kind; the first one's shape rule is the record's.
    [[gnu::noinline]] void kernel(kernel_entry entry, shape_function shape) {
        if (record.shape == nullptr) {
            record.shape = shape;
            record.shape_parameters = entry.parameters;
        }
        record.kernels.push_back(std::move(entry));
    }
};

// A record with nothing but a name and a place.
[[gnu::noinline]] inline node_record empty_record(std::string name,
                                                  const std::source_location& where) {
    node_record record;
    record.name = std::move(name);
    record.where = where;
    return record;
}

template <class V, class Kinds>
void collect(collector& into, const node<V, Kinds>& n, slot_source*& slot) {
    using T = typename V::value_type;
    *slot++ = {into.input(n.graph(), n.id()), sizeof(T), V::rank == 0};
}
template <class T>
void collect(collector& into, const scalar<T>& number, slot_source*&) {
    require_exact(number, into.record.where);
}
template <class Op, class Result, class Parameters, class... Args>
void collect(collector&, const op_call<Op, Result, Parameters, Args...>&, slot_source*& slot) {
    *slot++ = {slot_source::heart, sizeof(typename Result::value_type), Result::rank == 0};
}
template <class Op, class... Args>
void collect(collector& into, const expr<Op, Args...>& e, slot_source*& slot) {
    into.op(Op::name);
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (collect(into, get_operand<I>(e.args), slot), ...);
    }(std::index_sequence_for<Args...>{});
}

// The call in a settled expression.
template <class Op, class Result, class Parameters, class... Args>
const auto& heart_of(const op_call<Op, Result, Parameters, Args...>& e) {
    return e;
}
template <class Op, class... Args>
const auto& heart_of(const expr<Op, Args...>& e) {
    return heart_of(get_operand<heart_argument<Args...>()>(e.args));
}

// Programs.

template <class Device, class E>
auto make_tree_part(collector& into, const E& e) {
    constexpr std::size_t slots = slot_count<E>;
    tree_part<decltype(lower_tree<Device>(e)), slots> part{lower_tree<Device>(e), {}};
    slot_source* slot = part.slots;
    collect(into, e, slot);
    return part;
}
template <class Device, class Op, std::size_t I, class E>
auto make_argument(collector& into, const E& e) {
    if constexpr (requires { typename E::node_type; }) {
        return tensor_argument<result_of_t<E>, reads_source<Op, I>>{into.input(e.graph(), e.id())};
    } else {
        auto part = make_tree_part<Device>(into, e);
        return fused_argument<element_of_t<E>, result_of_t<E>::rank, decltype(part.tree),
                              slot_count<E>>{part};
    }
}
template <class Device, class Op, class Result, class Parameters, class... Args, std::size_t... I>
auto make_call_part(collector& into, const op_call<Op, Result, Parameters, Args...>& e,
                    std::index_sequence<I...>) {
    into.op(Op::name);
    using call = call_part<Op, kernel_of_t<Device, op_call<Op, Result, Parameters, Args...>>,
                           Device, Result, Parameters,
                           decltype(make_argument<Device, Op, I>(into, get_operand<I>(e.args)))...>;
    return call{e.parameters, {{make_argument<Device, Op, I>(into, get_operand<I>(e.args))}...}};
}
template <class Device, class Op, class Result, class Parameters, class... Args>
auto make_call(collector& into, const op_call<Op, Result, Parameters, Args...>& e) {
    return make_call_part<Device>(into, e, std::index_sequence_for<Args...>{});
}

// The program of a settled expression on a device kind.
template <class Device, class E>
auto make_program(collector& into, const E& e) {
    if constexpr (is_call<E>) {
        auto call = make_call<Device>(into, e);
        return call_program<decltype(call)>{call};
    } else if constexpr (has_heart<E>) {
        auto part = make_tree_part<Device>(into, e);
        auto call = make_call<Device>(into, heart_of(e));
        return heart_program<result_of_t<E>, decltype(call), decltype(part.tree), slot_count<E>>{
            call, part, tree_cost<E>, into.record.inputs.size()};
    } else {
        auto part = make_tree_part<Device>(into, e);
        return elementwise_program<result_of_t<E>, decltype(part.tree), slot_count<E>>{
            part, tree_cost<E>};
    }
}

// "Softsign(double)", of a missing<...>.
template <class Op, class Device, class... T>
std::string text_of(missing<Op, Device, T...>*) {
    std::string out = Op::name;
    const char* separator = "(";
    ((out += separator, out += name_of(dtype_of<T>), separator = ", "), ...);
    return out + ')';
}
template <class Kinds, class Op, class Device, class... T>
auto registered_of(missing<Op, Device, T...>*) {
    return &registered_kernels<Op, Kinds>;
}

// Stores the program of one device kind and its entry in the record.
template <class Kinds, class Device, class E>
void add_kernel(collector& into, const E& e) {
    into.record.fused.clear();
    auto program = make_program<Device>(into, e);
    using program_type = decltype(program);
    static_assert(std::is_trivially_copyable_v<program_type>);
    const void* stored = into.record.keep(program);
    if constexpr (placeable_on<E, Device>) {
        into.kernel({Device::name, &program_type::run, stored, {}}, &program_type::shape);
    } else {
        auto* const missing_one = static_cast<first_missing_t<E, Device>*>(nullptr);
        into.kernel({Device::name, nullptr, stored, text_of(missing_one)}, &program_type::shape);
        into.record.registered = registered_of<Kinds>(missing_one);
    }
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
template <class E, class... Kinds>
void add_kernels(collector& into, const E& e, device_kinds<Kinds...>) {
    (add_kernel<device_kinds<Kinds...>, Kinds>(into, e), ...);
}

template <class Tensor>
value_type value_type_of() {
    return {dtype_of<typename Tensor::value_type>, Tensor::shape_type::value, nullptr};
}

// Fills in what a settled expression computes; op, kernels, inputs, shape.
template <class Kinds, class E>
void describe(graph_base& g, node_record& record, const E& e) {
    using op = typename E::op;
    collector into{g, record};
    record.op = op::name;
    record.registered = &registered_kernels<op, Kinds>;
    record.type = value_type_of<result_of_t<E>>();
    add_kernels(into, e, Kinds{});
    if (record.fused.size() == 1) record.fused.clear();
    record.fallible = may_fail<E>;
    record.cost_ns = is_call<E> ? cost_of<op> : tree_cost<E>;
    if constexpr (requires { op::metadata_only; }) record.metadata_only = op::metadata_only;
}

}  // namespace detail

// Adds the nodes of an expression to a graph, `e` itself last, and gives its number. A node gives
// its own.
template <class Kinds, class E>
node_id make_node(graph_base& g, const E& e, std::string name, const std::source_location& where) {
    if constexpr (requires { typename E::node_type; }) {
        detail::require_same_graph(g, e.graph(), e.id(), where);
        return e.id();
    } else if constexpr (requires { e.expression; }) {
        return detail::make_pinned<Kinds>(g, e, std::move(name), where);
    } else {
        const detail::division<Kinds> into{g, where};
        const auto settled = detail::settle<true>(into, e);
        using settled_type = std::remove_const_t<decltype(settled)>;
        node_record record = detail::empty_record(std::move(name), where);
        constexpr auto* kinds = static_cast<Kinds*>(nullptr);
        if constexpr (detail::placeable_somewhere<settled_type>(kinds))
            detail::describe<Kinds>(g, record, settled);
        else
            detail::require_a_common_kind<settled_type>(kinds);
        return g.add(std::move(record));
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
node_id make_pinned(graph_base& g, const pinned<E, Device, Index>& e, std::string name,
                    const std::source_location& where) {
    scope_entry scope{scope_entry::kind::device};
    scope.spec.kind = Device::name;
    scope.spec.index = Index;
    const std::size_t depth = g.open(std::move(scope));
    try {
        const node_id id = make_node<Kinds>(g, unpinned(e.expression), std::move(name), where);
        g.close(depth);
        return id;
    } catch (...) {
        g.close(depth);
        throw;
    }
}

}  // namespace detail

}  // namespace weft
