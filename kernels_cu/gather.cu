// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// gather: rows of words that an index names. Where an index is out of range nothing is read, zeros
// are written and the fault is reported.
#include "index_reader.hpp"
#include "words.hpp"

namespace weft::cuda {

namespace {

template <class Word>
struct gather_finder {
    const Word* in;
    Word* out;
    Word other;
    index_reader index;
    quotient inner, count;
    gpu_fault_place faults;

    WEFT_DEVICE word_place<Word> find(std::size_t i) const {
        const std::size_t row = inner.divide(i);
        const std::size_t outer = count.divide(row);
        const std::size_t at = row - outer * count.by();
        const std::size_t k = index[at];
        if (k == index.extent()) {
            index.report(faults, at);
            return {nullptr, out + i};
        }
        return {in + (outer * index.extent() + k) * inner.by() + (i - row * inner.by()), out + i};
    }
};

__global__ void __launch_bounds__(word_threads)
    check_all(index_reader index, std::size_t count, gpu_fault_place faults) {
    const std::size_t step = std::size_t{gridDim.x} * word_threads;
    for (std::size_t i = std::size_t{blockIdx.x} * word_threads + threadIdx.x; i < count; i += step)
        if (index[i] == index.extent()) index.report(faults, i);
}

}  // namespace

void check_index(context<gpu>& ctx, const index_values& index, std::size_t extent) {
    launch(ctx, check_all, blocks_for(ctx, index.count, word_threads), word_threads,
           index_reader(index, extent), index.count, ctx.faults());
}

void gather_elements(context<gpu>& ctx, const void* in, const axis_view& view,
                     const index_values& index, void* out, std::size_t element_bytes) {
    const std::size_t rows = view.outer * index.count;
    if (rows == 0) return;
    const index_reader reader(index, view.n);
    if (view.inner == 0) return check_index(ctx, index, view.n);
    word_width width;
    width.fit(in).fit(out).fit(view.inner * element_bytes);
    with_word(width.bytes(), [&](auto word) {
        using Word = decltype(word);
        const std::size_t inner = view.inner * element_bytes / sizeof(Word);
        const std::size_t size = rows * inner;
        const gather_finder<Word> finder{
            static_cast<const Word*>(in), static_cast<Word*>(out),     Word{},      reader,
            quotient(inner, size),        quotient(index.count, size), ctx.faults()};
        launch_move<Word>(ctx, finder, size);
    });
}

}  // namespace weft::cuda
