// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// logsumexp(x): log(sum(exp(x))) along the last axis, or the one named, as max + log(sum(exp(x -
// max))), which does not overflow; softmax_row.hpp says how the sum is
// accumulated. NaN where an element is, +inf
// where one is, -inf for a row of -inf alone or of nothing. The element-wise expression it reads is
// fused into it.
#pragma once

#include <weft/ops/softmax_row.hpp>

namespace weft {

namespace ops {
struct logsumexp {
    static constexpr const char* name = "LogSumExp";
    static constexpr bool device_neutral = true;
    static constexpr bool fuses_input = true;
    static constexpr bool wants_fractions = true;
    static constexpr double cost_ns = 8;

    template <unsigned Mask, bool Keep>
    static dims shape(const reduced_axes<Mask, Keep>&, const dims& x) {
        return reduced_shape(x, Mask, Keep);
    }
};
}  // namespace ops

template <class T>
    requires(is_floating<T>)
struct kernel<ops::logsumexp, cpu, T> {
    template <class Axes, class Out>
    static void run(context_base& ctx, const Axes&, const Out& out, const source<T>& in) {
        const axis_view view(in.shape(), static_cast<std::size_t>(__builtin_ctz(Axes::mask)));
        if (view.inner == 1)
            rows(ctx, in, view, out.data());
        else
            columns(ctx, in, view, out.data());
    }

private:
    static void rows(context_base& ctx, const source<T>& in, const axis_view& view, T* out) {
        const double row_ns = 0.5 * static_cast<double>(view.n) + 20;
        ctx.parallel_for(view.outer, row_ns, [&](std::size_t o, std::size_t last) {
            for (; o < last; ++o)
                out[o] = static_cast<T>(softmax_of_row(in, o * view.n, view.n).log_sum());
        });
    }
    // The largest elements first, then the sums, row by row: the source is read twice.
    static void columns(context_base& ctx, const source<T>& in, const axis_view& view, T* out) {
        using C = compute_t<T>;
        const std::size_t pieces = (view.inner + softmax_columns - 1) / softmax_columns;
        ctx.parallel_for(
            view.outer * pieces, 0.5 * static_cast<double>(view.n * softmax_columns),
            [&](std::size_t piece, std::size_t last) {
                for (; piece < last; ++piece) {
                    softmax_column_states<T> states;
                    T buffer[softmax_columns];
                    const std::size_t column = piece % pieces * softmax_columns;
                    const std::size_t left = view.inner - column;
                    const std::size_t count = left < softmax_columns ? left : softmax_columns;
                    const std::size_t o = piece / pieces;
                    states.clear(count);
                    for (bool summing : {false, true})
                        for (std::size_t k = 0; k < view.n; ++k) {
                            const std::size_t at = (o * view.n + k) * view.inner + column;
                            const T* const x = in.block(at, at + count, buffer);
                            if (summing)
                                states.template add_exponentials<false>(x, count, nullptr);
                            else
                                states.add_largest(x, view.inner, 1, count);
                        }
                    for (std::size_t j = 0; j < count; ++j) {
                        const softmax_state<C> state{states.largest[j], states.sum[j]};
                        out[o * view.inner + column + j] = static_cast<T>(state.log_sum());
                    }
                }
            });
    }
};

// Along the last axis of x, or the one named; negative ones count from the end.
template <int Axis = -1, tensor_expr E>
constexpr auto logsumexp(const E& x) {
    return reduction_of<ops::logsumexp, result_of_t<E>, Axis>::template make<element_of_t<E>,
                                                                             false>(x);
}
template <int Axis = -1, tensor_expr E>
constexpr auto logsumexp(const E& x, keepdims_tag) {
    return reduction_of<ops::logsumexp, result_of_t<E>, Axis>::template make<element_of_t<E>, true>(
        x);
}

}  // namespace weft
