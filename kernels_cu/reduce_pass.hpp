// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Reductions on CUDA GPUs: a pass makes (outer, inner) of (outer, n, inner). Rows of neighbours are
// combined by some lanes of a warp or by a block, columns by threads that read neighbours. Where
// there are few results, n is cut into chunks, whose states a further pass combines. How work is
// divided depends on the shape alone, and nothing is added up atomically, so results are the same
// in every run.
#pragma once

#include "lanes.hpp"

#include <weft/cuda/launch.hpp>
#include <weft/ops/reduction_cut.hpp>

namespace weft::cuda {

// Where a pass writes: results, else states.
template <class R>
struct reduce_target {
    typename R::result* out;
    typename R::state* states;
    double divisor;

    WEFT_DEVICE void put(std::size_t at, const typename R::state& state) const {
        if (out != nullptr)
            out[at] = R::finish(state, divisor);
        else
            states[at] = state;
    }
};

// What a pass reads and how it is cut.
template <class R, class In>
struct reduce_work {
    const In* in;
    reduce_target<R> to;
    std::size_t outer, n, inner;
    std::size_t chunk = 1, chunks = 1;  // of n
    unsigned width = 1;                 // threads of a row, or side by side
    unsigned together = row_threads;    // rows of a block: row_threads / width
    std::size_t tiles = 1;              // of columns
    bool aligned = false;

    std::size_t pieces() const { return outer * chunks * tiles; }
};

// Elements become partials, states stay.
template <class R, class In>
WEFT_DEVICE auto lifted(const In& x, std::size_t at) {
    if constexpr (std::is_same_v<In, typename R::state>)
        return x;
    else
        return R::lift(x, at);
}
template <class R, class S>
WEFT_DEVICE typename R::state widened(const S& x) {
    if constexpr (std::is_same_v<S, typename R::state>)
        return x;
    else
        return R::widen(x);
}

// A vector's elements, the first of which has the number `at`.
template <class R, class In, int N>
WEFT_DEVICE typename R::state state_of_vector(const vector_of<In, N>& x, std::size_t at) {
    decltype(lifted<R>(x.at[0], at)) parts[N];
    for (int i = 0; i < N; ++i) parts[i] = lifted<R>(x.at[i], at + static_cast<std::size_t>(i));
    return widened<R>(combine_pairwise<R, N>(parts));
}

// What thread `lane` of a row's makes of `count` elements from the tensor's element `begin` on,
// which has the number `at` in its row.
template <class R, class In>
WEFT_DEVICE typename R::state state_of_lane(const reduce_work<R, In>& work, std::size_t begin,
                                            std::size_t count, std::size_t at, unsigned lane) {
    constexpr int N = vector_lanes<In>;
    const std::size_t width = work.width;
    std::size_t head = (N - begin % N) % N;
    if (head > count) head = count;
    const In* const x = work.in + begin;
    auto total = R::identity();
    for (std::size_t i = lane; i < head; i += width)
        total = R::combine(total, widened<R>(lifted<R>(x[i], at + i)));
    const std::size_t vectors = (count - head) / N;
    const In* const body = x + head;
    std::size_t v = lane;
    for (; v + 3 * width < vectors; v += 4 * width) {
        vector_of<In, N> four[4];
        for (std::size_t k = 0; k < 4; ++k)
            four[k] = load_vector<N>(body + (v + k * width) * N, work.aligned);
        for (std::size_t k = 0; k < 4; ++k)
            total = R::combine(total, state_of_vector<R>(four[k], at + head + (v + k * width) * N));
    }
    for (; v < vectors; v += width)
        total = R::combine(total, state_of_vector<R>(load_vector<N>(body + v * N, work.aligned),
                                                     at + head + v * N));
    for (std::size_t i = head + vectors * N + lane; i < count; i += width)
        total = R::combine(total, widened<R>(lifted<R>(x[i], at + i)));
    return total;
}

// inner is 1: `width` threads for each chunk of each row.
template <class R, class In>
__global__ void __launch_bounds__(row_threads)
    reduce_rows(const __grid_constant__ reduce_work<R, In> work) {
    __shared__ typename R::state shared[row_warps];
    const std::size_t pieces = work.outer * work.chunks, together = work.together;
    const unsigned lane = threadIdx.x & (work.width - 1);
    for (std::size_t first = blockIdx.x * together; first < pieces; first += gridDim.x * together) {
        const std::size_t piece = first + threadIdx.x * work.together / row_threads;
        auto state = R::identity();
        if (piece < pieces) {
            // Where there are chunks, there are no more than wanted_pieces.
            const std::size_t row = work.chunks == 1 ? piece
                                                     : static_cast<unsigned>(piece) /
                                                           static_cast<unsigned>(work.chunks);
            const std::size_t at = (piece - row * work.chunks) * work.chunk;
            const std::size_t left = work.n - at;
            state = state_of_lane(work, row * work.n + at, left < work.chunk ? left : work.chunk,
                                  at, lane);
        }
        state = combine_in_row<R>(state, work.width, shared);
        if (lane == 0 && piece < pieces) work.to.put(piece, state);
    }
}

// The states of N columns of `rows` rows, every `step`th, four at a time.
template <int N, class R, class In>
WEFT_DEVICE void add_columns(const reduce_work<R, In>& work, const In* x, std::size_t at,
                             std::size_t row, std::size_t rows, std::size_t step,
                             typename R::state* totals) {
    for (; row + 3 * step < rows; row += 4 * step) {
        vector_of<In, N> four[4];
        for (std::size_t k = 0; k < 4; ++k)
            four[k] = load_vector<N>(x + (row + k * step) * work.inner, work.aligned);
        for (int j = 0; j < N; ++j) {
            decltype(lifted<R>(*x, at)) parts[4];
            for (std::size_t k = 0; k < 4; ++k)
                parts[k] = lifted<R>(four[k].at[j], at + row + k * step);
            totals[j] = R::combine(totals[j], widened<R>(combine_pairwise<R, 4>(parts)));
        }
    }
    for (; row < rows; row += step) {
        const auto one = load_vector<N>(x + row * work.inner, work.aligned);
        for (int j = 0; j < N; ++j)
            totals[j] = R::combine(totals[j], widened<R>(lifted<R>(one.at[j], at + row)));
    }
}

// inner is more: a block has a tile of `width` times N columns, and rows for its other threads.
template <class R, class In, int N>
__global__ void __launch_bounds__(row_threads)
    reduce_columns(const __grid_constant__ reduce_work<R, In> work) {
    using state = typename R::state;
    __shared__ state shared[row_threads * N];
    const unsigned x = threadIdx.x & (work.width - 1), y = threadIdx.x / work.width;
    const unsigned height = row_threads / work.width;
    state* const own = shared + threadIdx.x * N;
    const std::size_t pieces = work.outer * work.chunks * work.tiles;
    for (std::size_t piece = blockIdx.x; piece < pieces; piece += gridDim.x) {
        const std::size_t above = piece / work.tiles, o = above / work.chunks;
        const std::size_t column = ((piece - above * work.tiles) * work.width + x) * N;
        const std::size_t at = (above - o * work.chunks) * work.chunk;
        const std::size_t left = work.n - at, rows = left < work.chunk ? left : work.chunk;
        state totals[N];
        for (int j = 0; j < N; ++j) totals[j] = R::identity();
        if (column < work.inner)
            add_columns<N>(work, work.in + (o * work.n + at) * work.inner + column, at, y, rows,
                           height, totals);
        for (int j = 0; j < N; ++j) own[j] = totals[j];
        __syncthreads();
        for (unsigned half = height / 2; half > 0; half /= 2) {
            if (y < half)
                for (int j = 0; j < N; ++j)
                    own[j] =
                        R::combine(own[j], own[half * work.width * N + static_cast<unsigned>(j)]);
            __syncthreads();
        }
        if (y == 0 && column < work.inner)
            for (int j = 0; j < N; ++j)
                work.to.put(above * work.inner + column + static_cast<std::size_t>(j), own[j]);
        __syncthreads();
    }
}

// Pieces that fill a GPU, and elements that a chunk is worth.
inline constexpr std::size_t wanted_pieces = 1024, least_chunk = 8192;

template <class R, class In>
void cut_into_chunks(reduce_work<R, In>& work, std::size_t pieces, std::size_t least) {
    std::size_t chunks = pieces == 0 ? 1 : wanted_pieces / pieces;
    if (chunks > work.n / least) chunks = work.n / least;
    if (chunks < 2) chunks = 1;
    work.chunk = (work.n + chunks - 1) / chunks;
    if (chunks > 1) work.chunk = (work.chunk + 15) / 16 * 16;
    work.chunks = work.chunk == 0 ? 1 : (work.n + work.chunk - 1) / work.chunk;
}

template <class R, class In>
void launch_rows(context<gpu>& ctx, reduce_work<R, In>& work) {
    constexpr int N = vector_lanes<In>;
    const std::size_t vectors = (work.chunk + N - 1) / N;
    const std::size_t most = work.outer >= 2048 ? 512 : 128;  // of a warp
    work.width = vectors > most ? row_threads : static_cast<unsigned>(power_of_two(vectors / 4));
    if (vectors <= most && work.width > 32) work.width = 32;
    work.together = row_threads / work.width;
    work.aligned = is_aligned<N>(work.in);
    const unsigned blocks = blocks_for(ctx, work.pieces(), work.together);
    launch(ctx, reduce_rows<R, In>, blocks, row_threads, work);
}

// Columns of a thread: 16 bytes of elements, but no more than 64 of states.
template <class R, class In>
inline constexpr int columns_of_thread =
    static_cast<int>(64 / sizeof(typename R::state)) < vector_lanes<In>
        ? static_cast<int>(64 / sizeof(typename R::state))
        : vector_lanes<In>;

template <class R, class In>
void set_columns(reduce_work<R, In>& work, std::size_t columns) {
    const std::size_t across = power_of_two(columns);
    const std::size_t most = work.n >= 32 ? 32 : row_threads;
    work.width = static_cast<unsigned>(across < most ? across : most);
    work.tiles = (columns + work.width - 1) / work.width;
}

// One pass to `to`; `in` has outer * n * inner elements.
template <class R, class In>
void reduce_pass(context<gpu>& ctx, reduce_work<R, In> work) {
    using state = typename R::state;
    constexpr int N = columns_of_thread<R, In>;
    const bool in_rows = work.inner == 1, wide = work.inner % N == 0;
    work.chunk = work.n;
    if (in_rows) {
        cut_into_chunks(work, work.outer, least_chunk);
    } else {
        set_columns(work, wide ? work.inner / N : work.inner);
        cut_into_chunks(work, work.outer * work.tiles, 16 * (row_threads / work.width));
    }
    const reduce_target<R> to = work.to;
    const std::size_t states = work.outer * work.chunks * work.inner;
    if (work.chunks > 1)
        work.to = {nullptr, static_cast<state*>(ctx.scratch(states * sizeof(state))), 1};
    if (in_rows) {
        launch_rows(ctx, work);
    } else {
        const unsigned blocks = blocks_for(ctx, work.pieces(), 1);
        work.aligned = is_aligned<N>(work.in);
        if (wide)
            launch(ctx, reduce_columns<R, In, N>, blocks, row_threads, work);
        else
            launch(ctx, reduce_columns<R, In, 1>, blocks, row_threads, work);
    }
    if (work.chunks > 1)
        reduce_pass<R, state>(ctx, {work.to.states, to, work.outer, work.chunks, work.inner});
}

// Reduces the innermost group of axes, and if there are others, these by the states.
template <class R, class In>
void reduce_groups(context<gpu>& ctx, const In* in, merged_axes axes, const reduce_target<R>& to) {
    using state = typename R::state;
    const std::size_t groups = axes.groups();
    if (groups == 0) return reduce_pass<R, In>(ctx, {in, to, axes.product(0, axes.rank), 1, 1});
    const std::size_t group = axes.last_group();
    const std::size_t outer = axes.product(0, group), inner = axes.product(group + 1, axes.rank);
    if (groups == 1) return reduce_pass<R, In>(ctx, {in, to, outer, axes.extent[group], inner});
    const std::size_t bytes = outer * inner * sizeof(state);
    auto* const states = static_cast<state*>(ctx.scratch(bytes == 0 ? 1 : bytes));
    reduce_pass<R, In>(ctx, {in, {nullptr, states, 1}, outer, axes.extent[group], inner});
    axes.extent[group] = 1;
    axes.reduced[group] = false;
    reduce_groups<R, state>(ctx, states, axes, to);
}

// Reduces the axes whose bits are set in `mask`, by R, to `out`. A mean is divided by the number of
// elements.
template <class R>
void reduce_axes(context<gpu>& ctx, const typename R::element* in, const dims& shape, unsigned mask,
                 typename R::result* out, bool is_mean = false) {
    const merged_axes axes(shape, mask);
    const double divisor = is_mean ? static_cast<double>(axes.reduced_size()) : 1.0;
    reduce_groups<R>(ctx, in, axes, {out, nullptr, divisor});
}

}  // namespace weft::cuda
