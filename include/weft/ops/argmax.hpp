// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// argmax<1>(x): where along an axis the largest element is, as int64; argmax(x): where in the
// flattened tensor. The first of equal ones counts, and NaN counts as the largest, as in NumPy. An
// empty dimension does not compile, or fails with invalid_argument when sizes are known. What it
// reads is fused into it.
#pragma once

#include <weft/ops/arg_reduction.hpp>
#include <weft/ops/max.hpp>

namespace weft {

namespace ops {
struct argmax {
    static constexpr const char* name = "ArgMax";
    static constexpr bool device_neutral = true;
    static constexpr bool fuses_input = true;
    static constexpr bool wants_elements = true;
    static constexpr bool wants_one_axis = true;

    template <unsigned Mask, bool Keep>
    static dims shape(const reduced_axes<Mask, Keep>&, const dims& x) {
        require_elements("argmax", x, Mask);
        return reduced_shape(x, Mask, Keep);
    }
};
}  // namespace ops

template <class T>
    requires(is_real<T>)
struct kernel<ops::argmax, cpu, T> {
    template <class Axes, class Out>
    static void run(context_base& ctx, const Axes&, const Out& out, const source<T>& in) {
        find_extremum<max_reducer<T>>(ctx, in, Axes::mask, out.data());
    }
};

// The index of the largest element along an axis of x, or in x flattened.
template <int... Axis, tensor_expr E>
constexpr auto argmax(const E& x) {
    return reduction_of<ops::argmax, result_of_t<E>, Axis...>::template make<std::int64_t, false>(
        x);
}
template <int... Axis, tensor_expr E>
constexpr auto argmax(const E& x, keepdims_tag) {
    return reduction_of<ops::argmax, result_of_t<E>, Axis...>::template make<std::int64_t, true>(x);
}

}  // namespace weft
