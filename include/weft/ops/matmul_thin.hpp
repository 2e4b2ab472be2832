// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Products with few rows or columns, or small ones, computed row by row from operands where they
// are. A task reads a piece of one row of the first operand and, by the strides of the second, adds
// scaled rows of that or takes dot products with its columns. Sums are formed in the same order for
// any thread count.
#pragma once

#include <weft/kernel/context.hpp>
#include <weft/kernel/write_back.hpp>
#include <weft/ops/matmul_panels.hpp>

namespace weft {

namespace detail {

inline constexpr std::size_t thin_depths = 2048;  // of a row that is read at a time
inline constexpr std::size_t thin_columns = 512;  // columns of a task of a thin product

// sums[j] += x[0] * y[j] + x[1] * y[j + step] + ..., in that order, Count terms for n columns: the
// sums are read and written once.
template <std::size_t Count, class C, class T>
void add_scaled_rows(C* sums, const C* x, const T* y, std::size_t step, std::size_t n) {
    constexpr int lanes = matmul_lanes<C>();
    constexpr std::size_t width = static_cast<std::size_t>(lanes);
    std::size_t j = 0;
    if constexpr (lanes > 1) {
        constexpr std::make_index_sequence<Count> each;
        pack<C, lanes> factors[Count];
        unrolled(
            each, [&](std::size_t k)
                      __attribute__((always_inline)) { factors[k] = pack<C, lanes>(x[k]); });
        for (; j + width <= n; j += width) {
            auto sum = pack<C, lanes>::load(sums + j);
            unrolled(
                each, [&](std::size_t k) __attribute__((always_inline)) {
                    accumulate_product(sum, factors[k], load_lanes<T, lanes>(y + k * step + j));
                });
            sum.store(sums + j);
        }
    }
    for (; j < n; ++j)
        for (std::size_t k = 0; k < Count; ++k)
            accumulate_product(sums[j], x[k], static_cast<C>(y[k * step + j]));
}

// The same for all but the last few of `depth` terms, of fewer columns than a register has lanes:
// it is filled from the next row, whose products nobody reads. How many terms that were; each
// register sums up one in four.
template <class C>
std::size_t add_narrow_rows(C* sums, const C* x, const C* y, std::size_t step, std::size_t n,
                            std::size_t depth) {
    constexpr int lanes = matmul_lanes<C>();
    using V = pack<C, lanes>;
    const std::size_t beyond = pieces_of(lanes - n, step);
    const std::size_t safe = depth > beyond ? (depth - beyond) / 4 * 4 : 0;
    V a(C{}), b(C{}), c(C{}), d(C{});
    for (std::size_t k = 0; k < safe; k += 4, y += 4 * step) {
        accumulate_product(a, V(x[k]), V::load(y));
        accumulate_product(b, V(x[k + 1]), V::load(y + step));
        accumulate_product(c, V(x[k + 2]), V::load(y + 2 * step));
        accumulate_product(d, V(x[k + 3]), V::load(y + 3 * step));
    }
    const V all = (a + b) + (c + d);
    for (std::size_t j = 0; j < n; ++j) sums[j] = sums[j] + all[static_cast<int>(j)];
    return safe;
}

// The sum of all lanes, halves first.
template <std::size_t Half, class C, int N, std::size_t... Lane>
[[gnu::always_inline]] inline C sum_of_lanes(const pack<C, N>& x,
                                             std::index_sequence<Lane...> each) {
    const pack<C, N> sums = x + pack<C, N>(WEFT_SHUFFLE(x.v, x.v, (Lane ^ Half)...));
    if constexpr (Half > 1)
        return sum_of_lanes<Half / 2>(sums, each);
    else
        return sums[0];
}

// The sum of x[k] * y[k], in four accumulators of a register each.
template <class C, class T>
C dot(const C* x, const T* y, std::size_t n) {
    constexpr int lanes = matmul_lanes<C>();
    constexpr std::size_t step = static_cast<std::size_t>(lanes);
    C total{};
    std::size_t k = 0;
    if constexpr (lanes > 1) {
        using V = pack<C, lanes>;
        V a(C{}), b(C{}), c(C{}), d(C{});
        for (; k + 4 * step <= n; k += 4 * step) {
            accumulate_product(a, V::load(x + k), load_lanes<T, lanes>(y + k));
            accumulate_product(b, V::load(x + k + step), load_lanes<T, lanes>(y + k + step));
            accumulate_product(c, V::load(x + k + 2 * step),
                               load_lanes<T, lanes>(y + k + 2 * step));
            accumulate_product(d, V::load(x + k + 3 * step),
                               load_lanes<T, lanes>(y + k + 3 * step));
        }
        for (; k + step <= n; k += step)
            accumulate_product(a, V::load(x + k), load_lanes<T, lanes>(y + k));
        total = sum_of_lanes<step / 2>((a + b) + (c + d), std::make_index_sequence<step>{});
    }
    for (; k < n; ++k) accumulate_product(total, x[k], static_cast<C>(y[k]));
    return total;
}

// One row of a product: `columns` of it from `column`.
template <class T>
void multiply_row(const matrix<const T>& a, const matrix<const T>& b, const matrix<T>& out,
                  std::size_t depth, std::size_t row, std::size_t column, std::size_t columns) {
    using C = compute_t<T>;
    C sums[thin_columns];
    C x[thin_depths];
    for (std::size_t j = 0; j < columns; ++j) sums[j] = C{};
    for (std::size_t first = 0; first < depth; first += thin_depths) {
        const std::size_t n = smaller_of(thin_depths, depth - first);
        for (std::size_t k = 0; k < n; ++k) x[k] = static_cast<C>(*a.at(row, first + k));
        if (b.row_step == 1) {
            for (std::size_t j = 0; j < columns; ++j)
                sums[j] = wrapping_add(sums[j], dot(x, b.at(first, column + j), n));
        } else {
            std::size_t k = 0;
            if constexpr (std::is_floating_point_v<T> && std::is_same_v<T, C> &&
                          matmul_lanes<C>() > 1)
                if (columns < tile_size<C>::lanes)
                    k = add_narrow_rows(sums, x, b.at(first, column), b.row_step, columns, n);
            for (; k + 8 <= n; k += 8)
                add_scaled_rows<8>(sums, x + k, b.at(first + k, column), b.row_step, columns);
            for (; k < n; ++k)
                add_scaled_rows<1>(sums, x + k, b.at(first + k, column), b.row_step, columns);
        }
    }
    for (std::size_t j = 0; j < columns; ++j) *out.at(row, column + j) = static_cast<T>(sums[j]);
}

// A batch of products with few rows, or small ones.
template <class T>
void multiply_thin(context_base& ctx, const matmul_sizes& s, const T* a, const T* b, T* out,
                   const write_back& finish) {
    const std::size_t pieces = (s.columns + thin_columns - 1) / thin_columns;
    const double row_ns = 0.1 * static_cast<double>(s.depth * (s.columns / pieces)) + 20;
    ctx.parallel_for(
        s.batches() * s.rows * pieces, row_ns, [&](std::size_t first, std::size_t last) {
            for (std::size_t task = first; task < last; ++task) {
                const matmul_batch at = s.batch(task / pieces / s.rows);
                const std::size_t column = task % pieces * thin_columns;
                const std::size_t left = s.columns - column;
                multiply_row<T>(s.matrix_a(a + at.a), s.matrix_b(b + at.b),
                                s.matrix_out(out + at.out), s.depth, task / pieces % s.rows, column,
                                left < thin_columns ? left : thin_columns);
                const std::size_t done =
                    at.out + task / pieces % s.rows * s.out_row + column * s.out_column;
                finish(done, left < thin_columns ? left : thin_columns, 1, s.out_column);
            }
        });
}

}  // namespace detail

}  // namespace weft
