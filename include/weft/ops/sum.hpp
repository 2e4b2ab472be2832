// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// sum(x), sum<1>(x), sum<0, 2>(x, keepdims): the sum over all axes or those named; 0 of nothing.
// Accumulated in double and rounded once; integers wrap around. Elements that are computed in float
// are first added in groups in float: the error is at most 5 * 2^-24 times the sum of their
// magnitudes, however many there are, and the rounding of the result; a group may overflow where
// the sum would not. The element-wise expression it reads is fused into it.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/ops/reduction.hpp>
#include <weft/ops/reduction_loop.hpp>

namespace weft {

namespace ops {
struct sum {
    static constexpr const char* name = "Sum";
    static constexpr bool device_neutral = true;
    static constexpr bool fuses_input = true;

    template <unsigned Mask, bool Keep>
    static dims shape(const reduced_axes<Mask, Keep>&, const dims& x) {
        return reduced_shape(x, Mask, Keep);
    }
};
}  // namespace ops

// The reducer of a sum, and what it accumulates in: double, two of them, or the integer itself.
template <class T>
struct sum_reducer {
    using state = std::conditional_t<is_complex<T>, complex_state,
                                     std::conditional_t<is_floating<T>, double, T>>;
    using partial = std::conditional_t<is_floating<T>, compute_t<T>, state>;
    using result = T;

    static state identity() { return state{}; }
    static state start(const compute_t<T>& x) {
        if constexpr (is_complex<T>)
            return {static_cast<double>(x.real()), static_cast<double>(x.imag())};
        else
            return static_cast<state>(x);
    }
    template <class V>
    [[gnu::always_inline]] static V combine(const V& a, const V& b) {
        if constexpr (is_pack<V> || is_complex<T>)
            return a + b;
        else
            return wrapping_add(a, b);
    }
    static T finish(const state& total, std::size_t) {
        if constexpr (is_complex<T>)
            return total.template to<T>();
        else
            return static_cast<T>(static_cast<compute_t<T>>(total));
    }
};

template <class T>
    requires(is_element<T> && !std::is_same_v<T, bool>)
struct kernel<ops::sum, cpu, T> {
    template <class Axes, class Out>
    static void run(context_base& ctx, const Axes&, const Out& out, const source<T>& in) {
        reduce<sum_reducer<T>>(ctx, in, Axes::mask, out.data());
    }
};

// The sum over all axes of x, or over those named; negative ones count from the end.
template <int... Axes, tensor_expr E>
constexpr auto sum(const E& x) {
    return reduction_of<ops::sum, result_of_t<E>, Axes...>::template make<element_of_t<E>, false>(
        x);
}
template <int... Axes, tensor_expr E>
constexpr auto sum(const E& x, keepdims_tag) {
    return reduction_of<ops::sum, result_of_t<E>, Axes...>::template make<element_of_t<E>, true>(x);
}

}  // namespace weft
