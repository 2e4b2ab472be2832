// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// argmin<1>(x): where along an axis the smallest element is, as int64; argmin(x): where in the
// flattened tensor. The first of equal ones counts, and NaN counts as the smallest, as in NumPy. An
// empty dimension does not compile, or fails with invalid_argument when sizes are known. What it
// reads is fused into it.
#pragma once

#include <weft/ops/arg_reduction.hpp>
#include <weft/ops/min.hpp>

namespace weft {

namespace ops {
struct argmin {
    static constexpr const char* name = "ArgMin";
    static constexpr bool device_neutral = true;
    static constexpr bool fuses_input = true;
    static constexpr bool wants_elements = true;
    static constexpr bool wants_one_axis = true;

    template <unsigned Mask, bool Keep>
    static dims shape(const reduced_axes<Mask, Keep>&, const dims& x) {
        require_elements("argmin", x, Mask);
        return reduced_shape(x, Mask, Keep);
    }
};
}  // namespace ops

template <class T>
    requires(is_real<T>)
struct kernel<ops::argmin, cpu, T> {
    template <class Axes, class Out>
    static void run(context_base& ctx, const Axes&, const Out& out, const source<T>& in) {
        find_extremum<min_reducer<T>>(ctx, in, Axes::mask, out.data());
    }
};

// The index of the smallest element along an axis of x, or in x flattened.
template <int... Axis, tensor_expr E>
constexpr auto argmin(const E& x) {
    return reduction_of<ops::argmin, result_of_t<E>, Axis...>::template make<std::int64_t, false>(
        x);
}
template <int... Axis, tensor_expr E>
constexpr auto argmin(const E& x, keepdims_tag) {
    return reduction_of<ops::argmin, result_of_t<E>, Axis...>::template make<std::int64_t, true>(x);
}

}  // namespace weft
