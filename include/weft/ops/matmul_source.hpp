// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Products of matrices, compiled once per element type. A task is a block of rows; it reads the
// second operand, packed before, once from wherever that is, and a piece of it from the second
// cache for each tile. Blocks follow K. Goto and R. van de Geijn, "Anatomy of high-performance
// matrix multiplication" (2008). The order of additions depends on the depth alone, so neither
// threads nor shapes change a bit of a sum.
#pragma once

#include <weft/ops/matmul.hpp>
#include <weft/ops/matmul_panels.hpp>
#include <weft/ops/matmul_thin.hpp>

namespace weft {

namespace detail {

// All measured. Bytes of the second operand: packed at a time, read repeatedly for one block of
// depths, and so few that it is as well read where it is; as it is for few rows.
inline constexpr std::size_t packed_bytes = std::size_t{32} << 20;
inline constexpr std::size_t cached_bytes = std::size_t{256} << 10;
inline constexpr std::size_t unpacked_bytes = std::size_t{2} << 20;
inline constexpr std::size_t unpacked_rows = 16;
// Of the first operand: rows of a task, and bytes of them that are copied to the stack.
inline constexpr std::size_t most_rows = 256;
inline constexpr std::size_t block_bytes = std::size_t{64} << 10;

// Of `left` columns, fewer than a tile has, those that the next tile takes. Where it need not start
// where a panel does, whole registers go first.
template <class C>
std::size_t tile_width(std::size_t left, bool anywhere) {
    using tile = tile_size<C>;
    if (left >= tile::columns) return tile::columns;
    return anywhere && left > tile::lanes ? tile::lanes : left;
}

// Products so small that dividing them takes longer, of columns that are whole registers or a half.
inline constexpr std::size_t small_product = 64 * 64 * 64;
template <class C>
bool is_small(const matmul_sizes& s) {
    return s.rows * s.columns * s.depth <= small_product && s.depth <= depth_block &&
           s.columns % tile_size<C>::half == 0 && s.b_column == 1;
}
template <class C>
void multiply_small(context_base& ctx, const matmul_sizes& s, const C* a, const C* b, C* out,
                    const write_back& finish) {
    const std::size_t size = s.rows * s.columns;
    const double cost_ns = 0.025 * static_cast<double>(size * s.depth) + 20;
    ctx.parallel_for(s.batches(), cost_ns, [&](std::size_t i, std::size_t last) {
        for (; i < last; ++i) {
            const matmul_batch at = s.batch(i);
            for (std::size_t r = 0, rows; r < s.rows; r += rows) {
                rows = smaller_of(s.rows - r, tile_size<C>::rows);
                tile_product<C> t{a + at.a + r * s.a_row,
                                  s.a_row,
                                  s.a_column,
                                  b + at.b,
                                  s.b_row,
                                  s.depth,
                                  out + at.out + r * s.columns,
                                  s.columns,
                                  tile_mode::set};
                for (std::size_t left = s.columns, width; left > 0; left -= width) {
                    width = tile_width<C>(left, true);
                    tile_function_of<C>(rows, width)(t);
                    t.b += width, t.out += width;
                }
            }
            finish(at.out, at.out + size);
        }
    });
}

// The products of a batch, as tiles.
template <class T>
class product {
public:
    using C = compute_t<T>;
    using tile = tile_size<C>;

    product(context_base& ctx, const matmul_sizes& s, const T* a, const T* b, T* out,
            const write_back& finish)
        : ctx_(ctx), s_(s), a_(a), b_(b), out_(out), finish_(finish) {
        packs_b_ = !std::is_same_v<T, C> || s.b_column != 1 ||
                   (s.rows > unpacked_rows && s.depth * s.columns * sizeof(T) > unpacked_bytes);
        if constexpr (std::is_same_v<T, C>)
            sums_ = out;
        else
            sums_ = static_cast<C*>(ctx.scratch(s.batches() * s.rows * s.columns * sizeof(C)));
        height_ = pieces_of(s.rows, pieces_of(s.rows, tile::rows));
        const std::size_t quarter = pieces_of(pieces_of(s.rows, 4), height_) * height_;
        row_block_ = smaller_of(most_rows / height_ * height_, quarter);
        constexpr std::size_t fitting = block_bytes / (depth_block * sizeof(C));
        if (row_block_ > fitting && s.batches() > 1) row_block_ = fitting / height_ * height_;
        if (row_block_ > fitting)
            copied_ = static_cast<C*>(
                ctx.scratch(pieces_of(s.rows, row_block_) * row_block_ * depth_block * sizeof(C)));
    }

    void run() {
        if (!packs_b_) return compute(0, s_.batches(), 0, s_.columns);
        const std::size_t panel = s_.depth * tile::columns * sizeof(C);
        const std::size_t fit = packed_bytes / panel < 1 ? 1 : packed_bytes / panel;
        const std::size_t panels = pieces_of(s_.columns, tile::columns);
        const std::size_t group = smaller_of(fit < panels ? 1 : fit / panels, s_.batches());
        const std::size_t width = smaller_of(fit, panels) * tile::columns;
        packed_panels_ = smaller_of(fit, panels);
        packed_ = static_cast<C*>(ctx_.scratch(group * packed_panels_ * panel));
        for (std::size_t batch = 0; batch < s_.batches(); batch += group)
            for (std::size_t column = 0; column < s_.columns; column += width) {
                const std::size_t batches = smaller_of(group, s_.batches() - batch);
                const std::size_t columns = smaller_of(width, s_.columns - column);
                pack(batch, batches, column, columns);
                compute(batch, batches, column, columns);
            }
    }

private:
    // Packs columns of b for some of the batch.
    void pack(std::size_t first_batch, std::size_t batches, std::size_t column,
              std::size_t columns) {
        const std::size_t panels = pieces_of(columns, tile::columns);
        const double panel_ns = 0.1 * static_cast<double>(s_.depth * tile::columns);
        ctx_.parallel_for(batches * panels, panel_ns, [&](std::size_t i, std::size_t last) {
            for (; i < last; ++i) {
                const std::size_t at = i % panels * tile::columns;
                const matrix<const T> b = s_.matrix_b(b_ + s_.batch(first_batch + i / panels).b);
                pack_panel<C, T>({b.at(0, column + at), b.row_step, b.column_step}, s_.depth,
                                 smaller_of(tile::columns, columns - at),
                                 packed_ + (i / panels * packed_panels_ + i % panels) * s_.depth *
                                               tile::columns);
            }
        });
    }

    // Blocks of rows, and of columns where there are few rows.
    void compute(std::size_t first_batch, std::size_t batches, std::size_t column,
                 std::size_t columns) {
        const std::size_t down = pieces_of(s_.rows, row_block_);
        std::size_t width = columns;
        if (s_.rows <= unpacked_rows && columns > 4 * tile::columns) width = 4 * tile::columns;
        const std::size_t across = pieces_of(columns, width), each = down * across;
        const double task_ns = 0.025 * static_cast<double>(row_block_ * width) *
                               static_cast<double>(s_.depth * sizeof(C) / 4 + 1);
        ctx_.parallel_for(batches * each, task_ns, [&](std::size_t i, std::size_t last) {
            for (; i < last && !ctx_.stop_requested(); ++i) {
                block work;
                work.batch = first_batch + i / each;
                work.packed = packed_ + i / each * packed_panels_ * s_.depth * tile::columns;
                work.row = i % each % down * row_block_;
                work.rows = smaller_of(row_block_, s_.rows - work.row);
                work.column = column + i % each / down * width;
                work.columns = smaller_of(width, column + columns - work.column);
                work.first_packed = column;
                multiply_block(work);
            }
        });
    }

    struct block {
        std::size_t batch, row, rows, column, columns;
        const C* packed;
        std::size_t first_packed;  // column
    };

    void multiply_block(const block& work) const {
        alignas(64) C copied[block_bytes / sizeof(C)];
        const matmul_batch at = s_.batch(work.batch);
        const matrix<const T> a = s_.matrix_a(a_ + at.a);
        const std::size_t width =
            pieces_of(cached_bytes / sizeof(C) / depth_block, tile::columns) * tile::columns;
        for (std::size_t k = 0; k < s_.depth; k += depth_block) {
            const std::size_t depth = smaller_of(depth_block, s_.depth - k);
            const left_block<C> left =
                left_of({a.at(work.row, k), a.row_step, a.column_step}, work, depth,
                        copied_ == nullptr ? copied : copied_ + work.row * depth_block);
            for (std::size_t j = 0; j < work.columns; j += width)
                multiply_columns(work, left, depth, k, j, smaller_of(width, work.columns - j),
                                 b_ + at.b, sums_ + at.out + work.row * s_.columns + work.column);
        }
        if constexpr (!std::is_same_v<T, C>)
            for (std::size_t r = 0; r < work.rows; ++r) {
                const std::size_t first = at.out + (work.row + r) * s_.columns + work.column;
                for (std::size_t i = first; i < first + work.columns; ++i)
                    out_[i] = static_cast<T>(sums_[i]);
            }
        finish_(at.out + work.row * s_.columns + work.column, work.rows, work.columns, s_.columns);
    }

    // The rows of a block as they are, or copied where they are read often or have to be converted.
    left_block<C> left_of(const matrix<const T>& a, const block& work, std::size_t depth,
                          C* to) const {
        if constexpr (std::is_same_v<T, C>)
            if (work.columns <= 4 * tile::columns || work.rows == 1)
                return {a.data, a.row_step, a.column_step};
        return copy_block<C, T>(a, work.rows, depth, to);
    }

    // `columns` columns of a block, which fit in the second cache, from its column j.
    void multiply_columns(const block& work, const left_block<C>& left, std::size_t depth,
                          std::size_t k, std::size_t j, std::size_t columns, const T* b,
                          C* sums) const {
        tile_product<C> t{};
        t.a_row = left.row_step, t.a_depth = left.depth_step;
        t.depth = depth;
        t.out_row = s_.columns;
        t.mode = k > 0 ? tile_mode::add : tile_mode::set;
        for (std::size_t r = 0; r < work.rows; r += height_) {
            const std::size_t rows = smaller_of(height_, work.rows - r);
            const std::size_t step =
                !packs_b_ && rows <= tile::few_rows ? tile::wide_columns : tile::columns;
            t.a = left.data + r * left.row_step;
            for (std::size_t c = j; c < j + columns;) {
                std::size_t width = smaller_of(step, j + columns - c);
                if (width < step) width = tile_width<C>(width, !packs_b_);
                if (packs_b_) {
                    t.b = work.packed + k * tile::columns +
                          (work.column + c - work.first_packed) * s_.depth;
                    t.b_row = tile::columns;
                } else if constexpr (std::is_same_v<T, C>) {
                    t.b = b + k * s_.b_row + work.column + c;
                    t.b_row = s_.b_row;
                }
                t.out = sums + r * s_.columns + c;
                if (width % tile::columns == 0 || width == tile::lanes || width == tile::half)
                    tile_function_of<C>(rows, width)(t);
                else
                    multiply_edge(t, rows, width, s_.depth - k);
                c += width;
            }
        }
    }
    // A tile with columns that do not exist. Unpacked rows of b go on in the next row, whose
    // elements take part in sums that nobody wants; rows that would go on behind the last one,
    // `rows_left` below the first, are copied.
    void multiply_edge(const tile_product<C>& whole, std::size_t rows, std::size_t width,
                       std::size_t rows_left) const {
        const std::size_t columns = width <= tile::half    ? tile::half
                                    : width <= tile::lanes ? tile::lanes
                                                           : tile::columns;
        C square[tile::rows * tile::columns], last_rows[tile::columns * tile::columns];
        tile_product<C> t = whole;
        t.out = square, t.out_row = tile::columns, t.mode = tile_mode::set;
        if (!packs_b_) {
            const std::size_t beyond = pieces_of(columns - width, t.b_row);
            const std::size_t safe = rows_left > beyond ? rows_left - beyond : 0;
            t.depth = smaller_of(whole.depth, safe);
        }
        const tile_function<C> multiply = tile_function_of<C>(rows, columns);
        multiply(t);
        if (const std::size_t left = whole.depth - t.depth; left > 0) {
            pack_panel<C, C>({t.b + t.depth * t.b_row, t.b_row, 1}, left, width, last_rows);
            t.a += t.depth * t.a_depth;
            t.b = last_rows, t.b_row = tile::columns;
            t.depth = left, t.mode = tile_mode::resume;
            multiply(t);
        }
        for (std::size_t r = 0; r < rows; ++r) {
            C* const sums = whole.out + r * whole.out_row;
            const C* const last = square + r * tile::columns;
            if (whole.mode == tile_mode::set)
                copy_elements(last, width, sums);
            else
                for (std::size_t c = 0; c < width; ++c) sums[c] = wrapping_add(sums[c], last[c]);
        }
    }

    context_base& ctx_;
    const matmul_sizes& s_;
    const T *a_, *b_;
    T* out_;
    const write_back& finish_;
    C* sums_ = nullptr;
    C* packed_ = nullptr;
    C* copied_ = nullptr;  // blocks of a that are too large for the stack
    std::size_t packed_panels_ = 0;
    std::size_t height_ = 1, row_block_ = 1;
    bool packs_b_ = false;
};

// The product by what is in this file.
template <class T>
void multiply_in_tiles(context_base& ctx, const matmul_sizes& sizes, const T* a, const T* b, T* out,
                       const write_back& finish) {
    matmul_sizes s = sizes;
    if (s.batches() * s.rows * s.columns == 0) return;
    if constexpr (std::is_floating_point_v<T> && std::is_same_v<T, compute_t<T>>)
        if (!s.is_thin() && is_small<T>(s))
            return multiply_small<T>(ctx, s, a, b, out, finish);
    if (!s.is_thin()) return product<T>(ctx, s, a, b, out, finish).run();
    if (s.columns < s.rows)
        s.transpose(), multiply_thin<T>(ctx, s, b, a, out, finish);
    else
        multiply_thin<T>(ctx, s, a, b, out, finish);
}

}  // namespace detail

template <class T>
void multiply(context_base& ctx, const matmul_sizes& sizes, const T* a, const T* b, T* out,
              const write_back& finish) {
    detail::multiply_in_tiles<T>(ctx, sizes, a, b, out, finish);
}

}  // namespace weft
