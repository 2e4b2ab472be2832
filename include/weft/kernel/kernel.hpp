// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Device kinds, the kernel trait, and what the compiler says when a kernel is missing.
//
// `template <class Op, class Device, class... T> struct kernel;` is declared in fwd.hpp and not
// defined: a specialisation means that the op runs on that device kind for these element types. For
// element-wise ops it has `template <class V> static V apply(V...)`, V being the element type or a
// pack of them; for others `static void run(context<Device>&, [parameters,] output view, input
// views...)`.
#pragma once

#include <weft/expr/expression.hpp>

namespace weft {

// The host. There may be several logical ones, each with its own pools.
struct cpu {
    static constexpr const char* name = "cpu";
};
// A GPU, or an emulated one: memory of its own, asynchronous in-order queues.
struct gpu {
    static constexpr const char* name = "gpu";
};

// A GPU that CUDA drives. Not a kind of graphs: a node on gpu has a kernel of this kind besides,
// for the same elements, where the program is built with CUDA (see <weft/cuda/kernels.hpp>). Its
// `run` is called on the host with addresses of the device's memory, sends work to the stream of
// its context<gpu>, and returns without waiting for it.
struct cuda_gpu {
    static constexpr const char* name = "gpu";
};

// The device kinds that a graph knows, in the order of preference for reports.
template <class... Kinds>
struct device_kinds {};

// Whether Op runs on Device for elements T...
template <class Op, class Device, class... T>
inline constexpr bool has_kernel = requires { sizeof(kernel<Op, Device, T...>); };

// Names a kernel that does not exist.
template <class Op, class Device, class... T>
struct missing {};

// The element types of GPU kernels: all but std::complex.
template <class T>
inline constexpr bool is_gpu_element = is_element<T> && !is_complex<T>;

// An op whose tag has `static constexpr bool device_neutral = true` has one source for all: where
// it has a CPU kernel for elements that GPUs hold, that is its GPU kernel too. Its functions are
// WEFT_HOST_DEVICE, or take the context as context_base&.
template <class Op, class... T>
    requires(Op::device_neutral && has_kernel<Op, cpu, T...> && (is_gpu_element<T> && ...))
struct kernel<Op, gpu, T...> : kernel<Op, cpu, T...> {};

namespace detail {

template <class Op, class Device, class Types>
inline constexpr bool has_kernel_for = false;
template <class Op, class Device, class... T>
inline constexpr bool has_kernel_for<Op, Device, type_list<T...>> = has_kernel<Op, Device, T...>;

template <class Op, class Device, class Types>
struct missing_for;
template <class Op, class Device, class... T>
struct missing_for<Op, Device, type_list<T...>> {
    using type = missing<Op, Device, T...>;
};

template <class Op, class Device, class Types>
struct kernel_for;
template <class Op, class Device, class... T>
struct kernel_for<Op, Device, type_list<T...>> {
    using type = kernel<Op, Device, T...>;
};

// Whether all ops of an expression have kernels on a device kind. Apart from first_missing, which
// costs the compiler more and is wanted where this is false.
template <class E, class Device>
inline constexpr bool has_all_kernels = true;
template <class Op, class... Args, class Device>
inline constexpr bool has_all_kernels<expr<Op, Args...>, Device> =
    has_kernel_for<Op, Device, typename expr<Op, Args...>::types> &&
    (has_all_kernels<Args, Device> && ...);
template <class Op, class Result, class Parameters, class... Args, class Device>
inline constexpr bool has_all_kernels<op_call<Op, Result, Parameters, Args...>, Device> =
    has_kernel_for<Op, Device, typename op_call<Op, Result, Parameters, Args...>::types> &&
    (has_all_kernels<Args, Device> && ...);

// The first of several types that is not void; void if all are.
template <class... T>
struct first_of {
    using type = void;
};
template <class T, class... Rest>
struct first_of<T, Rest...> {
    using type = T;
};
template <class... Rest>
struct first_of<void, Rest...> : first_of<Rest...> {};

// Leaves (nodes, numbers) need no kernel.
template <class E, class Device>
struct first_missing {
    using type = void;
};
// An op: its own kernel, then those of its operands.
template <class Device, class Op, class Types, class... Args>
struct first_missing_op
    : first_of<std::conditional_t<has_kernel_for<Op, Device, Types>, void,
                                  typename missing_for<Op, Device, Types>::type>,
               typename first_missing<Args, Device>::type...> {};
template <class Op, class... Args, class Device>
struct first_missing<expr<Op, Args...>, Device>
    : first_missing_op<Device, Op, typename expr<Op, Args...>::types, Args...> {};
template <class Op, class Result, class Parameters, class... Args, class Device>
struct first_missing<op_call<Op, Result, Parameters, Args...>, Device>
    : first_missing_op<Device, Op, typename op_call<Op, Result, Parameters, Args...>::types,
                       Args...> {};

// The first op of an expression that has a kernel on none of the kinds, as missing on the first.
template <class E, class... Kinds>
struct homeless {
    using type = void;
};
template <class Op, class Types, class Args, class First, class... Rest>
struct homeless_op;
template <class Op, class Types, class... Args, class First, class... Rest>
struct homeless_op<Op, Types, type_list<Args...>, First, Rest...>
    : first_of<std::conditional_t<(has_kernel_for<Op, First, Types> || ... ||
                                   has_kernel_for<Op, Rest, Types>),
                                  void, typename missing_for<Op, First, Types>::type>,
               typename homeless<Args, First, Rest...>::type...> {};
template <class Op, class... Args, class... Kinds>
struct homeless<expr<Op, Args...>, Kinds...>
    : homeless_op<Op, typename expr<Op, Args...>::types, type_list<Args...>, Kinds...> {};
template <class Op, class Result, class Parameters, class... Args, class... Kinds>
struct homeless<op_call<Op, Result, Parameters, Args...>, Kinds...>
    : homeless_op<Op, typename op_call<Op, Result, Parameters, Args...>::types, type_list<Args...>,
                  Kinds...> {};

template <class E, class Kinds>
struct homeless_in {
    using type = void;
};
template <class E, class... Kinds>
    requires(!(has_all_kernels<E, Kinds> || ...))
struct homeless_in<E, device_kinds<Kinds...>> : homeless<E, Kinds...> {};

}  // namespace detail

// The kernel of an expression's op on a device kind.
template <class Device, class E>
using kernel_of_t = typename detail::kernel_for<typename E::op, Device, typename E::types>::type;

// The first kernel that an expression lacks on a device kind, as missing<Op, Device, T...>; void if
// none.
template <class E, class Device>
using first_missing_t = typename detail::first_missing<std::remove_cvref_t<E>, Device>::type;

// The first op of an expression that no device kind of Kinds has a kernel for, as missing<...> on
// the first kind; void if there is none.
template <class E, class Kinds>
using first_homeless_t = typename detail::homeless_in<std::remove_cvref_t<E>, Kinds>::type;

// Whether every op of an expression has a kernel on a device kind.
template <class E, class Device>
inline constexpr bool placeable_on = detail::has_all_kernels<std::remove_cvref_t<E>, Device>;

// Instantiated for a compile-time pin; its argument names what is missing (void where nothing is).
template <class Missing>
struct require_kernel {
    static constexpr bool ok = std::is_void_v<Missing>;
    static_assert(ok,
                  "weft: an op of this expression has no kernel on the device it is pinned to; "
                  "specialise `template <> struct weft::kernel<Op, Device, T> { ... };`, pin it "
                  "elsewhere, or use a device_scope with allow_soft_placement");
};

// Instantiated for each node; its argument names what is missing on the graph's first device kind,
// for an expression that no kind of the graph can run.
template <class Missing>
struct require_some_kernel {
    static constexpr bool ok = std::is_void_v<Missing>;
    static_assert(
        ok,
        "weft: no device kind of this graph has a kernel for this op and element type; "
        "specialise `template <> struct weft::kernel<Op, Device, T> { ... };` or cast<T>(x) "
        "to a type that has one");
};

// Pins an expression to a device kind at compile time, on<gpu>(x + y), or to one device, on<gpu,
// 1>(x). Does not compile where an op in it has no kernel there. The result is a node of its own.
template <class Device, int Index = -1, tensor_expr E>
constexpr auto on(const E& expression) {
    static_cast<void>(require_kernel<first_missing_t<stored_t<E>, Device>>::ok);
    return pinned<stored_t<E>, Device, Index>{expression};
}

}  // namespace weft
