// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Elements that are made of their position alone, or of an index's: zeros, ones, full, eye, iota,
// one_hot. Each thread makes 16 bytes at a time.
#include "index_reader.hpp"
#include "words.hpp"

#include <weft/cuda/sources.hpp>

namespace weft::cuda {

namespace {

template <class Word>
struct filling {
    Word word;

    WEFT_DEVICE void make(std::size_t, std::size_t, Word* words) const {
        for (std::size_t k = 0; k < elements_of_store<Word>; ++k) words[k] = word;
    }
};

template <class T>
struct counting {
    WEFT_DEVICE void make(std::size_t first, std::size_t, T* elements) const {
        for (std::size_t k = 0; k < elements_of_store<T>; ++k)
            elements[k] = element_from<T>(first + k);
    }
};

// Ones where row and column are the same, or where the index of a row says.
template <class Word>
struct marking {
    Word one;
    quotient columns;
    index_reader labels;
    bool labelled;

    WEFT_DEVICE std::size_t mark(std::size_t row) const { return labelled ? labels[row] : row; }
    WEFT_DEVICE void make(std::size_t first, std::size_t count, Word* words) const {
        std::size_t row = columns.divide(first);
        std::size_t column = first - row * columns.by();
        std::size_t marked = mark(row);
        for (std::size_t k = 0; k < elements_of_store<Word>; ++k) {
            words[k] = column == marked ? one : Word{};
            if (++column < columns.by() || k + 1 >= count) continue;
            column = 0;
            marked = mark(++row);
        }
    }
};

}  // namespace

void fill_elements(context<gpu>& ctx, const void* element, void* out, std::size_t size,
                   std::size_t element_bytes) {
    with_word(element_bytes, [&](auto word) {
        using Word = decltype(word);
        launch_write(ctx, filling<Word>{repeated<Word>(element, element_bytes)},
                     static_cast<Word*>(out), size);
    });
}

void fill_diagonal(context<gpu>& ctx, const void* element, void* out, std::size_t rows,
                   std::size_t columns, std::size_t element_bytes) {
    const std::size_t size = rows * columns;
    if (size == 0) return;
    with_word(element_bytes, [&](auto word) {
        using Word = decltype(word);
        const marking<Word> maker{
            repeated<Word>(element, element_bytes), quotient(columns, size), {}, false};
        launch_write(ctx, maker, static_cast<Word*>(out), size);
    });
}

void one_hot(context<gpu>& ctx, const index_values& index, std::size_t depth, const void* one,
             void* out, std::size_t element_bytes) {
    const std::size_t size = index.count * depth;
    if (size == 0) return;
    with_word(element_bytes, [&](auto word) {
        using Word = decltype(word);
        const marking<Word> maker{repeated<Word>(one, element_bytes), quotient(depth, size),
                                  index_reader(index, depth), true};
        launch_write(ctx, maker, static_cast<Word*>(out), size);
    });
}

template <class T>
void write_numbers(context<gpu>& ctx, T* out, std::size_t size) {
    launch_write(ctx, counting<T>{}, out, size);
}

template void write_numbers(context<gpu>&, float*, std::size_t);
template void write_numbers(context<gpu>&, double*, std::size_t);
template void write_numbers(context<gpu>&, half*, std::size_t);
template void write_numbers(context<gpu>&, bfloat16*, std::size_t);
template void write_numbers(context<gpu>&, std::int8_t*, std::size_t);
template void write_numbers(context<gpu>&, std::int16_t*, std::size_t);
template void write_numbers(context<gpu>&, std::int32_t*, std::size_t);
template void write_numbers(context<gpu>&, std::int64_t*, std::size_t);
template void write_numbers(context<gpu>&, std::uint8_t*, std::size_t);
template void write_numbers(context<gpu>&, std::uint16_t*, std::size_t);
template void write_numbers(context<gpu>&, std::uint32_t*, std::size_t);
template void write_numbers(context<gpu>&, std::uint64_t*, std::size_t);

}  // namespace weft::cuda
