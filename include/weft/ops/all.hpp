// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// all(x), all<1>(x), all<0, 2>(x, keepdims), of bool elements:
// whether every element is true, over all axes or those named; true of nothing.
// The element-wise expression it reads, all(x > 0.0f), is fused into it; it is evaluated as a
// whole.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/ops/reduction.hpp>
#include <weft/ops/reduction_loop.hpp>

namespace weft {

namespace ops {
struct all {
    static constexpr const char* name = "All";
    static constexpr bool device_neutral = true;
    static constexpr bool fuses_input = true;

    template <unsigned Mask, bool Keep>
    static dims shape(const reduced_axes<Mask, Keep>&, const dims& x) {
        return reduced_shape(x, Mask, Keep);
    }
};
}  // namespace ops

// The reducer of all.
template <class T>
struct all_reducer {
    using state = bool;
    using result = bool;

    static state identity() { return true; }
    static state start(bool x) { return x; }
    template <class V>
    [[gnu::always_inline]] static V combine(const V& a, const V& b) {
        return a && b;
    }
    static bool finish(bool found, std::size_t) { return found; }
};

template <class T>
    requires(std::is_same_v<T, bool>)
struct kernel<ops::all, cpu, T> {
    template <class Axes, class Out>
    static void run(context_base& ctx, const Axes&, const Out& out, const source<T>& in) {
        reduce<all_reducer<T>>(ctx, in, Axes::mask, out.data());
    }
};

// Whether every element is true, over all axes or those named; true of nothing.
template <int... Axes, tensor_expr E>
constexpr auto all(const E& x) {
    return reduction_of<ops::all, result_of_t<E>, Axes...>::template make<element_of_t<E>, false>(
        x);
}
template <int... Axes, tensor_expr E>
constexpr auto all(const E& x, keepdims_tag) {
    return reduction_of<ops::all, result_of_t<E>, Axes...>::template make<element_of_t<E>, true>(x);
}

}  // namespace weft
