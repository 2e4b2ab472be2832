// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The other side of weft's expressions: loops as one would write them, compiled with the same
// flags. Never inlined, as weft's loops are not: the compiler is not to know sizes or that results
// are unused.
#pragma once

#include <cmath>
#include <cstddef>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace plain {

[[gnu::noinline]] inline void triad(const float* a, const float* b, const float* c, float* out,
                                    std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) out[i] = a[i] * b[i] + c[i];
}
// The same with stores past the caches; `out` is aligned to 64 bytes, n a multiple of 16.
[[gnu::noinline]] inline void triad_past_caches(const float* a, const float* b, const float* c,
                                                float* out, std::size_t n) {
#if defined(__SSE2__)
    for (std::size_t i = 0; i < n; i += 16) {
        alignas(64) float line[16];
        for (std::size_t k = 0; k < 16; ++k) line[k] = a[i + k] * b[i + k] + c[i + k];
        for (std::size_t k = 0; k < 16; k += 4) _mm_stream_ps(out + i + k, _mm_load_ps(line + k));
    }
    _mm_sfence();
#else
    triad(a, b, c, out, n);
#endif
}
[[gnu::noinline]] inline void choose(const float* x, const float* y, float* out, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) out[i] = x[i] < y[i] ? x[i] * y[i] : x[i] - y[i];
}
[[gnu::noinline]] inline void polynomial(const float* x, float* out, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) out[i] = x[i] * x[i] * 2.0f + x[i] + 1.0f;
}
// out[i][j] = column[i] + row[j]
[[gnu::noinline]] inline void outer_sum(const float* column, const float* row, float* out,
                                        std::size_t n, std::size_t m) {
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < m; ++j) out[i * m + j] = column[i] + row[j];
}
[[gnu::noinline]] inline void exp(const float* x, float* out, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) out[i] = std::exp(x[i]);
}
[[gnu::noinline]] inline void tanh(const float* x, float* out, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) out[i] = std::tanh(x[i]);
}
// In the order of the elements, which the compiler has to keep.
[[gnu::noinline]] inline float sum(const float* x, std::size_t n) {
    float total = 0;
    for (std::size_t i = 0; i < n; ++i) total += x[i];
    return total;
}
// With sixteen partial sums, which it may turn into vectors.
[[gnu::noinline]] inline float lane_sum(const float* x, std::size_t n) {
    float part[16] = {};
    std::size_t i = 0;
    for (; i + 16 <= n; i += 16)
        for (std::size_t lane = 0; lane < 16; ++lane) part[lane] += x[i + lane];
    float total = 0;
    for (; i < n; ++i) total += x[i];
    for (float one : part) total += one;
    return total;
}

}  // namespace plain
