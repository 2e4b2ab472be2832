// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Rows that some lanes of a warp, or a block, keep in registers, so that each element is read
// once: E elements of each thread, in vectors of N that the threads take in turn. Rows whose
// length is no multiple of a vector's are read with N = 1. Knows nothing of what is made of rows.
#pragma once

#include "lanes.hpp"

#include <weft/cuda/launch.hpp>

namespace weft::cuda {

// Elements that a thread keeps of a short and of a long row.
inline constexpr int short_share = 8, long_share = 32;

// How rows of n are divided: `width` threads for each one.
struct row_division {
    std::size_t rows = 0, n = 0;
    unsigned width = 1;
    bool aligned = false;

    row_division(std::size_t count, std::size_t length) : rows(count), n(length) {
        const std::size_t of_short = (n + short_share - 1) / short_share;
        width = of_short <= 32         ? static_cast<unsigned>(power_of_two(of_short))
                : n <= 32 * long_share ? 32
                                       : row_threads;
    }
    bool is_short() const { return n <= 32 * short_share; }
    bool is_kept() const { return n <= row_threads * long_share; }
    unsigned blocks(const context<gpu>& ctx) const {
        return blocks_for(ctx, rows, row_threads / width);
    }
    WEFT_DEVICE unsigned lane() const { return threadIdx.x & (width - 1); }
    WEFT_DEVICE std::size_t together() const { return row_threads / width; }
    // Where this thread's element k is in its row; k is the first of a vector of N.
    template <int N>
    WEFT_DEVICE std::size_t place(int k) const {
        return (static_cast<std::size_t>(k / N) * width + lane()) * N;
    }
};

// Elements [at, at + N) of a row as numbers; `outside` those beyond its end.
template <int N, class T, class C>
WEFT_DEVICE void read_numbers(const T* row, std::size_t at, bool inside, bool aligned, C outside,
                              C* to) {
    if (inside) {
        const auto v = load_vector<N>(row + at, aligned);
        for (int i = 0; i < N; ++i) to[i] = computed(v.at[i]);
    } else {
        for (int i = 0; i < N; ++i) to[i] = outside;
    }
}

struct by_addition {
    template <class V>
    static WEFT_DEVICE V combine(V a, V b) {
        return a + b;
    }
};
struct by_maximum {
    template <class V>
    static WEFT_DEVICE V combine(V a, V b) {
        return maximum(a, b);
    }
};

}  // namespace weft::cuda
