// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// accumulate_product(sum, a, b): sum += a * b for numbers and packs, in one instruction and with
// one rounding where the instruction set has it: g++ in ISO mode does not join the two by itself.
// Integers wrap around. Which instruction that is, multiply_add of pack_parts.hpp knows.
#pragma once

#include <weft/kernel/evaluate.hpp>

namespace weft {

template <class V>
[[gnu::always_inline]] inline void accumulate_product(V& sum, const V& a, const V& b) {
    if constexpr (is_pack<V>) {
        if constexpr (is_floating<lane_element_t<V>>)
            sum = multiply_add(a, b, sum);
        else
            sum = sum + a * b;
    } else if constexpr (std::is_same_v<V, float> && has_fused_multiply_add) {
        sum = __builtin_fmaf(a, b, sum);
    } else if constexpr (std::is_same_v<V, double> && has_fused_multiply_add) {
        sum = __builtin_fma(a, b, sum);
    } else if constexpr (std::is_floating_point_v<V>) {
        sum = a * b + sum;
    } else if constexpr (std::is_arithmetic_v<V>) {
        sum = wrapping_add(sum, wrapping_multiply(a, b));
    } else {
        sum = V(sum.real() + (a.real() * b.real() - a.imag() * b.imag()),
                sum.imag() + (a.real() * b.imag() + a.imag() * b.real()));
    }
}

}  // namespace weft
