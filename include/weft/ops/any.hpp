// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// any(x), any<1>(x), any<0, 2>(x, keepdims), of bool elements:
// whether one element is true, over all axes or those named; false of nothing.
// The element-wise expression it reads, any(x > 0.0f), is fused into it; it is evaluated as a
// whole.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/ops/reduction.hpp>
#include <weft/ops/reduction_loop.hpp>

namespace weft {

namespace ops {
struct any {
    static constexpr const char* name = "Any";
    static constexpr bool device_neutral = true;
    static constexpr bool fuses_input = true;

    template <unsigned Mask, bool Keep>
    static dims shape(const reduced_axes<Mask, Keep>&, const dims& x) {
        return reduced_shape(x, Mask, Keep);
    }
};
}  // namespace ops

// The reducer of any.
template <class T>
struct any_reducer {
    using state = bool;
    using result = bool;

    static state identity() { return false; }
    static state start(bool x) { return x; }
    template <class V>
    [[gnu::always_inline]] static V combine(const V& a, const V& b) {
        return a || b;
    }
    static bool finish(bool found, std::size_t) { return found; }
};

template <class T>
    requires(std::is_same_v<T, bool>)
struct kernel<ops::any, cpu, T> {
    template <class Axes, class Out>
    static void run(context_base& ctx, const Axes&, const Out& out, const source<T>& in) {
        reduce<any_reducer<T>>(ctx, in, Axes::mask, out.data());
    }
};

// Whether one element is true, over all axes or those named; false of nothing.
template <int... Axes, tensor_expr E>
constexpr auto any(const E& x) {
    return reduction_of<ops::any, result_of_t<E>, Axes...>::template make<element_of_t<E>, false>(
        x);
}
template <int... Axes, tensor_expr E>
constexpr auto any(const E& x, keepdims_tag) {
    return reduction_of<ops::any, result_of_t<E>, Axes...>::template make<element_of_t<E>, true>(x);
}

}  // namespace weft
