// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// cumsum<1>(x): the sums of the elements up to and with each one, along an axis. Floating-point and
// complex elements are accumulated in double and rounded once each; integers wrap around. What it
// reads is fused into it. Rows are independent and run in parallel, a single one in one thread.
#pragma once

#include <weft/ops/require.hpp>
#include <weft/ops/sum.hpp>

namespace weft {

namespace ops {
struct cumsum {
    static constexpr const char* name = "Cumsum";
    static constexpr bool device_neutral = true;
    static constexpr bool fuses_input = true;
};
}  // namespace ops

template <class T>
    requires(is_element<T> && !std::is_same_v<T, bool>)
struct kernel<ops::cumsum, cpu, T> {
    template <class Along, class Out>
    static void run(context_base& ctx, const Along&, const Out& out, const source<T>& in) {
        accumulate(ctx, in, axis_view(in.shape(), Along::axis), out.data());
    }

private:
    using reducer = sum_reducer<T>;
    static constexpr std::size_t columns = 256;  // of one task, next to each other

    static void accumulate(context_base& ctx, const source<T>& in, const axis_view& view, T* out) {
        const std::size_t pieces = (view.inner + columns - 1) / columns;
        const double piece_ns =
            static_cast<double>(view.n * (view.inner < columns ? view.inner : columns));
        ctx.parallel_for(view.outer * pieces, piece_ns, [&](std::size_t piece, std::size_t last) {
            for (; piece < last; ++piece) {
                const std::size_t column = piece % pieces * columns;
                const std::size_t left = view.inner - column;
                accumulate_columns(in, piece / pieces * view.n * view.inner + column, view,
                                   left < columns ? left : columns, out);
            }
        });
    }
    // `count` columns that start at element `first`. One row at a time, or all of a single
    // column's.
    static void accumulate_columns(const source<T>& in, std::size_t first, const axis_view& view,
                                   std::size_t count, T* out) {
        typename reducer::state sums[columns];
        for (std::size_t j = 0; j < count; ++j) sums[j] = reducer::identity();
        if (view.inner == 1) in.copy_to(first, first + view.n, out + first);
        for (std::size_t k = 0; k < view.n; ++k) {
            const std::size_t at = first + k * view.inner;
            if (view.inner > 1) in.copy_to(at, at + count, out + at);
            for (std::size_t j = 0; j < count; ++j) {
                sums[j] = reducer::combine(sums[j],
                                           reducer::start(static_cast<compute_t<T>>(out[at + j])));
                out[at + j] = reducer::finish(sums[j], 1);
            }
        }
    }
};

// The running sums along an axis of x, which may be negative.
template <int Axis, tensor_expr E>
constexpr auto cumsum(const E& x) {
    constexpr std::size_t rank = result_of_t<E>::rank;
    if constexpr (require_axis<Axis, rank>::ok)
        return make_op_with<ops::cumsum, result_of_t<E>>(along<axis_of(Axis, rank)>{}, x);
    else
        return x;
}

}  // namespace weft
