// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Running sums along an axis. It is cut into chunks where there are few rows: their totals are
// found first, then what comes before each chunk, then the sums in all chunks at once. A chunk of
// neighbours is a block's, which goes along it; a chunk of columns is its threads', one each.
#include "lanes.hpp"

#include <weft/cuda/cumsum.hpp>
#include <weft/cuda/launch.hpp>

namespace weft::cuda {

namespace {

template <class T>
using sum_state = typename adding<T>::state;
constexpr unsigned items = 8;  // of a thread, of neighbours

// The axis, its chunks, and what comes before each of them: a sum for each (outer, chunk, inner).
template <class T>
struct running_work {
    const T* in;
    T* out;
    sum_state<T>* before;  // null where there is one chunk
    std::size_t outer, n, inner, chunk, chunks;

    WEFT_DEVICE std::size_t end(std::size_t first) const {
        return n - first < chunk ? n : first + chunk;
    }
};

template <class T>
WEFT_DEVICE sum_state<T> state_of(const T& x) {
    return static_cast<sum_state<T>>(computed(x));
}

// The sum of all threads before this one; all of the block's go to `total`.
template <class S>
WEFT_DEVICE S sum_before(S own, S* shared, S& total) {
    const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    S sum = own;
    for (unsigned by = 1; by < 32; by *= 2) {
        const S lower = static_cast<S>(__shfl_up_sync(all_lanes, sum, by));
        if (lane >= by) sum += lower;
    }
    if (lane == 31) shared[warp] = sum;
    const S up = static_cast<S>(__shfl_up_sync(all_lanes, sum, 1));
    __syncthreads();
    S before = lane == 0 ? S{} : up;
    total = S{};
    for (unsigned w = 0; w < row_warps; ++w) {
        if (w < warp) before += shared[w];
        total += shared[w];
    }
    __syncthreads();
    return before;
}

// inner is 1. A block for each chunk of a row; threads have `items` neighbours each.
template <class T>
__global__ void __launch_bounds__(row_threads)
    sum_along_rows(const __grid_constant__ running_work<T> work, bool only_totals) {
    using S = sum_state<T>;
    __shared__ S shared[row_warps];
    __shared__ T tile[row_threads * items];
    for (std::size_t piece = blockIdx.x; piece < work.outer * work.chunks; piece += gridDim.x) {
        const std::size_t o = piece / work.chunks, start = (piece - o * work.chunks) * work.chunk;
        const std::size_t end = work.end(start);
        const T* const x = work.in + o * work.n;
        S carry = only_totals || work.before == nullptr ? S{} : work.before[piece];
        for (std::size_t first = start; first < end; first += row_threads * items) {
            for (unsigned i = threadIdx.x; i < row_threads * items; i += row_threads)
                if (first + i < end) tile[i] = x[first + i];
            __syncthreads();
            const unsigned own = threadIdx.x * items;
            S values[items], sum{};
            for (unsigned i = 0; i < items; ++i) {
                if (first + own + i < end) sum += state_of(tile[own + i]);
                values[i] = sum;
            }
            S total;
            const S before = carry + sum_before(sum, shared, total);
            for (unsigned i = 0; i < items; ++i)
                tile[own + i] = adding<T>::finish(before + values[i], 1);
            carry += total;
            __syncthreads();
            for (unsigned i = threadIdx.x; !only_totals && i < row_threads * items;
                 i += row_threads)
                if (first + i < end) work.out[o * work.n + first + i] = tile[i];
            __syncthreads();
        }
        if (only_totals && threadIdx.x == 0) work.before[piece] = carry;
    }
}

// inner is more: a thread for each column of each chunk.
template <class T>
__global__ void __launch_bounds__(row_threads)
    sum_along_columns(const __grid_constant__ running_work<T> work, bool only_totals) {
    using S = sum_state<T>;
    const std::size_t step = std::size_t{gridDim.x} * row_threads;
    std::size_t item = std::size_t{blockIdx.x} * row_threads + threadIdx.x;
    for (; item < work.outer * work.chunks * work.inner; item += step) {
        const std::size_t piece = item / work.inner, column = item - piece * work.inner;
        const std::size_t o = piece / work.chunks, start = (piece - o * work.chunks) * work.chunk;
        const std::size_t end = work.end(start), base = o * work.n * work.inner + column;
        S sum = only_totals || work.before == nullptr ? S{} : work.before[item];
        std::size_t k = start;
        for (; k + 4 <= end; k += 4) {
            T four[4];
            for (std::size_t i = 0; i < 4; ++i) four[i] = work.in[base + (k + i) * work.inner];
            for (std::size_t i = 0; i < 4; ++i) {
                sum += state_of(four[i]);
                if (!only_totals) work.out[base + (k + i) * work.inner] = adding<T>::finish(sum, 1);
            }
        }
        for (; k < end; ++k) {
            sum += state_of(work.in[base + k * work.inner]);
            if (!only_totals) work.out[base + k * work.inner] = adding<T>::finish(sum, 1);
        }
        if (only_totals) work.before[item] = sum;
    }
}

// Totals of chunks become what comes before them; a thread for each column.
template <class S>
__global__ void __launch_bounds__(row_threads)
    sum_of_chunks_before(S* totals, std::size_t outer, std::size_t chunks, std::size_t inner) {
    const std::size_t step = std::size_t{gridDim.x} * row_threads;
    std::size_t item = std::size_t{blockIdx.x} * row_threads + threadIdx.x;
    for (; item < outer * inner; item += step) {
        const std::size_t o = item / inner;
        S* const own = totals + o * chunks * inner + (item - o * inner);
        S sum{};
        for (std::size_t k = 0; k < chunks; ++k) {
            const S here = own[k * inner];
            own[k * inner] = sum;
            sum += here;
        }
    }
}

// Threads that fill a GPU, and rows that a chunk is worth.
constexpr std::size_t wanted_threads = 131072, least_rows = 64;

}  // namespace

template <class T>
void running_sums(context<gpu>& ctx, const T* in, const axis_view& view, T* out) {
    using S = sum_state<T>;
    const std::size_t lines = view.outer * view.inner;
    if (lines == 0 || view.n == 0) return;
    const bool in_rows = view.inner == 1;
    const std::size_t tile = in_rows ? row_threads * items : least_rows;
    std::size_t chunks = wanted_threads / (in_rows ? row_threads : 1) / lines;
    if (chunks > view.n / tile) chunks = view.n / tile;
    if (chunks < 2) chunks = 1;
    running_work<T> work{in, out, nullptr, view.outer, view.n, view.inner, view.n, 1};
    if (chunks > 1) {
        work.chunk = ((view.n + chunks - 1) / chunks + tile - 1) / tile * tile;
        work.chunks = (view.n + work.chunk - 1) / work.chunk;
        work.before = static_cast<S*>(ctx.scratch(lines * work.chunks * sizeof(S)));
    }
    const std::size_t pieces = lines * work.chunks;
    const unsigned blocks = blocks_for(ctx, pieces, in_rows ? 1 : row_threads);
    for (bool only_totals : {true, false}) {
        if (only_totals && work.before == nullptr) continue;
        if (in_rows)
            launch(ctx, sum_along_rows<T>, blocks, row_threads, work, only_totals);
        else
            launch(ctx, sum_along_columns<T>, blocks, row_threads, work, only_totals);
        if (only_totals)
            launch(ctx, sum_of_chunks_before<S>, blocks_for(ctx, lines, row_threads), row_threads,
                   work.before, work.outer, work.chunks, work.inner);
    }
}

template void running_sums<float>(context<gpu>&, const float*, const axis_view&, float*);
template void running_sums<double>(context<gpu>&, const double*, const axis_view&, double*);
template void running_sums<half>(context<gpu>&, const half*, const axis_view&, half*);
template void running_sums<bfloat16>(context<gpu>&, const bfloat16*, const axis_view&, bfloat16*);
template void running_sums<std::uint8_t>(context<gpu>&, const std::uint8_t*, const axis_view&,
                                         std::uint8_t*);
template void running_sums<std::uint16_t>(context<gpu>&, const std::uint16_t*, const axis_view&,
                                          std::uint16_t*);
template void running_sums<std::uint32_t>(context<gpu>&, const std::uint32_t*, const axis_view&,
                                          std::uint32_t*);
template void running_sums<std::uint64_t>(context<gpu>&, const std::uint64_t*, const axis_view&,
                                          std::uint64_t*);

}  // namespace weft::cuda
