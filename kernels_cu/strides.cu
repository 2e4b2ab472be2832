// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Copies that walk through an operand with strides: broadcasts and transpositions, after axes that
// are walked through as one have been merged. Where neighbours in the operand are far apart in the
// result, a block turns a tile in shared memory, so that it reads and writes whole rows of it; the
// tile has the form that the sizes ask for, down to a few rows of many elements.
#include "words.hpp"

#include <weft/cuda/arrays.hpp>
#include <weft/ops/transposition.hpp>

namespace weft::cuda {

namespace {

// Where strides lead in the operand from element i of the result on.
struct strided_index {
    quotient extent[max_rank];
    std::size_t stride[max_rank];
    unsigned rank;

    WEFT_DEVICE std::size_t offset(std::size_t i) const {
        std::size_t at = 0;
        for (unsigned axis = rank; axis-- > 1;) {
            const std::size_t whole = extent[axis].divide(i);
            at += (i - whole * extent[axis].by()) * stride[axis];
            i = whole;
        }
        return at + i * stride[0];
    }
};

template <class Word>
struct stride_finder {
    const Word* in;
    Word* out;
    Word other;
    strided_index index;

    WEFT_DEVICE word_place<Word> find(std::size_t i) const {
        return {in + index.offset(i), out + i};
    }
};

// The same where an element stands for a whole row: all of a store is one element.
template <class T>
struct repeating_maker {
    const T* in;
    strided_index index;  // of stores

    WEFT_DEVICE void make(std::size_t first, std::size_t, T* elements) const {
        const T element = __ldg(in + index.offset(first / elements_of_store<T>));
        for (std::size_t k = 0; k < elements_of_store<T>; ++k) elements[k] = element;
    }
};

// A loop over a result with the strides of its one operand, in elements.
struct strided_loop {
    std::size_t rank = 1;
    std::size_t extent[max_rank] = {1};
    std::size_t stride[max_rank] = {};
    std::size_t size = 1;

    // In words of `by` elements along the last axis; all other strides are theirs too.
    strided_index in_words(std::size_t by) const {
        strided_index to{};
        to.rank = static_cast<unsigned>(rank);
        for (std::size_t axis = 0; axis < rank; ++axis) {
            const bool last = axis == rank - 1;
            to.extent[axis] = quotient(last ? extent[axis] / by : extent[axis], size / by);
            to.stride[axis] = last ? stride[axis] : stride[axis] / by;
        }
        return to;
    }
};

// Each element of the operand to a row of the result.
void repeat_elements(context<gpu>& ctx, const strided_loop& l, const void* in, void* out,
                     std::size_t element_bytes) {
    with_word(element_bytes, [&](auto word) {
        using Word = decltype(word);
        if constexpr (elements_of_store < Word >> 1) {
            strided_index index = l.in_words(elements_of_store<Word>);
            for (std::size_t axis = 0; axis < l.rank; ++axis) index.stride[axis] = l.stride[axis];
            const repeating_maker<Word> maker{static_cast<const Word*>(in), index};
            launch_write(ctx, maker, static_cast<Word*>(out), l.size);
        }
    });
}

void copy_strided(context<gpu>& ctx, const strided_loop& l, const void* in, void* out,
                  std::size_t element_bytes) {
    const std::size_t last = l.rank - 1;
    word_width width;
    width.fit(out).fit(l.extent[last] * element_bytes);
    if (l.stride[last] == 0 && width.bytes() == sizeof(widest_word))
        return repeat_elements(ctx, l, in, out, element_bytes);
    width.fit(in);
    for (std::size_t axis = 0; axis < last; ++axis) width.fit(l.stride[axis] * element_bytes);
    const std::size_t bytes = l.stride[last] == 1 ? width.bytes() : element_bytes;
    with_word(bytes, [&](auto word) {
        using Word = decltype(word);
        const stride_finder<Word> finder{static_cast<const Word*>(in), static_cast<Word*>(out),
                                         Word{}, l.in_words(bytes / element_bytes)};
        launch_move<Word>(ctx, finder, l.size * element_bytes / bytes);
    });
}

// A tile's memory, and the axes besides the two that it is cut from.
constexpr std::size_t tile_bytes = 9216;
constexpr std::size_t most_others = max_rank - 2;

struct tile_plan {
    std::size_t rows, columns;          // of a matrix
    std::size_t column_step, row_step;  // from one to the next, in the operand and in the result
    divider height, width;              // of a tile
    unsigned pitch;                     // of its rows: odd, so that columns are in all banks
    quotient down, along;               // tiles of a matrix
    quotient extent[most_others];
    std::size_t from[most_others], to[most_others];
    unsigned others;
    std::size_t tiles;
};

// Where a tile is: the first element in the operand and in the result, and how many rows and
// columns of the matrix there are from it on.
template <class Word>
struct tile_place {
    const Word* from;
    Word* to;
    std::size_t rows, columns;

    WEFT_DEVICE tile_place(const tile_plan& p, const Word* in, Word* out, std::size_t tile) {
        std::size_t rest = p.along.divide(tile);
        const std::size_t column = (tile - rest * p.along.by()) * p.width.by;
        std::size_t next = p.down.divide(rest);
        const std::size_t row = (rest - next * p.down.by()) * p.height.by;
        from = in + row + column * p.column_step;
        to = out + row * p.row_step + column;
        rows = p.rows - row;
        columns = p.columns - column;
        for (unsigned axis = 0; axis < p.others; ++axis, next = rest) {
            rest = p.extent[axis].divide(next);
            from += (next - rest * p.extent[axis].by()) * p.from[axis];
            to += (next - rest * p.extent[axis].by()) * p.to[axis];
        }
    }
};

// The elements that a thread has of a tile, by rows or by columns: where the next one is takes an
// addition, not a division.
struct tile_walk {
    unsigned at, line;  // place in a line of the tile, and which line
    unsigned extent, step, lines;

    WEFT_DEVICE explicit tile_walk(const divider& length) : extent(length.by) {
        line = length.divide(threadIdx.x);
        at = threadIdx.x - line * extent;
        lines = length.divide(word_threads);
        step = word_threads - lines * extent;
    }
    WEFT_DEVICE void go_on() {
        at += step;
        line += lines;
        if (at >= extent) {
            at -= extent;
            ++line;
        }
    }
};

// Turns tile after tile: neighbours in a row of the operand are neighbours in a column of the
// result.
template <class Word>
__global__ void __launch_bounds__(word_threads)
    turn_tiles(const __grid_constant__ tile_plan p, const Word* in, Word* out) {
    __shared__ Word tile[tile_bytes / sizeof(Word)];
    constexpr unsigned nowhere = tile_bytes;
    for (std::size_t t = blockIdx.x; t < p.tiles; t += gridDim.x) {
        const tile_place<Word> place(p, in, out, t);
        for (tile_walk read(p.height); read.line < p.width.by;) {
            Word words[words_under_way];
            unsigned to[words_under_way];
            for (unsigned k = 0; k < words_under_way; ++k, read.go_on()) {
                const unsigned r = read.at, c = read.line;
                const bool inside = c < p.width.by && r < place.rows && c < place.columns;
                to[k] = inside ? r * p.pitch + c : nowhere;
                if (inside) words[k] = __ldg(place.from + r + c * p.column_step);
            }
            for (unsigned k = 0; k < words_under_way; ++k)
                if (to[k] != nowhere) tile[to[k]] = words[k];
        }
        __syncthreads();
        for (tile_walk written(p.width); written.line < p.height.by; written.go_on()) {
            const unsigned r = written.line, c = written.at;
            if (r < place.rows && c < place.columns)
                place.to[r * p.row_step + c] = tile[r * p.pitch + c];
        }
        __syncthreads();
    }
}

std::size_t smaller(std::size_t a, std::size_t b) { return a < b ? a : b; }
std::size_t parts_of(std::size_t n, std::size_t of) { return (n + of - 1) / of; }

// `n` where it is all that there is; else a multiple of a warp.
std::size_t side(std::size_t n, std::size_t all) { return n < all ? n / 32 * 32 : all; }

tile_plan plan_tiles(const transposition& t, std::size_t across, std::size_t element_bytes) {
    const transposition::axis rows = t.axes[across], columns = t.axes[t.rank - 1];
    const std::size_t capacity = tile_bytes / element_bytes;
    tile_plan p{};
    p.rows = rows.extent;
    p.columns = columns.extent;
    p.column_step = columns.from;
    p.row_step = rows.to;
    std::size_t height = smaller(p.rows, element_bytes < 4 ? 64 : 32);
    const std::size_t width = side(smaller(p.columns, capacity / height - 1), p.columns);
    p.pitch = static_cast<unsigned>(width | 1);
    if (width == p.columns) {
        const std::size_t higher = side(smaller(p.rows, capacity / p.pitch), p.rows);
        if (higher > height) height = higher;
    }
    p.height = divider(height);
    p.width = divider(width);
    p.tiles = parts_of(p.rows, height) * parts_of(p.columns, width);
    for (std::size_t axis = t.rank - 1; axis-- > 0;)
        if (axis != across) p.tiles *= t.axes[axis].extent;
    p.down = quotient(parts_of(p.rows, height), p.tiles);
    p.along = quotient(parts_of(p.columns, width), p.tiles);
    for (std::size_t axis = t.rank - 1; axis-- > 0;) {
        if (axis == across) continue;
        p.extent[p.others] = quotient(t.axes[axis].extent, p.tiles);
        p.from[p.others] = t.axes[axis].from;
        p.to[p.others++] = t.axes[axis].to;
    }
    return p;
}

// Matrices with fewer elements are read from the cache, element by element.
constexpr std::size_t smallest_matrix = 256;

}  // namespace

void broadcast_elements(context<gpu>& ctx, const void* in, const dims& from, void* out,
                        const dims& to, std::size_t element_bytes) {
    const std::size_t size = to.size();
    if (size == 0) return;
    loop_operand operand{static_cast<const char*>(in), element_bytes, false, false, {}};
    const dims* const shapes[] = {&from};
    strided_loop l;
    const loop_shape loop = plan_loop(to, &operand, shapes, 1);
    l.rank = loop.rank;
    l.size = size;
    for (std::size_t axis = 0; axis < loop.rank; ++axis) {
        l.extent[axis] = loop.extent[axis];
        l.stride[axis] = operand.stride[axis];
    }
    copy_strided(ctx, l, in, out, element_bytes);
}

void transpose_elements(context<gpu>& ctx, const void* in, const dims& shape, const dims& order,
                        void* out, std::size_t element_bytes) {
    const std::size_t size = shape.size();
    if (size == 0) return;
    const transposition t(shape, order);
    if (t.rank == 1) return copy_elements(ctx, in, out, size, element_bytes);
    const std::size_t across = t.contiguous();
    if (across < t.rank && t.axes[across].extent * t.axes[t.rank - 1].extent >= smallest_matrix) {
        const tile_plan plan = plan_tiles(t, across, element_bytes);
        const unsigned blocks = blocks_for(ctx, plan.tiles, 1);
        return with_word(element_bytes, [&](auto word) {
            using Word = decltype(word);
            if constexpr (std::is_integral_v<Word>)
                launch(ctx, turn_tiles<Word>, blocks, word_threads, plan,
                       static_cast<const Word*>(in), static_cast<Word*>(out));
        });
    }
    strided_loop l;
    l.rank = t.rank;
    l.size = size;
    for (std::size_t axis = 0; axis < t.rank; ++axis) {
        l.extent[axis] = t.axes[axis].extent;
        l.stride[axis] = t.axes[axis].from;
    }
    copy_strided(ctx, l, in, out, element_bytes);
}

}  // namespace weft::cuda
