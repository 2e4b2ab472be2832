// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What threads that work on one row have in common: vectors of 16 bytes, read and written at once
// where they are aligned, and values that the lanes of a warp, or the warps of a block, combine.
// The order is the same in all lanes and does not depend on alignment: results are as well.
#pragma once

#include "reducers.hpp"

#include <cuda_runtime.h>

namespace weft::cuda {

inline constexpr unsigned all_lanes = 0xffffffffu;
inline constexpr unsigned row_threads = 256;  // of a block
inline constexpr unsigned row_warps = row_threads / 32;

template <class T, int N>
struct alignas(sizeof(T) * N) vector_of {
    T at[N];
};
// Elements of a vector of 16 bytes.
template <class T>
inline constexpr int vector_lanes = sizeof(T) < 16 ? static_cast<int>(16 / sizeof(T)) : 1;

template <int N, class T>
WEFT_DEVICE vector_of<T, N> load_vector(const T* from, bool aligned) {
    if (aligned) return *reinterpret_cast<const vector_of<T, N>*>(from);
    vector_of<T, N> out;
    for (int i = 0; i < N; ++i) out.at[i] = from[i];
    return out;
}
template <int N, class T>
WEFT_DEVICE void store_vector(T* to, const vector_of<T, N>& x, bool aligned) {
    if (aligned)
        *reinterpret_cast<vector_of<T, N>*>(to) = x;
    else
        for (int i = 0; i < N; ++i) to[i] = x.at[i];
}
template <int N, class T>
bool is_aligned(const T* data) {
    return reinterpret_cast<std::uintptr_t>(data) % (sizeof(T) * N) == 0;
}

template <class S>
WEFT_DEVICE S from_lane_xor(const S& x, unsigned by) {
    return static_cast<S>(__shfl_xor_sync(all_lanes, x, static_cast<int>(by)));
}
template <class C>
WEFT_DEVICE place_of<C> from_lane_xor(const place_of<C>& x, unsigned by) {
    return {from_lane_xor(x.value, by), from_lane_xor(x.index, by)};
}

// `combine` of the values of `width` lanes, a power of two, in each of them.
template <class R, class S>
WEFT_DEVICE S combine_in_warp(S x, unsigned width) {
    for (unsigned by = width / 2; by > 0; by /= 2) x = R::combine(x, from_lane_xor(x, by));
    return x;
}
// The same of `width` threads, up to 32 or the whole block, to which `shared` belongs.
template <class R, class S>
WEFT_DEVICE S combine_in_row(S x, unsigned width, S* shared) {
    x = combine_in_warp<R>(x, width < 32 ? width : 32);
    if (width <= 32) return x;
    if (threadIdx.x % 32 == 0) shared[threadIdx.x / 32] = x;
    __syncthreads();
    x = shared[threadIdx.x % row_warps];
    __syncthreads();
    return combine_in_warp<R>(x, row_warps);
}

// N values, combined pairwise.
template <class R, int N, class S>
WEFT_DEVICE S combine_pairwise(const S* x) {
    if constexpr (N == 1)
        return x[0];
    else
        return R::combine(combine_pairwise<R, N / 2>(x), combine_pairwise<R, N / 2>(x + N / 2));
}

// The smallest power of two that is not below n.
constexpr std::size_t power_of_two(std::size_t n) {
    std::size_t power = 1;
    while (power < n) power *= 2;
    return power;
}

}  // namespace weft::cuda
