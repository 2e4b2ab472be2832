// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// mean(x), mean<1>(x), mean<0, 2>(x, keepdims): the mean over all axes or those named, of
// floating-point and complex elements; NaN of nothing, as in NumPy. It is the sum, accumulated in
// double, divided and rounded once. The mean of integers does not compile: it would be no integer.
#pragma once

#include <weft/ops/sum.hpp>

namespace weft {

namespace ops {
struct mean {
    static constexpr const char* name = "Mean";
    static constexpr bool device_neutral = true;
    static constexpr bool fuses_input = true;
    static constexpr bool wants_fractions = true;

    template <unsigned Mask, bool Keep>
    static dims shape(const reduced_axes<Mask, Keep>&, const dims& x) {
        return reduced_shape(x, Mask, Keep);
    }
};
}  // namespace ops

// The reducer of a mean.
template <class T>
struct mean_reducer : sum_reducer<T> {
    using state = typename sum_reducer<T>::state;

    static T finish(const state& total, std::size_t count) {
        const double n = static_cast<double>(count);
        if constexpr (is_complex<T>)
            return complex_state{total.re / n, total.im / n}.template to<T>();
        else
            return static_cast<T>(static_cast<compute_t<T>>(total / n));
    }
};

template <class T>
    requires(is_floating<T> || is_complex<T>)
struct kernel<ops::mean, cpu, T> {
    template <class Axes, class Out>
    static void run(context_base& ctx, const Axes&, const Out& out, const source<T>& in) {
        reduce<mean_reducer<T>>(ctx, in, Axes::mask, out.data());
    }
};

// The mean over all axes of x, or over those named; negative ones count from the end.
template <int... Axes, tensor_expr E>
constexpr auto mean(const E& x) {
    return reduction_of<ops::mean, result_of_t<E>, Axes...>::template make<element_of_t<E>, false>(
        x);
}
template <int... Axes, tensor_expr E>
constexpr auto mean(const E& x, keepdims_tag) {
    return reduction_of<ops::mean, result_of_t<E>, Axes...>::template make<element_of_t<E>, true>(
        x);
}

}  // namespace weft
