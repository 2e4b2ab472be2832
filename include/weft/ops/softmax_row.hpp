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

// The state of a row in memory. The exponentials are kept in `exps`, unless it is null.
template <class T>
softmax_state<compute_t<T>> softmax_of_row(const T* x, std::size_t n, T* exps = nullptr) {
    using C = compute_t<T>;
    softmax_state<C> row{detail::reduce_span<max_reducer<T>>(x, n)};
    for (std::size_t i = 0; i < n; ++i) {
        const C e = exp(static_cast<C>(x[i]) - row.largest);
        row.sum += static_cast<double>(e);
        if (exps != nullptr) exps[i] = static_cast<T>(e);
    }
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

// The states of `count` neighbouring columns, whose n elements are `inner` apart; as above.
template <class T>
void softmax_of_columns(const T* x, std::size_t n, std::size_t inner, std::size_t count,
                        softmax_state<compute_t<T>>* columns, T* exps) {
    using C = compute_t<T>;
    for (std::size_t j = 0; j < count; ++j) columns[j] = {};
    for (std::size_t k = 0; k < n; ++k)
        for (std::size_t j = 0; j < count; ++j)
            columns[j].largest = maximum(columns[j].largest, static_cast<C>(x[k * inner + j]));
    for (std::size_t k = 0; k < n; ++k)
        for (std::size_t j = 0; j < count; ++j) {
            const C e = exp(static_cast<C>(x[k * inner + j]) - columns[j].largest);
            columns[j].sum += static_cast<double>(e);
            if (exps != nullptr) exps[k * inner + j] = static_cast<T>(e);
        }
}

// For each row of `in`, which `view` describes: copies it to `out` (with Exps the exponentials of
// its elements less the largest) and calls f(elements, n, step, state) to finish it there, on the
// context's threads.
template <bool Exps, class T, class F>
void map_softmax_rows(context_base& ctx, const source<T>& in, const axis_view& view, T* out, F f) {
    using C = compute_t<T>;
    const std::size_t width = view.inner < softmax_columns ? view.inner : softmax_columns;
    const std::size_t pieces = width == 0 ? 0 : (view.inner + width - 1) / width;
    const double piece_ns = 8.0 * static_cast<double>(view.n * width);
    ctx.parallel_for(view.outer * pieces, piece_ns, [&](std::size_t piece, std::size_t last) {
        softmax_state<C> columns[softmax_columns];
        for (; piece < last; ++piece) {
            const std::size_t column = piece % pieces * width;
            const std::size_t count = view.inner - column < width ? view.inner - column : width;
            const std::size_t start = piece / pieces * view.n * view.inner + column;
            T* x = out + start;
            if (view.inner == 1) {
                in.copy_to(start, start + view.n, x);
                columns[0] = softmax_of_row<T>(x, view.n, Exps ? x : nullptr);
            } else {
                for (std::size_t at = start; at < start + view.n * view.inner; at += view.inner)
                    in.copy_to(at, at + count, out + at);
                softmax_of_columns<T>(x, view.n, view.inner, count, columns, Exps ? x : nullptr);
            }
            for (std::size_t j = 0; j < count; ++j) f(x + j, view.n, view.inner, columns[j]);
        }
    });
}

}  // namespace weft
