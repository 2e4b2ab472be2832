// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// prod(x), prod<1>(x), prod<0, 2>(x, keepdims): the product over all axes or those named; 1 of
// nothing. Floating-point and complex elements are accumulated in double and rounded once; integers
// wrap around. The element-wise expression it reads is fused into it.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/ops/reduction.hpp>
#include <weft/ops/reduction_loop.hpp>

namespace weft {

namespace ops {
struct prod {
    static constexpr const char* name = "Prod";
    static constexpr bool device_neutral = true;
    static constexpr bool fuses_input = true;

    template <unsigned Mask, bool Keep>
    static dims shape(const reduced_axes<Mask, Keep>&, const dims& x) {
        return reduced_shape(x, Mask, Keep);
    }
};
}  // namespace ops

// The reducer of a product.
template <class T>
struct prod_reducer {
    using state = std::conditional_t<is_complex<T>, complex_state,
                                     std::conditional_t<is_floating<T>, double, T>>;
    using result = T;

    static state identity() {
        if constexpr (is_complex<T>)
            return {1, 0};
        else
            return state(1);
    }
    static state start(const compute_t<T>& x) {
        if constexpr (is_complex<T>)
            return {static_cast<double>(x.real()), static_cast<double>(x.imag())};
        else
            return static_cast<state>(x);
    }
    template <class V>
    [[gnu::always_inline]] static V combine(const V& a, const V& b) {
        if constexpr (is_pack<V> || is_complex<T>)
            return a * b;
        else
            return wrapping_multiply(a, b);
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
struct kernel<ops::prod, cpu, T> {
    template <class Axes, class Out>
    static void run(context_base& ctx, const Axes&, const Out& out, const source<T>& in) {
        reduce<prod_reducer<T>>(ctx, in, Axes::mask, out.data());
    }
};

// The product over all axes of x, or over those named; negative ones count from the end.
template <int... Axes, tensor_expr E>
constexpr auto prod(const E& x) {
    return reduction_of<ops::prod, result_of_t<E>, Axes...>::template make<element_of_t<E>, false>(
        x);
}
template <int... Axes, tensor_expr E>
constexpr auto prod(const E& x, keepdims_tag) {
    return reduction_of<ops::prod, result_of_t<E>, Axes...>::template make<element_of_t<E>, true>(
        x);
}

}  // namespace weft
