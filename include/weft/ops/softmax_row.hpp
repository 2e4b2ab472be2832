// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What softmax, log_softmax, logsumexp and softmax_cross_entropy share: the maximum m of a row and
// the sum of exp(x - m), which cannot overflow, in double; along the last axis for a row of
// neighbours, along others for several columns at once. Knows nothing of how results are formed
// from them.
#pragma once

#include <weft/ops/max.hpp>
#include <weft/ops/require.hpp>

namespace weft {

// The maximum of some elements and the sum of exp(x - maximum); a row of nothing has -inf and 0.
// The logarithm of the sum of exponentials is NaN where an element is, and infinite where the
// maximum is.
template <class C>
struct softmax_state {
    C largest = lowest_value<C>();
    double sum = 0;

    C log_sum() const {
        const C infinite = highest_value<C>();
        if (!(largest < infinite && -infinite < largest)) return largest;
        return largest + static_cast<C>(log(sum));
    }
};

// The state of a row in memory.
template <class T>
softmax_state<compute_t<T>> softmax_of_row(const T* x, std::size_t n) {
    using C = compute_t<T>;
    softmax_state<C> row{detail::reduce_span<max_reducer<T>>(x, n)};
    for (std::size_t i = 0; i < n; ++i)
        row.sum += static_cast<double>(exp(static_cast<C>(x[i]) - row.largest));
    return row;
}

// A row of any length from a source, which is read twice.
template <class T>
softmax_state<compute_t<T>> softmax_of_row(const source<T>& in, std::size_t first, std::size_t n) {
    using C = compute_t<T>;
    if (n <= source_block) {
        T buffer[source_block];
        return softmax_of_row(in.block(first, first + n, buffer), n);
    }
    softmax_state<C> row;
    detail::for_each_block(in, first, first + n, source_block, [&](const T* x, std::size_t size) {
        row.largest = maximum(row.largest, detail::reduce_span<max_reducer<T>>(x, size));
    });
    detail::for_each_block(in, first, first + n, source_block, [&](const T* x, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i)
            row.sum += static_cast<double>(exp(static_cast<C>(x[i]) - row.largest));
    });
    return row;
}

// Columns that are worked on at once along an axis that is not the last.
inline constexpr std::size_t softmax_columns = 256;

// The states of `count` neighbouring columns, whose n elements are `inner` apart.
template <class T>
void softmax_of_columns(const T* x, std::size_t n, std::size_t inner, std::size_t count,
                        softmax_state<compute_t<T>>* columns) {
    using C = compute_t<T>;
    for (std::size_t j = 0; j < count; ++j) columns[j] = {};
    for (std::size_t k = 0; k < n; ++k)
        for (std::size_t j = 0; j < count; ++j)
            columns[j].largest = maximum(columns[j].largest, static_cast<C>(x[k * inner + j]));
    for (std::size_t k = 0; k < n; ++k)
        for (std::size_t j = 0; j < count; ++j)
            columns[j].sum +=
                static_cast<double>(exp(static_cast<C>(x[k * inner + j]) - columns[j].largest));
}

// Replaces every element of `out`, which holds the operand, by f(x, state of its row), on the
// context's threads; `view` says which elements form a row.
template <class T, class F>
void map_softmax_rows(context_base& ctx, const source<T>& in, const axis_view& view, T* out, F f) {
    using C = compute_t<T>;
    if (view.inner == 1) {
        ctx.parallel_for(view.outer, 8.0 * static_cast<double>(view.n),
                         [&](std::size_t o, std::size_t last) {
                             for (; o < last; ++o) {
                                 T* row = out + o * view.n;
                                 in.copy_to(o * view.n, (o + 1) * view.n, row);
                                 f(row, view.n, std::size_t{1},
                                   softmax_of_row(static_cast<const T*>(row), view.n));
                             }
                         });
        return;
    }
    const std::size_t pieces = (view.inner + softmax_columns - 1) / softmax_columns;
    const double piece_ns =
        8.0 *
        static_cast<double>(view.n * (view.inner < softmax_columns ? view.inner : softmax_columns));
    ctx.parallel_for(view.outer * pieces, piece_ns, [&](std::size_t piece, std::size_t last) {
        softmax_state<C> columns[softmax_columns];
        for (; piece < last; ++piece) {
            const std::size_t column = piece % pieces * softmax_columns;
            const std::size_t left = view.inner - column;
            const std::size_t count = left < softmax_columns ? left : softmax_columns;
            const std::size_t start = piece / pieces * view.n * view.inner + column;
            for (std::size_t k = 0; k < view.n; ++k)
                in.copy_to(start + k * view.inner, start + k * view.inner + count,
                           out + start + k * view.inner);
            softmax_of_columns(static_cast<const T*>(out + start), view.n, view.inner, count,
                               columns);
            for (std::size_t j = 0; j < count; ++j)
                f(out + start + j, view.n, view.inner, columns[j]);
        }
    });
}

}  // namespace weft
