// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// accumulate_product(sum, a, b): sum += a * b for numbers and packs, in one instruction and with
// one rounding where the instruction set has it: g++ in ISO mode does not join the two by itself.
// Integers wrap around. What vectors need is asked here and not in config.hpp, because nothing else
// in weft names an instruction.
#pragma once

#include <weft/kernel/evaluate.hpp>

namespace weft {

namespace detail {

#if defined(__FMA__)
typedef float floats_of_32 __attribute__((vector_size(32)));
typedef double doubles_of_32 __attribute__((vector_size(32)));
[[gnu::always_inline]] inline floats_of_32 fused(floats_of_32 a, floats_of_32 b, floats_of_32 c) {
    return __builtin_ia32_vfmaddps256(a, b, c);
}
[[gnu::always_inline]] inline doubles_of_32 fused(doubles_of_32 a, doubles_of_32 b,
                                                  doubles_of_32 c) {
    return __builtin_ia32_vfmaddpd256(a, b, c);
}
[[gnu::always_inline]] inline float fused(float a, float b, float c) {
    return __builtin_fmaf(a, b, c);
}
[[gnu::always_inline]] inline double fused(double a, double b, double c) {
    return __builtin_fma(a, b, c);
}
#if defined(__AVX512F__)
typedef float floats_of_64 __attribute__((vector_size(64)));
typedef double doubles_of_64 __attribute__((vector_size(64)));
// The masks say all lanes; compilers differ about their signs, and warn of constants.
inline constexpr int current_rounding = 4;
[[gnu::always_inline]] inline floats_of_64 fused(floats_of_64 a, floats_of_64 b, floats_of_64 c) {
    unsigned short all = 0xffff;
    return __builtin_ia32_vfmaddps512_mask(a, b, c, all, current_rounding);
}
[[gnu::always_inline]] inline doubles_of_64 fused(doubles_of_64 a, doubles_of_64 b,
                                                  doubles_of_64 c) {
    unsigned char all = 0xff;
    return __builtin_ia32_vfmaddpd512_mask(a, b, c, all, current_rounding);
}
#endif
#endif
// Everything else: in one expression, which clang joins where it can.
template <class V>
[[gnu::always_inline]] inline V fused(const V& a, const V& b, const V& c) {
    return a * b + c;
}

}  // namespace detail

template <class V>
[[gnu::always_inline]] inline void accumulate_product(V& sum, const V& a, const V& b) {
    if constexpr (is_pack<V>) {
        if constexpr (is_floating<lane_element_t<V>>)
            sum.v = detail::fused(a.v, b.v, sum.v);
        else
            sum = sum + a * b;
    } else if constexpr (std::is_floating_point_v<V>) {
        sum = detail::fused(a, b, sum);
    } else if constexpr (std::is_arithmetic_v<V>) {
        sum = wrapping_add(sum, wrapping_multiply(a, b));
    } else {
        sum = V(sum.real() + (a.real() * b.real() - a.imag() * b.imag()),
                sum.imag() + (a.real() * b.imag() + a.imag() * b.real()));
    }
}

}  // namespace weft
