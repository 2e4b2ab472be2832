// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How tensors are transposed. Elements are words of 1 to 16 bytes, so this is compiled once,
// without types. Where neighbours in the operand are far apart in the result, squares of words are
// turned in registers, so that whole cache lines are read and written: lines a power of two apart
// share so few places in the caches that what is left of them would be gone before it is wanted.
#pragma once

#include <weft/kernel/pack.hpp>
#include <weft/kernel/lane_order.hpp>
#include <weft/ops/transpose.hpp>
#include <weft/ops/transposition.hpp>

namespace weft {

namespace detail {

// Lanes of a square of words: those of a register, but not more than 16, whose rows fit the
// registers.
template <class Word>
constexpr int square_lanes() {
    const int lanes = register_bytes / static_cast<int>(sizeof(Word));
    return lanes < 2 || !std::is_integral_v<Word> ? 1 : lanes > 16 ? 16 : lanes;
}

// One of the steps of a transposition, which are log2(N): of every two groups of `distance` lanes,
// the first one is kept and takes the other row's first as its second; or the other way round.
template <int N, int distance>
struct first_groups {
    static constexpr int lane(int i) { return (i & distance) != 0 ? N + i - distance : i; }
};
template <int N, int distance>
struct second_groups {
    static constexpr int lane(int i) { return (i & distance) != 0 ? N + i : i + distance; }
};
template <class Word, int N, int distance>
[[gnu::always_inline]] inline void turn_square(typename register_of<Word, N>::type* rows) {
    if constexpr (distance > 0) {
        for (int row = 0; row < N; ++row)
            if ((row & distance) == 0) {
                const auto a = rows[row], b = rows[row + distance];
                rows[row] = reorder_lanes<first_groups<N, distance>, N>(a, b);
                rows[row + distance] = reorder_lanes<second_groups<N, distance>, N>(a, b);
            }
        turn_square<Word, N, distance / 2>(rows);
    }
}

// A square of N by N words: to[r * row_step + c] = from[r + c * column_step].
template <class Word, int N>
[[gnu::always_inline]] inline void transpose_square(const Word* from, std::size_t column_step,
                                                    Word* to, std::size_t row_step) {
    typename register_of<Word, N>::type rows[N];
    for (std::size_t c = 0; c < N; ++c)
        std::memcpy(&rows[c], from + c * column_step, sizeof rows[c]);
    turn_square<Word, N, N / 2>(rows);
    for (std::size_t r = 0; r < N; ++r) std::memcpy(to + r * row_step, &rows[r], sizeof rows[r]);
}

// What words are is not what elements are: they are moved by memcpy.
template <class Word>
[[gnu::always_inline]] inline void copy_word(const Word* from, Word* to) {
    std::memcpy(static_cast<void*>(to), from, sizeof(Word));
}

// Copies `rows` neighbours in the operand, which go row_step apart in the result.
template <class Word>
void transpose_rows(const Word* from, std::size_t column_step, Word* to, std::size_t row_step,
                    std::size_t rows, std::size_t columns) {
    if (column_step == 1) {  // one row, as it is
        std::memcpy(static_cast<void*>(to), from, columns * sizeof(Word));
        return;
    }
    constexpr int lanes = square_lanes<Word>();
    constexpr std::size_t side = static_cast<std::size_t>(lanes);
    std::size_t c = 0;
    if constexpr (lanes > 1)
        for (; c + side <= columns; c += side) {
            const Word* const column = from + c * column_step;
            std::size_t r = 0;
            for (; r + side <= rows; r += side)
                transpose_square<Word, lanes>(column + r, column_step, to + r * row_step + c,
                                              row_step);
            for (; r < rows; ++r)
                for (std::size_t i = 0; i < side; ++i)
                    copy_word(column + i * column_step + r, to + r * row_step + c + i);
        }
    for (; c < columns; ++c)
        for (std::size_t r = 0; r < rows; ++r)
            copy_word(from + r + c * column_step, to + r * row_step + c);
}

// Sides of a tile in bytes: what is read of each row of the operand, and written to each of the
// result. Long reads and fewer rows of them cost the least, measured on a matrix of 2048 x 2048.
inline constexpr std::size_t transpose_read = 2048, transpose_written = 256;

template <class Word>
void transpose_words(context_base& ctx, const dims& shape, const dims& order, const Word* in,
                     Word* out) {
    const transposition t(shape, order);
    const std::size_t across = t.contiguous();
    const transposition::axis last = t.axes[t.rank - 1];
    const transposition::axis rows =
        across == t.rank ? transposition::axis{1, 0, 0} : t.axes[across];
    constexpr std::size_t rows_of_tile = transpose_read / sizeof(Word);
    // A tile that is not turned is copied row by row.
    const std::size_t most_columns =
        across == t.rank ? last.extent : transpose_written / sizeof(Word);
    const std::size_t height = rows.extent < rows_of_tile ? rows.extent : rows_of_tile;
    const std::size_t width = last.extent < most_columns ? last.extent : most_columns;
    const std::size_t down = (rows.extent + height - 1) / height;
    const std::size_t along = (last.extent + width - 1) / width;
    const std::size_t outer = shape.size() / last.extent / rows.extent;
    const auto transpose_tiles = [&](std::size_t task, std::size_t end) {
        for (; task < end; ++task) {
            const std::size_t column = task % along * width, row = task / along % down * height;
            std::size_t rest = task / along / down;
            const Word* from = in + row * rows.from + column * last.from;
            Word* to = out + row * rows.to + column;
            for (std::size_t i = t.rank - 1; i-- > 0;) {
                if (i == across) continue;
                from += rest % t.axes[i].extent * t.axes[i].from;
                to += rest % t.axes[i].extent * t.axes[i].to;
                rest /= t.axes[i].extent;
            }
            const std::size_t below = rows.extent - row, right = last.extent - column;
            transpose_rows(from, last.from, to, rows.to, below < height ? below : height,
                           right < width ? right : width);
        }
    };
    ctx.parallel_for(outer * down * along, 5 + 0.5 * static_cast<double>(height * width),
                     transpose_tiles);
}

}  // namespace detail

WEFT_SOURCE void detail::transpose_bytes(context_base& ctx, const dims& shape, const dims& order,
                                         std::size_t element_bytes, const void* in, void* out) {
    struct pair {
        std::uint64_t first, second;
    };
    const auto run = [&]<class Word>(const Word* from) {
        transpose_words(ctx, shape, order, from, static_cast<Word*>(out));
    };
    if (shape.size() == 0) return;
    switch (element_bytes) {
        case 1: return run(static_cast<const std::uint8_t*>(in));
        case 2: return run(static_cast<const std::uint16_t*>(in));
        case 4: return run(static_cast<const std::uint32_t*>(in));
        case 8: return run(static_cast<const std::uint64_t*>(in));
        default: return run(static_cast<const pair*>(in));
    }
}

}  // namespace weft
