// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Loops over consecutive elements that kernels write out themselves, a register at a time: what
// softmax, layer_norm and others do with a row that lies in memory. The rest of a row is one more
// register whose other lanes are filled with a number, so that short rows are fast too.
#pragma once

#include <weft/kernel/evaluate.hpp>

namespace weft {

template <int N>
using lane_count = std::integral_constant<int, N>;

// Lanes of a loop over elements of T.
template <class T>
inline constexpr int loop_lanes = register_bytes > static_cast<int>(sizeof(compute_t<T>))
                                      ? register_bytes / static_cast<int>(sizeof(compute_t<T>))
                                      : 1;

// Calls f(lane_count<N>, i) for [0, n), N elements from i on at a time: registers, then single
// ones.
template <class T, class F>
[[gnu::always_inline]] inline void for_each_pack(std::size_t n, F f) {
    constexpr std::size_t step = loop_lanes<T>;
    std::size_t i = 0;
    if constexpr (step > 1)
        for (; i + step <= n; i += step) f(lane_count<loop_lanes<T>>{}, i);
    for (; i < n; ++i) f(lane_count<1>{}, i);
}

// The first n of N lanes from memory, `fill` in the others; and back.
template <class T, int N>
[[gnu::always_inline]] inline lane_value_t<T, N> load_some(const T* from, std::size_t n,
                                                           compute_t<T> fill) {
    compute_t<T> all[N];
    for (std::size_t i = 0; i < N; ++i) all[i] = i < n ? static_cast<compute_t<T>>(from[i]) : fill;
    return load_lanes<compute_t<T>, N>(all);
}
template <class T, int N>
[[gnu::always_inline]] inline void store_some(T* to, std::size_t n,
                                              const lane_value_t<T, N>& value) {
    T all[N];
    store_lanes<T, N>(all, value);
    for (std::size_t i = 0; i < n; ++i) to[i] = all[i];
}

}  // namespace weft
