// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The loops of matmul, compiled once per element type. Operands are strided, so a transposed one
// costs nothing. Large products are packed and computed in register tiles after K. Goto and R. van
// de Geijn, "Anatomy of high-performance matrix multiplication" (2008); small and thin ones row by
// row, unpacked. The order of additions depends on the sizes alone, not on the number of threads.
#pragma once

#include <weft/ops/matmul_thin.hpp>

namespace weft {

namespace detail {

// Registers of a tile: tile_rows rows of tile_packs packs, 12 accumulators as FMA latency wants.
inline constexpr std::size_t tile_rows = 6;
inline constexpr std::size_t tile_packs = 2;
inline constexpr std::size_t row_block = 8;  // tiles of a task, down and across
inline constexpr std::size_t column_block = 16;

template <class C>
inline constexpr std::size_t tile_columns = tile_packs* static_cast<std::size_t>(matmul_lanes<C>());

// -------------------------------------------------------------------------

// Copies panel after panel of `Width` rows (of b: columns), depth by depth, filled up with zeros.
template <std::size_t Width, class T, class C>
void pack_panels(context_base& ctx, const T* from, std::size_t step, std::size_t depth_step,
                 std::size_t size, std::size_t depth, C* to) {
    const double panel_ns = 0.5 * static_cast<double>(depth * Width);
    ctx.parallel_for(
        (size + Width - 1) / Width, panel_ns, [&](std::size_t first, std::size_t last) {
            for (std::size_t panel = first; panel < last; ++panel) {
                const T* x = from + panel * Width * step;
                C* y = to + panel * Width * depth;
                const std::size_t left = size - panel * Width;
                const std::size_t width = left < Width ? left : Width;
                for (std::size_t k = 0; k < depth; ++k) {
                    for (std::size_t i = 0; i < width; ++i)
                        y[k * Width + i] = static_cast<C>(x[i * step + k * depth_step]);
                    for (std::size_t i = width; i < Width; ++i) y[k * Width + i] = C{};
                }
            }
        });
}

// One tile of sums from packed panels; V is a pack or, where there are none, an element.
template <class V, class C, std::size_t... Row>
[[gnu::always_inline]] inline void tile_products(const C* a, const C* b, std::size_t depth, V* sums,
                                                 std::index_sequence<Row...>) {
    constexpr std::size_t lanes = tile_columns<C> / tile_packs;
    V left[] = {(static_cast<void>(Row), V(C{}))...};
    V right[] = {(static_cast<void>(Row), V(C{}))...};
    for (std::size_t k = 0; k < depth; ++k, a += tile_rows, b += tile_columns<C>) {
        const V x = load_lanes<C, static_cast<int>(lanes)>(b);
        const V y = load_lanes<C, static_cast<int>(lanes)>(b + lanes);
        ((multiply_add(left[Row], V(a[Row]), x), multiply_add(right[Row], V(a[Row]), y)), ...);
    }
    ((sums[2 * Row] = left[Row], sums[2 * Row + 1] = right[Row]), ...);
}

// Adds a tile's products to `rows` times `columns` sums, or sets them for the first block of
// depths.
template <class C>
[[gnu::noinline]] void multiply_tile(const C* a, const C* b, std::size_t depth, C* sums,
                                     std::size_t row_step, std::size_t rows, std::size_t columns,
                                     bool set) {
    constexpr int lanes = matmul_lanes<C>();
    lane_value_t<C, lanes> products[tile_rows * tile_packs];
    tile_products(a, b, depth, products, std::make_index_sequence<tile_rows>{});
    C values[tile_rows * tile_columns<C>];
    for (std::size_t i = 0; i < tile_rows * tile_packs; ++i)
        store_lanes<C, lanes>(values + i * static_cast<std::size_t>(lanes), products[i]);
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t c = 0; c < columns; ++c) {
            const C product = values[r * tile_columns<C> + c];
            C& sum = sums[r * row_step + c];
            sum = set ? product : wrapping_add(sum, product);
        }
}

// sums (rows by columns, row-major) from the packed panels of one block of depths.
template <class C>
void multiply_panels(context_base& ctx, const matmul_sizes& s, const C* a, const C* b,
                     std::size_t depth, C* sums, bool set) {
    constexpr std::size_t height = row_block * tile_rows;
    constexpr std::size_t width = column_block * tile_columns<C>;
    const std::size_t down = (s.rows + height - 1) / height;
    const std::size_t across = (s.columns + width - 1) / width;
    const double task_ns = 0.03 * static_cast<double>(height * width) * static_cast<double>(depth);
    ctx.parallel_for(down * across, task_ns, [&](std::size_t first, std::size_t last) {
        for (std::size_t task = first; task < last; ++task) {
            const std::size_t row = task % down * height;
            const std::size_t column = task / down * width;
            const std::size_t row_end = s.rows - row < height ? s.rows : row + height;
            const std::size_t column_end = s.columns - column < width ? s.columns : column + width;
            for (std::size_t j = column; j < column_end; j += tile_columns<C>)
                for (std::size_t i = row; i < row_end; i += tile_rows)
                    multiply_tile(
                        a + i * depth, b + j * depth, depth, sums + i * s.columns + j, s.columns,
                        row_end - i < tile_rows ? row_end - i : tile_rows,
                        column_end - j < tile_columns<C> ? column_end - j : tile_columns<C>, set);
        }
    });
}

// Room for packed panels of one block of depths, and for sums where elements are no sums.
template <class T>
struct matmul_scratch {
    using C = compute_t<T>;
    C* a;
    C* b;
    C* sums = nullptr;

    matmul_scratch(context_base& ctx, const matmul_sizes& s) {
        const std::size_t depth = s.depth < depth_block ? s.depth : depth_block;
        a = take(ctx, (s.rows + tile_rows) * depth);
        b = take(ctx, (s.columns + tile_columns<C>)*depth);
        if constexpr (!std::is_same_v<T, C>) sums = take(ctx, s.rows * s.columns);
    }
    static C* take(context_base& ctx, std::size_t n) {
        return static_cast<C*>(ctx.scratch(n * sizeof(C)));
    }
};

// One product.
template <class T>
void multiply_packed(context_base& ctx, const matmul_sizes& s, const matmul_scratch<T>& scratch,
                     const matrix<const T>& a, const matrix<const T>& b, T* out) {
    using C = compute_t<T>;
    C* sums = scratch.sums;
    if constexpr (std::is_same_v<T, C>) sums = out;
    for (std::size_t first = 0; first < s.depth && !ctx.stop_requested(); first += depth_block) {
        const std::size_t depth = s.depth - first < depth_block ? s.depth - first : depth_block;
        pack_panels<tile_rows>(ctx, a.at(0, first), a.row_step, a.column_step, s.rows, depth,
                               scratch.a);
        pack_panels<tile_columns<C>>(ctx, b.at(first, 0), b.column_step, b.row_step, s.columns,
                                     depth, scratch.b);
        multiply_panels<C>(ctx, s, scratch.a, scratch.b, depth, sums, first == 0);
    }
    if constexpr (!std::is_same_v<T, C>)
        ctx.parallel_for(s.rows * s.columns, 0.5, [&](std::size_t i, std::size_t last) {
            for (; i < last; ++i) out[i] = static_cast<T>(sums[i]);
        });
}

}  // namespace detail

// out = a * b for each matrix of a batch.
template <class T>
void multiply(context_base& ctx, const matmul_sizes& sizes, const T* a, const T* b, T* out) {
    matmul_sizes s = sizes;
    if (s.batches() * s.rows * s.columns == 0) return;
    if (s.is_thin()) {
        if (s.columns < s.rows)
            s.transpose(), detail::multiply_thin<T>(ctx, s, b, a, out);
        else
            detail::multiply_thin<T>(ctx, s, a, b, out);
        return;
    }
    const detail::matmul_scratch<T> scratch(ctx, s);
    for (std::size_t i = 0; i < s.batches(); ++i) {
        const matmul_batch at = s.batch(i);
        detail::multiply_packed<T>(ctx, s, scratch, s.matrix_a(a + at.a), s.matrix_b(b + at.b),
                                   out + at.out);
    }
}

}  // namespace weft
