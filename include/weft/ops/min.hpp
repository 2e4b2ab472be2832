// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// min(x), min<1>(x), min<0, 2>(x, keepdims): the smallest element over all axes or those named. NaN
// where there is one, as in NumPy. Of nothing it has no value: an empty dimension does not compile,
// or fails with invalid_argument when sizes are known. The element-wise expression it reads is
// fused into it.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/ops/limits.hpp>
#include <weft/ops/reduction.hpp>
#include <weft/ops/reduction_loop.hpp>

namespace weft {

namespace ops {
struct min {
    static constexpr const char* name = "Min";
    static constexpr bool device_neutral = true;
    static constexpr bool fuses_input = true;
    static constexpr bool wants_elements = true;

    template <unsigned Mask, bool Keep>
    static dims shape(const reduced_axes<Mask, Keep>&, const dims& x) {
        require_elements("min", x, Mask);
        return reduced_shape(x, Mask, Keep);
    }
};
}  // namespace ops

// The reducer of a minimum; half and bfloat16 are compared as float, which is exact.
template <class T>
struct min_reducer {
    using state = compute_t<T>;
    using result = T;

    static state identity() { return highest_value<state>(); }
    static state start(const state& x) { return x; }
    template <class V>
    [[gnu::always_inline]] static V combine(const V& a, const V& b) {
        return minimum(a, b);
    }
    template <class V>
    [[gnu::always_inline]] static V combine_numbers(const V& a, const V& b) {
        if constexpr (is_pack<V>)
            return V(a.v < b.v ? a.v : b.v);
        else
            return a < b ? a : b;
    }
    static T finish(const state& found, std::size_t) { return static_cast<T>(found); }
};

template <class T>
    requires(is_real<T>)
struct kernel<ops::min, cpu, T> {
    template <class Axes, class Out>
    static void run(context_base& ctx, const Axes&, const Out& out, const source<T>& in) {
        reduce<min_reducer<T>>(ctx, in, Axes::mask, out.data());
    }
};

// The smallest element over all axes of x, or over those named; negative ones count from the end.
// The name is in parentheses because system headers define a macro min(a, b).
template <int... Axes, tensor_expr E>
constexpr auto(min)(const E& x) {
    return reduction_of<ops::min, result_of_t<E>, Axes...>::template make<element_of_t<E>, false>(
        x);
}
template <int... Axes, tensor_expr E>
constexpr auto(min)(const E& x, keepdims_tag) {
    return reduction_of<ops::min, result_of_t<E>, Axes...>::template make<element_of_t<E>, true>(x);
}

}  // namespace weft
