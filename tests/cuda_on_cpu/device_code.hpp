// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What CUDA gives device code, for kernels compiled as C++: indices, barriers, warp operations,
// atomics and integer functions. The mathematical ones (expf and so on) are the C library's.
// Barriers and warp operations are block.cpp's; they mean something in a kernel only.
#pragma once

#include "vector_types.hpp"

#include <atomic>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <type_traits>

extern constinit thread_local uint3 threadIdx;
extern constinit thread_local uint3 blockIdx;
extern constinit thread_local dim3 blockDim;
extern constinit thread_local dim3 gridDim;
inline constexpr int warpSize = 32;

// Every thread of the block has to come, also those that have nothing left to do: one that has
// ended makes it a divergent barrier, which fails the launch.
void __syncthreads();
int __syncthreads_count(int predicate);
inline int __syncthreads_or(int predicate) { return __syncthreads_count(predicate) != 0; }
inline int __syncthreads_and(int predicate) { return __syncthreads_count(predicate == 0) == 0; }
// Every lane of `mask` that has not ended has to come with the same mask.
void __syncwarp(unsigned mask = 0xffffffffu);
unsigned __ballot_sync(unsigned mask, int predicate);
unsigned __activemask();
[[noreturn]] void __trap();
inline int __any_sync(unsigned mask, int predicate) { return __ballot_sync(mask, predicate) != 0; }
inline int __all_sync(unsigned mask, int predicate) {
    return __ballot_sync(mask, predicate == 0) == 0;
}
inline void __threadfence() { std::atomic_thread_fence(std::memory_order_seq_cst); }
inline void __threadfence_block() { std::atomic_thread_fence(std::memory_order_seq_cst); }

namespace cuda_on_cpu {

// The 64 bits that lane `from` of the calling thread's warp passes to the same operation: all ones
// where that lane does not take part, which CUDA leaves undefined.
std::uint64_t exchange(unsigned mask, std::uint64_t bits, unsigned from);
unsigned lane();

// What shuffles take: numbers of 32 and 64 bits; smaller ones are promoted as for CUDA's overloads.
template <class T>
concept shuffled = std::is_arithmetic_v<T> && sizeof(T) <= 8;
template <shuffled T>
using promoted = decltype(+T());

template <class T>
T pass(unsigned mask, T value, unsigned from) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof value);
    bits = exchange(mask, bits, from);
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

// The lanes of a part of a warp: the first, and one past the last.
inline unsigned first_lane(int width) { return lane() & ~(static_cast<unsigned>(width) - 1); }
inline unsigned end_lane(int width) { return first_lane(width) + static_cast<unsigned>(width); }

// Whoever reads, writes and replaces until nobody came between; gives what was there before.
template <class T, class Change>
T update(T* address, Change change) {
    std::atomic_ref<T> place(*address);
    T before = place.load(std::memory_order_relaxed);
    while (!place.compare_exchange_weak(before, change(before), std::memory_order_relaxed)) {
    }
    return before;
}

// The types that CUDA's integer atomics have overloads for.
template <class T>
concept atomic_integer = std::is_same_v<T, int> || std::is_same_v<T, unsigned> ||
                         std::is_same_v<T, unsigned long long>;
template <class T>
concept atomic_number = atomic_integer<T> || std::is_same_v<T, float> || std::is_same_v<T, double>;
template <class T>
concept atomic_ordered = atomic_integer<T> || std::is_same_v<T, long long>;

}  // namespace cuda_on_cpu

template <cuda_on_cpu::shuffled T>
cuda_on_cpu::promoted<T> __shfl_sync(unsigned mask, T value, int from, int width = 32) {
    const unsigned first = cuda_on_cpu::first_lane(width);
    return cuda_on_cpu::pass<cuda_on_cpu::promoted<T>>(
        mask, value, first + (static_cast<unsigned>(from) & (static_cast<unsigned>(width) - 1)));
}
template <cuda_on_cpu::shuffled T>
cuda_on_cpu::promoted<T> __shfl_up_sync(unsigned mask, T value, unsigned by, int width = 32) {
    const unsigned self = cuda_on_cpu::lane();
    const bool inside = self >= cuda_on_cpu::first_lane(width) + by;
    return cuda_on_cpu::pass<cuda_on_cpu::promoted<T>>(mask, value, inside ? self - by : self);
}
template <cuda_on_cpu::shuffled T>
cuda_on_cpu::promoted<T> __shfl_down_sync(unsigned mask, T value, unsigned by, int width = 32) {
    const unsigned self = cuda_on_cpu::lane();
    const bool inside = self + by < cuda_on_cpu::end_lane(width);
    return cuda_on_cpu::pass<cuda_on_cpu::promoted<T>>(mask, value, inside ? self + by : self);
}
template <cuda_on_cpu::shuffled T>
cuda_on_cpu::promoted<T> __shfl_xor_sync(unsigned mask, T value, int by, int width = 32) {
    const unsigned self = cuda_on_cpu::lane();
    const unsigned from = self ^ static_cast<unsigned>(by);
    const bool inside = from < cuda_on_cpu::end_lane(width);
    return cuda_on_cpu::pass<cuda_on_cpu::promoted<T>>(mask, value, inside ? from : self);
}

template <cuda_on_cpu::atomic_number T>
T atomicAdd(T* address, std::type_identity_t<T> value) {
    return cuda_on_cpu::update(address, [value](T old) { return static_cast<T>(old + value); });
}
template <cuda_on_cpu::atomic_ordered T>
T atomicMax(T* address, std::type_identity_t<T> value) {
    return cuda_on_cpu::update(address, [value](T old) { return old < value ? value : old; });
}
template <cuda_on_cpu::atomic_ordered T>
T atomicMin(T* address, std::type_identity_t<T> value) {
    return cuda_on_cpu::update(address, [value](T old) { return value < old ? value : old; });
}
template <cuda_on_cpu::atomic_integer T>
T atomicSub(T* address, std::type_identity_t<T> value) {
    return cuda_on_cpu::update(address, [value](T old) { return static_cast<T>(old - value); });
}
template <cuda_on_cpu::atomic_integer T>
T atomicOr(T* address, std::type_identity_t<T> value) {
    return cuda_on_cpu::update(address, [value](T old) { return old | value; });
}
template <cuda_on_cpu::atomic_integer T>
T atomicAnd(T* address, std::type_identity_t<T> value) {
    return cuda_on_cpu::update(address, [value](T old) { return old & value; });
}
template <cuda_on_cpu::atomic_number T>
    requires(!std::is_same_v<T, double>)
T atomicExch(T* address, std::type_identity_t<T> value) {
    return std::atomic_ref<T>(*address).exchange(value, std::memory_order_relaxed);
}
template <class T>
    requires(cuda_on_cpu::atomic_integer<T> || std::is_same_v<T, unsigned short>)
T atomicCAS(T* address, std::type_identity_t<T> expected, std::type_identity_t<T> value) {
    std::atomic_ref<T>(*address).compare_exchange_strong(expected, value,
                                                         std::memory_order_relaxed);
    return expected;
}

template <class T>
T __ldg(const T* address) {
    return *address;
}
inline int __popc(unsigned x) { return std::popcount(x); }
inline int __popcll(unsigned long long x) { return std::popcount(x); }
inline int __clz(int x) { return std::countl_zero(static_cast<unsigned>(x)); }
inline int __clzll(long long x) { return std::countl_zero(static_cast<unsigned long long>(x)); }
inline int __ffs(int x) { return __builtin_ffs(x); }
inline int __ffsll(long long x) { return __builtin_ffsll(x); }
inline unsigned __umulhi(unsigned x, unsigned y) {
    return static_cast<unsigned>(std::uint64_t{x} * y >> 32);
}
inline unsigned long long __umul64hi(unsigned long long x, unsigned long long y) {
    __extension__ using wide = unsigned __int128;
    return static_cast<unsigned long long>(static_cast<wide>(x) * y >> 64);
}
inline unsigned __brev(unsigned x) {
    unsigned reversed = 0;
    for (int bit = 0; bit < 32; ++bit) reversed |= (x >> bit & 1u) << (31 - bit);
    return reversed;
}
inline int __float_as_int(float x) { return std::bit_cast<int>(x); }
inline unsigned __float_as_uint(float x) { return std::bit_cast<unsigned>(x); }
inline float __int_as_float(int x) { return std::bit_cast<float>(x); }
inline float __uint_as_float(unsigned x) { return std::bit_cast<float>(x); }
inline long long __double_as_longlong(double x) { return std::bit_cast<long long>(x); }
inline double __longlong_as_double(long long x) { return std::bit_cast<double>(x); }
inline float __fdividef(float x, float y) { return x / y; }
inline float __expf(float x) { return std::exp(x); }
inline float __logf(float x) { return std::log(x); }
inline float __frcp_rn(float x) { return 1.0f / x; }
inline float __fsqrt_rn(float x) { return std::sqrt(x); }
inline float __fmaf_rn(float x, float y, float z) { return std::fma(x, y, z); }
inline double __fma_rn(double x, double y, double z) { return std::fma(x, y, z); }
inline float __fadd_rn(float x, float y) { return x + y; }
inline float __fmul_rn(float x, float y) { return x * y; }
inline double __dadd_rn(double x, double y) { return x + y; }
inline double __dmul_rn(double x, double y) { return x * y; }
inline float rsqrtf(float x) { return 1.0f / std::sqrt(x); }
inline double rsqrt(double x) { return 1.0 / std::sqrt(x); }
template <class T>
    requires std::is_arithmetic_v<T>
constexpr T min(T x, std::type_identity_t<T> y) {
    return y < x ? y : x;
}
template <class T>
    requires std::is_arithmetic_v<T>
constexpr T max(T x, std::type_identity_t<T> y) {
    return x < y ? y : x;
}
