// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What kernels that move elements are made of: words of 1 to 16 bytes, the widest that fits where
// data begin and how far apart they are, and the loops over words that are read or made. In each
// loop a thread has several words under way before it writes the first. Knows no op.
#pragma once

#include <weft/cuda/launch.hpp>
#include <weft/cuda/loop_index.hpp>

#include <cstring>

namespace weft::cuda {

inline constexpr unsigned word_threads = 256;
inline constexpr unsigned words_under_way = 4;
using widest_word = uint4;

// Division by a number of the host's, of numbers below `size`: by multiplication, for which large
// ones need 64 bits. The device has no instruction that divides.
class quotient {
public:
    quotient() = default;
    quotient(std::size_t by, std::size_t size)
        : by_(by), narrow_(size < (std::size_t{1} << 31) && by < (std::size_t{1} << 31)) {
        if (narrow_) {
            of_ = divider(by);
        } else {
            __extension__ using twice = unsigned __int128;
            while (shift_ < 63 && (std::size_t{1} << shift_) < by) ++shift_;
            const twice over = (twice{1} << shift_) - by;
            factor_ = static_cast<std::uint64_t>((over << 64) / by + 1);
        }
    }
    WEFT_DEVICE std::size_t divide(std::size_t n) const {
        if (narrow_) return of_.divide(static_cast<std::uint32_t>(n));
        return (__umul64hi(n, factor_) + n) >> shift_;
    }
    WEFT_DEVICE std::size_t by() const { return by_; }

private:
    std::size_t by_ = 1;
    std::uint64_t factor_ = 0;
    divider of_;
    unsigned shift_ = 0;
    bool narrow_ = true;
};

// The widest word that divides addresses and distances in bytes.
class word_width {
public:
    explicit word_width(std::size_t widest = sizeof(widest_word)) : seen_(widest) {}
    word_width& fit(std::size_t bytes) {
        seen_ |= bytes;
        return *this;
    }
    word_width& fit(const void* address) { return fit(reinterpret_cast<std::uintptr_t>(address)); }
    std::size_t bytes() const { return seen_ & (~seen_ + 1); }

private:
    std::size_t seen_;
};

// Calls f with a word of so many bytes.
template <class F>
void with_word(std::size_t bytes, F f) {
    switch (bytes) {
        case 1: return f(std::uint8_t{});
        case 2: return f(std::uint16_t{});
        case 4: return f(std::uint32_t{});
        case 8: return f(std::uint64_t{});
        default: return f(widest_word{});
    }
}

// A word made of an element of the host's, as often as it fits.
template <class Word>
Word repeated(const void* element, std::size_t element_bytes) {
    Word word;
    for (std::size_t at = 0; at < sizeof word; at += element_bytes)
        std::memcpy(reinterpret_cast<char*>(&word) + at, element, element_bytes);
    return word;
}

// Where a word comes from and goes; without `from` it is the finder's `other`.
template <class Word>
struct word_place {
    const Word* from;
    Word* to;
};

// Moves words [0, size): `finder.find(i)` gives the place of the i-th.
template <class Word, class Finder>
__global__ void __launch_bounds__(word_threads)
    move_words(const __grid_constant__ Finder finder, std::size_t size) {
    const std::size_t step = std::size_t{gridDim.x} * word_threads;
    std::size_t i = std::size_t{blockIdx.x} * word_threads + threadIdx.x;
    for (; i < size; i += step * words_under_way) {
        Word words[words_under_way];
        Word* to[words_under_way];
        for (unsigned k = 0; k < words_under_way; ++k) {
            to[k] = nullptr;
            if (i + k * step >= size) continue;
            const word_place<Word> place = finder.find(i + k * step);
            words[k] = place.from != nullptr ? __ldg(place.from) : finder.other;
            to[k] = place.to;
        }
        for (unsigned k = 0; k < words_under_way; ++k)
            if (to[k] != nullptr) *to[k] = words[k];
    }
}
template <class Word, class Finder>
void launch_move(context<gpu>& ctx, const Finder& finder, std::size_t size) {
    const unsigned blocks = blocks_for(ctx, size, word_threads * words_under_way);
    launch(ctx, move_words<Word, Finder>, blocks, word_threads, finder, size);
}

// Elements that are made are written so many at a time.
template <class T>
inline constexpr std::size_t elements_of_store = 16 / sizeof(T);
template <class T>
struct alignas(sizeof(T) * elements_of_store<T>) store_of {
    T element[elements_of_store<T>];
};

// Writes elements [0, size): `maker.make(first, count, elements)` makes those of one store.
template <class T, class Maker>
__global__ void __launch_bounds__(word_threads)
    write_made(const __grid_constant__ Maker maker, T* out, std::size_t size, bool aligned) {
    constexpr std::size_t width = elements_of_store<T>;
    const std::size_t step = std::size_t{gridDim.x} * word_threads * width;
    std::size_t i = (std::size_t{blockIdx.x} * word_threads + threadIdx.x) * width;
    for (; i < size; i += step) {
        const std::size_t left = size - i;
        store_of<T> made;
        maker.make(i, left < width ? left : width, made.element);
        if (aligned && left >= width) {
            *reinterpret_cast<store_of<T>*>(out + i) = made;
        } else {
            for (std::size_t k = 0; k < width; ++k)
                if (k < left) out[i + k] = made.element[k];
        }
    }
}
template <class T, class Maker>
void launch_write(context<gpu>& ctx, const Maker& maker, T* out, std::size_t size) {
    const bool aligned = reinterpret_cast<std::uintptr_t>(out) % sizeof(store_of<T>) == 0;
    const unsigned blocks = blocks_for(ctx, size, word_threads * elements_of_store<T>);
    launch(ctx, write_made<T, Maker>, blocks, word_threads, maker, out, size, aligned);
}

}  // namespace weft::cuda
