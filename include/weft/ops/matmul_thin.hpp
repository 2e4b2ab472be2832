// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Products with few rows or columns, or small ones, computed row by row from operands where they
// are. A task reads a piece of one row of the first operand and, by the strides of the second, adds
// scaled rows of that or takes dot products with its columns. Sums are formed in the same order for
// any thread count.
#pragma once

#include <weft/kernel/context.hpp>
#include <weft/kernel/evaluate.hpp>
#include <weft/ops/matmul_shape.hpp>

namespace weft {

namespace detail {

inline constexpr std::size_t depth_block = 256;   // depths that are summed up at a time
inline constexpr std::size_t thin_columns = 512;  // columns of a task of a thin product

template <class C>
constexpr int matmul_lanes() {
    if constexpr (std::is_arithmetic_v<C>)
        return register_bytes > static_cast<int>(sizeof(C))
                   ? register_bytes / static_cast<int>(sizeof(C))
                   : 1;
    else
        return 1;
}
// sum + a * b, in one expression, which compilers fuse; integers wrap around.
template <class V>
[[gnu::always_inline]] inline void multiply_add(V& sum, const V& a, const V& b) {
    if constexpr (is_pack<V>) {
        if constexpr (is_floating<lane_element_t<V>>)
            sum.v += a.v * b.v;
        else
            sum = sum + a * b;
    } else if constexpr (std::is_floating_point_v<V>) {
        sum += a * b;
    } else if constexpr (std::is_arithmetic_v<V>) {
        sum = wrapping_add(sum, wrapping_multiply(a, b));
    } else {
        sum = V(sum.real() + (a.real() * b.real() - a.imag() * b.imag()),
                sum.imag() + (a.real() * b.imag() + a.imag() * b.real()));
    }
}

// ------------------------------------------------------------------------

// sums[j] += x * y[j] for n columns.
template <class C, class T>
void add_scaled_row(C* sums, const C& x, const T* y, std::size_t n) {
    constexpr int lanes = matmul_lanes<C>();
    constexpr std::size_t step = static_cast<std::size_t>(lanes);
    std::size_t j = 0;
    if constexpr (lanes > 1)
        for (; j + step <= n; j += step) {
            auto sum = pack<C, lanes>::load(sums + j);
            multiply_add(sum, pack<C, lanes>(x), load_lanes<T, lanes>(y + j));
            sum.store(sums + j);
        }
    for (; j < n; ++j) multiply_add(sums[j], x, static_cast<C>(y[j]));
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
            multiply_add(a, V::load(x + k), load_lanes<T, lanes>(y + k));
            multiply_add(b, V::load(x + k + step), load_lanes<T, lanes>(y + k + step));
            multiply_add(c, V::load(x + k + 2 * step), load_lanes<T, lanes>(y + k + 2 * step));
            multiply_add(d, V::load(x + k + 3 * step), load_lanes<T, lanes>(y + k + 3 * step));
        }
        for (; k + step <= n; k += step)
            multiply_add(a, V::load(x + k), load_lanes<T, lanes>(y + k));
        a = (a + b) + (c + d);
        for (int lane = 0; lane < lanes; ++lane) total = wrapping_add(total, a[lane]);
    }
    for (; k < n; ++k) multiply_add(total, x[k], static_cast<C>(y[k]));
    return total;
}

// One row of a product: `columns` of it from `column`.
template <class T>
void multiply_row(const matrix<const T>& a, const matrix<const T>& b, const matrix<T>& out,
                  std::size_t depth, std::size_t row, std::size_t column, std::size_t columns) {
    using C = compute_t<T>;
    C sums[thin_columns];
    C x[depth_block];
    for (std::size_t j = 0; j < columns; ++j) sums[j] = C{};
    for (std::size_t first = 0; first < depth; first += depth_block) {
        const std::size_t n = depth - first < depth_block ? depth - first : depth_block;
        for (std::size_t k = 0; k < n; ++k) x[k] = static_cast<C>(*a.at(row, first + k));
        if (b.row_step == 1)
            for (std::size_t j = 0; j < columns; ++j)
                sums[j] = wrapping_add(sums[j], dot(x, b.at(first, column + j), n));
        else
            for (std::size_t k = 0; k < n; ++k)
                add_scaled_row(sums, x[k], b.at(first + k, column), columns);
    }
    for (std::size_t j = 0; j < columns; ++j) *out.at(row, column + j) = static_cast<T>(sums[j]);
}

// A batch of products with few rows, or small ones.
template <class T>
void multiply_thin(context_base& ctx, const matmul_sizes& s, const T* a, const T* b, T* out) {
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
            }
        });
}

}  // namespace detail

}  // namespace weft
