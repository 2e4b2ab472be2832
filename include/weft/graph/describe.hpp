// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What types say of a node, as a constant, and what an expression holds, written to arrays: all
// that the compiler makes for an expression besides its loop. Expressions here are settled: they
// hold at most one call, their heart. Knows no graph.
#pragma once

#include <weft/graph/launch_epilogue.hpp>
#include <weft/graph/launch_parts.hpp>
#include <weft/graph/node_parts.hpp>
#include <weft/graph/tree.hpp>

namespace weft {

namespace detail {

// Writing the parts of a settled expression.

template <class V, class Kinds>
[[gnu::always_inline]] inline void write_tree(part_writer& into, const node<V, Kinds>& n) {
    into.read(&n.graph(), n.id(), sizeof(typename V::value_type), V::rank == 0);
}
template <class T>
[[gnu::always_inline]] inline void write_tree(part_writer& into, const scalar<T>& number) {
    into.number(number);
}
template <class Op, class Result, class Parameters, class... Args>
[[gnu::always_inline]] inline void write_tree(part_writer& into,
                                              const op_call<Op, Result, Parameters, Args...>&) {
    into.read(nullptr, no_node, sizeof(typename Result::value_type), Result::rank == 0);
}
template <class Op, class... Args>
[[gnu::always_inline]] inline void write_tree(part_writer& into, const expr<Op, Args...>& e);
template <class... Args, std::size_t... I>
[[gnu::always_inline]] inline void write_operands(
    part_writer& into, const operand_pack_of<std::index_sequence<I...>, Args...>& args) {
    (write_tree(into, get_operand<I>(args)), ...);
}
template <class Op, class... Args>
[[gnu::always_inline]] inline void write_tree(part_writer& into, const expr<Op, Args...>& e) {
    into.op(Op::name);
    write_operands(into, e.args);
}

// An argument of a call: a node, or nothing where an expression is fused.
template <class E>
[[gnu::always_inline]] inline void write_argument(part_writer& into, const E& e) {
    if constexpr (requires { typename E::node_type; })
        into.read(&e.graph(), e.id(), 0, false);
    else
        into.read(nullptr, no_node, 0, false);
}
// A fused argument's tree.
template <class E>
[[gnu::always_inline]] inline void write_fused(part_writer& into, const E& e) {
    if constexpr (!requires { typename E::node_type; }) write_tree(into, e);
}
template <class... Args, std::size_t... I>
[[gnu::always_inline]] inline void write_arguments(
    part_writer& into, const operand_pack_of<std::index_sequence<I...>, Args...>& args) {
    static_cast<void>(into);
    (write_argument(into, get_operand<I>(args)), ...);
    (write_fused(into, get_operand<I>(args)), ...);
}

// The argument that holds the heart: the first that has one.
template <class... Args>
constexpr std::size_t heart_argument() {
    const bool has[] = {facts_of<Args>.has_heart...};
    std::size_t i = 0;
    while (i < sizeof...(Args) && !has[i]) ++i;
    return i;
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

// Describing a settled expression.

// The code of an element-wise tree on a device kind.
template <class Device, class E>
constexpr span_variants span_of() {
    using result = result_of_t<E>;
    using tree = lowered_t<Device, E>;
    // Of its size only matters whether it is less than a step.
    constexpr auto widest = static_cast<instruction_set>(variant_count - 1);
    constexpr std::size_t size =
        result::shape_type::known && result::shape_type::value.size() < lanes_of<tree, widest>
            ? result::shape_type::value.size()
            : dyn;
    constexpr std::size_t told = size == dyn || dispatches ? size : 1;
    return compiled_span<tree, typename result::value_type, told>();
}

// What there is to know of the call in E; of an E without one, nothing.
template <class E>
struct call_facts {
    using element = void;
    static constexpr shape_function shape = nullptr;
    static constexpr const dims* result_dims = nullptr;
    static constexpr std::size_t result_bytes = 0, fused_bytes = 0, parameter_bytes = 0, ops = 0;
    static constexpr std::size_t arguments = 0, fused_leaves = 0, fused_numbers = 0;
    template <class Device>
    static constexpr kernel_function run() {
        return nullptr;
    }
    template <class Device>
    static constexpr span_variants fused() {
        return {};
    }
    using fused_type = void;
    static constexpr bool has_epilogue = false;
    static constexpr kernel_function launch() { return nullptr; }
};
template <class E>
    requires(facts_of<E>.has_heart)
struct call_facts<E> : call_facts<std::remove_cvref_t<decltype(heart_of(std::declval<E>()))>> {};

template <class A>
inline constexpr bool is_fused = !requires {
    typename A::node_type;
};
template <class Op, class Result, class Parameters, class... Args>
struct call_facts<op_call<Op, Result, Parameters, Args...>> {
    using element = typename Result::value_type;
    using types = typename op_call<Op, Result, Parameters, Args...>::types;
    using fused_type = typename first_of<std::conditional_t<is_fused<Args>, Args, void>...>::type;
    static constexpr shape_function shape =
        &call_shape<Op, Result, Parameters, result_of_t<Args>...>::shape;
    static constexpr const dims* result_dims = &Result::shape_type::value;
    static constexpr std::size_t result_bytes = sizeof(typename Result::value_type);
    static constexpr std::size_t parameter_bytes = sizeof(Parameters);
    static constexpr std::size_t arguments = sizeof...(Args);
    static constexpr std::size_t fused_leaves =
        ((is_fused<Args> ? facts_of<Args>.slots : 0) + ... + 0);
    static constexpr std::size_t fused_numbers =
        ((is_fused<Args> ? facts_of<Args>.numbers : 0) + ... + 0);
    static constexpr std::size_t ops = ((is_fused<Args> ? facts_of<Args>.ops : 0) + ... + 1);
    static constexpr std::size_t fused_bytes = [] {
        if constexpr (std::is_void_v<fused_type>)
            return 0;
        else
            return sizeof(element_of_t<fused_type>);
    }();
    template <class Device>
    static constexpr kernel_function run() {
        return run_of<Device>(std::index_sequence_for<Args...>{});
    }
    template <class Device>
    static constexpr span_variants fused() {
        if constexpr (std::is_void_v<fused_type>)
            return span_variants{};
        else
            return span_of<Device, fused_type>();
    }
    // Whether CUDA's kernel of the op evaluates an epilogue.
    static constexpr bool has_epilogue = [] {
        if constexpr (has_kernel_for<Op, cuda_gpu, types>)
            return requires { requires kernel_for<Op, cuda_gpu, types>::type::has_epilogue; };
        else
            return false;
    }();
    // By CUDA's kernel of the op, or by one of the program's own for GPUs.
    static constexpr kernel_function launch() {
        if constexpr (has_kernel_for<Op, cuda_gpu, types>)
            return launch_of<cuda_gpu>(std::index_sequence_for<Args...>{});
        else if constexpr (has_kernel_for<Op, gpu, types> && !has_cpu_code<Op, gpu, types>)
            return launch_of<gpu>(std::index_sequence_for<Args...>{});
        else
            return nullptr;
    }

private:
    template <std::size_t I, class A>
    static auto argument() {
        if constexpr (is_fused<A>)
            return fused_argument<element_of_t<A>, facts_of<A>.slots>{};
        else
            return tensor_argument<result_of_t<A>, reads_source<Op, I>>{};
    }
    template <class Device, std::size_t... I>
    static constexpr kernel_function launch_of(std::index_sequence<I...>) {
        return &call_code<typename kernel_for<Op, Device, types>::type, context<gpu>, Result,
                          Parameters, launched_argument<decltype(argument<I, Args>())>...>::run;
    }
    // A device-neutral op's kernel takes the context that all kinds have, and is compiled once.
    template <class Device, std::size_t... I>
    static constexpr kernel_function run_of(std::index_sequence<I...>) {
        constexpr bool neutral = is_neutral<Op, types> && has_cpu_code<Op, Device, types>;
        using code = std::conditional_t<neutral, cpu, Device>;
        using ctx = std::conditional_t<neutral, context_base, context<Device>>;
        return &call_code<typename kernel_for<Op, code, types>::type, ctx, Result, Parameters,
                          decltype(argument<I, Args>())...>::run;
    }
};

// How an expression runs on a device kind.
template <class Device, class E>
constexpr kind_code code_of() {
    if constexpr (placeable_on<E, Device>) {
        kind_code code{Device::name};
        if constexpr (!is_call<E>) code.tree = span_of<Device, E>();
        code.call = call_facts<E>::template run<Device>();
        code.fused = call_facts<E>::template fused<Device>();
        return code;
    } else {
        return {Device::name, &missing_kernel_of<first_missing_t<E, Device>>::value};
    }
}

// How the parts of an expression are launched.
template <class E>
constexpr const launch_code* launch_code_of() {
    if constexpr (std::is_void_v<E>)
        return nullptr;
    else
        return &tree_launch_code<lowered_t<gpu, E>, element_of_t<E>>::value;
}
template <class E>
struct launched {
    using fused = typename call_facts<E>::fused_type;
    static constexpr tree_epilogue epilogue =
        call_facts<E>::has_epilogue ? epilogue_of<E>::value : tree_epilogue{};
    static constexpr launch_parts value = {
        launch_code_of<std::conditional_t<is_call<E>, void, E>>(), launch_code_of<fused>(),
        call_facts<E>::launch(), epilogue.kind, epilogue.bias_slot};
    // Has the kernels of this file's own made.
    static void compile() {
        if constexpr (!is_call<E>) compile_tree<E>();
        if constexpr (!std::is_void_v<fused>) compile_tree<fused>();
    }

private:
    template <class Tree>
    static void compile_tree() {
        using compiled = compiled_tree<lowered_t<gpu, Tree>, element_of_t<Tree>>;
        if (!compiled::told) compiled::tell();
    }
};
template <class E>
constexpr const launch_parts* launched_of() {
    if constexpr (has_cuda && placeable_on<E, gpu>)
        return &launched<E>::value;
    else
        return nullptr;
}
// In files that are compiled for GPUs.
template <class E>
void compile_for_gpus() {
    if constexpr (placeable_on<E, gpu>) launched<E>::compile();
}

// The op whose registered kernels are told: the one that is missing on the last kind that lacks
// one, or the root.
template <class Op, class E, class... Kinds>
struct told_op {
    using type = Op;
};
template <class Op, class E, class First, class... Rest>
struct told_op<Op, E, First, Rest...> : told_op<Op, E, Rest...> {};
template <class Op, class E, class First, class... Rest>
    requires(!placeable_on<E, First>)
struct told_op<Op, E, First, Rest...>
    : told_op<typename missing_kernel_of<first_missing_t<E, First>>::op, E, Rest...> {};

template <class E>
constexpr part_counts counts_of() {
    constexpr tree_facts facts = facts_of<E>;
    using call = call_facts<E>;
    constexpr auto narrow = [](std::size_t n) { return static_cast<std::uint16_t>(n); };
    return {narrow(is_call<E> ? 0 : facts.slots), narrow(call::arguments),
            narrow(call::fused_leaves),           narrow(is_call<E> ? 0 : facts.numbers),
            narrow(call::fused_numbers),          narrow(facts.ops + call::ops)};
}
template <class Op>
inline constexpr bool is_metadata_only = false;
template <class Op>
    requires(Op::metadata_only)
inline constexpr bool is_metadata_only<Op> = true;

// What its types say of a settled expression (or a node, if that is assigned) that is computed for
// a node of type V, with `Op` for its root.
template <class Op, class V, class E>
constexpr node_description describe(std::span<const kind_code> kinds, std::string (*registered)()) {
    using result = result_of_t<E>;
    using call = call_facts<E>;
    constexpr tree_facts facts = facts_of<E>;
    return {.op = Op::name,
            .registered = registered,
            .type = &V::shape_type::value,
            .computed_type = &result::shape_type::value,
            .call_type = call::result_dims,
            .element = dtype_of<typename V::value_type>,
            .fallible = facts.may_fail,
            .metadata_only = is_metadata_only<Op>,
            .same_element = std::is_same_v<typename call::element, typename result::value_type>,
            .result_bytes = sizeof(typename result::value_type),
            .heart_bytes = static_cast<std::uint8_t>(call::result_bytes),
            .fused_bytes = static_cast<std::uint8_t>(call::fused_bytes),
            .cost_ns = static_cast<float>(is_call<E> ? cost_of<Op> : facts.cost_ns),
            .tree_cost_ns = static_cast<float>(facts.cost_ns),
            .counts = counts_of<E>(),
            .parameter_bytes = call::parameter_bytes,
            .call_shape = call::shape,
            .kinds = kinds,
            .launched = launched_of<E>()};
}

template <class E, class Kinds>
struct description_of;
template <class E, class... Kinds>
struct description_of<E, device_kinds<Kinds...>> {
    using op = typename E::op;
    static constexpr kind_code kinds[sizeof...(Kinds)] = {code_of<Kinds, E>()...};
    static constexpr node_description value = describe<op, result_of_t<E>, E>(
        kinds,
        &registered_kernels<typename told_op<op, E, Kinds...>::type, device_kinds<Kinds...>>);
};

// The parts of a settled expression, given to a function that makes a node or a record of them.
template <class E, class Use>
[[gnu::always_inline]] inline auto with_parts(const E& e, const std::source_location& where,
                                              Use use) {
    constexpr part_counts counts = counts_of<E>();
    leaf leaves[counts.leaves() + 1];
    stored_number numbers[counts.numbers() + 1];
    const char* ops[counts.ops + 1];
    part_writer into(leaves, numbers, ops, where);
    if constexpr (!is_call<E>) write_tree(into, e);
    if constexpr (facts_of<E>.has_heart) {
        const auto& call = heart_of(e);
        into.op(std::remove_cvref_t<decltype(call)>::op::name);
        write_arguments(into, call.args);
        return use(node_parts{leaves, numbers, ops, &call.parameters});
    } else {
        return use(node_parts{leaves, numbers, ops, nullptr});
    }
}

}  // namespace detail

}  // namespace weft
