// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What elementary functions are made of: the bits of floating-point packs, multiplication and
// addition with one rounding where the machine has it, polynomials, exact products, and floats
// computed in double. Every step is the same IEEE operation whatever the number of lanes, so an
// element's result does not depend on where in a pack it is.
#pragma once

#include <weft/kernel/lane_order.hpp>
#include <weft/kernel/pack.hpp>

namespace weft {

// The format of T: bits of the fraction, the exponent's bias, and the number that added to another
// leaves its nearest integer in the low bits.
template <class T>
struct float_format;
template <>
struct float_format<float> {
    using bits = unsigned;
    static constexpr int fraction = 23;
    static constexpr int bias = 127;
    static constexpr float two_to_fraction = 0x1p23f;
    static constexpr float to_integer = 0x1.8p23f;
};
template <>
struct float_format<double> {
    using bits = unsigned long long;
    static constexpr int fraction = 52;
    static constexpr int bias = 1023;
    static constexpr double two_to_fraction = 0x1p52;
    static constexpr double to_integer = 0x1.8p52;
};

template <class P>
[[gnu::always_inline]] inline typename P::bits_type bits_of(const P& x) {
    return (typename P::bits_type)x.v;
}
template <class P>
[[gnu::always_inline]] inline P from_bits(const typename P::bits_type& bits) {
    return P((typename P::register_type)bits);
}

namespace detail {
// A mask of all lanes; compilers differ in the types of masks.
struct every_lane {
    template <class Mask>
    operator Mask() const {
        return static_cast<Mask>(-1);
    }
};
// The compilers' names for it; all have dependent arguments, so that those the target lacks are
// not looked for.
template <class R>
[[gnu::always_inline]] inline R fused_multiply_add(const R& a, const R& b, const R& c) {
    constexpr bool single = sizeof(a[0]) == sizeof(float);
    if constexpr (sizeof(R) == 64 && single)
        return __builtin_ia32_vfmaddps512_mask(a, b, c, every_lane{}, 4);
    else if constexpr (sizeof(R) == 64)
        return __builtin_ia32_vfmaddpd512_mask(a, b, c, every_lane{}, 4);
    else if constexpr (sizeof(R) == 32 && single)
        return __builtin_ia32_vfmaddps256(a, b, c);
    else if constexpr (sizeof(R) == 32)
        return __builtin_ia32_vfmaddpd256(a, b, c);
    else if constexpr (single)
        return __builtin_ia32_vfmaddps(a, b, c);
    else
        return __builtin_ia32_vfmaddpd(a, b, c);
}
}  // namespace detail

// a * b + c, with one rounding where has_fused_multiply_add, else two.
template <class P>
[[gnu::always_inline]] inline P multiply_add(const P& a, const P& b, const P& c) {
    if constexpr (has_fused_multiply_add && sizeof(P) >= 16)
        return P(detail::fused_multiply_add(a.v, b.v, c.v));
    else
        return a * b + c;
}

// The polynomial in x with these coefficients, the highest first.
template <class P, class... C>
[[gnu::always_inline]] inline P polynomial(const P& x, const P& highest, C... rest) {
    P sum = highest;
    ((sum = multiply_add(sum, x, P(static_cast<lane_element_t<P>>(rest)))), ...);
    return sum;
}

// Lane by lane the larger of two, or the smaller; b where neither is, as of NaN or of 0 and -0.
// With AVX-512, g++ 12 makes a comparison and a move of it unless it is told by name.
template <class P, bool whole = (sizeof(P) <= register_bytes)>
[[gnu::always_inline]] inline P larger_or_second(const P& a, const P& b) {
    const auto &x = a.v, &y = b.v;
    constexpr detail::every_lane all{};
    if constexpr (whole && requires { __builtin_ia32_maxps512_mask(x, y, x, all, 4); })
        return P(__builtin_ia32_maxps512_mask(x, y, x, all, 4));
    else if constexpr (whole && requires { __builtin_ia32_maxpd512_mask(x, y, x, all, 4); })
        return P(__builtin_ia32_maxpd512_mask(x, y, x, all, 4));
    else
        return P(x > y ? x : y);
}
template <class P, bool whole = (sizeof(P) <= register_bytes)>
[[gnu::always_inline]] inline P smaller_or_second(const P& a, const P& b) {
    const auto &x = a.v, &y = b.v;
    constexpr detail::every_lane all{};
    if constexpr (whole && requires { __builtin_ia32_minps512_mask(x, y, x, all, 4); })
        return P(__builtin_ia32_minps512_mask(x, y, x, all, 4));
    else if constexpr (whole && requires { __builtin_ia32_minpd512_mask(x, y, x, all, 4); })
        return P(__builtin_ia32_minpd512_mask(x, y, x, all, 4));
    else
        return P(x < y ? x : y);
}
// The square root of each lane, of packs that fill a register; correctly rounded. Without the name
// of the instruction, compilers make a call for each lane of it, which might set errno. Clang takes
// doubles for floats where a built-in wants those. `rounding` is 4, the current mode, and a pack
// since nvcc knows that built-in without it.
template <int... rounding, class P>
[[gnu::always_inline]] inline P square_root(const P& a) {
    const auto& x = a.v;
    const detail::every_lane all;
    constexpr bool single = sizeof(x[0]) == sizeof(float);
    if constexpr (single && requires { __builtin_ia32_sqrtps512_mask(x, x, all, 4); })
        return P(__builtin_ia32_sqrtps512_mask(x, x, all, 4));
    else if constexpr (requires { __builtin_ia32_sqrtpd512_mask(x, x, all, 4); })
        return P(__builtin_ia32_sqrtpd512_mask(x, x, all, 4));
    else if constexpr (single && requires { __builtin_ia32_sqrtps512(x, rounding...); })
        return P(__builtin_ia32_sqrtps512(x, rounding...));
    else if constexpr (requires { __builtin_ia32_sqrtpd512(x, rounding...); })
        return P(__builtin_ia32_sqrtpd512(x, rounding...));
    else if constexpr (single && requires { __builtin_ia32_sqrtps256(x); })
        return P(__builtin_ia32_sqrtps256(x));
    else if constexpr (requires { __builtin_ia32_sqrtpd256(x); })
        return P(__builtin_ia32_sqrtpd256(x));
    else if constexpr (single && requires { __builtin_ia32_sqrtps(x); })
        return P(__builtin_ia32_sqrtps(x));
    else if constexpr (requires { __builtin_ia32_sqrtpd(x); })
        return P(__builtin_ia32_sqrtpd(x));
    else
        return map_lanes<lane_element_t<P>>([](auto lane) { return __builtin_sqrt(lane); }, a);
}
// x between two limits; NaN stays NaN.
template <class P>
[[gnu::always_inline]] inline P bounded(const P& x, lane_element_t<P> low, lane_element_t<P> high) {
    return smaller_or_second(P(high), larger_or_second(P(low), x));
}

template <class P>
[[gnu::always_inline]] inline P absolute(const P& x) {
    return from_bits<P>(bits_of(x) & ~bits_of(P(lane_element_t<P>(-0.0))));
}
// |x| with the sign of `sign`.
template <class P>
[[gnu::always_inline]] inline P with_sign(const P& x, const P& sign) {
    const auto mask = bits_of(P(lane_element_t<P>(-0.0)));
    return from_bits<P>((bits_of(x) & ~mask) | (bits_of(sign) & mask));
}

// Whether any lane of a mask is set.
template <std::size_t Bytes, int N>
[[gnu::always_inline]] inline bool any_of(const lane_mask<Bytes, N>& mask) {
    constexpr std::size_t words = sizeof mask.v / 8;
    std::uint64_t word[words], any = 0;
    std::memcpy(word, &mask.v, sizeof word);
    for (std::size_t i = 0; i < words; ++i) any |= word[i];
    return any != 0;
}

// A value and what it lacks of an exact one.
template <class P>
struct exact_pair {
    P high, low;
};
// a + b, where |a| >= |b| or a is 0.
template <class P>
[[gnu::always_inline]] inline exact_pair<P> exact_sum(const P& a, const P& b) {
    const P sum = a + b;
    return {sum, b - (sum - a)};
}
// a * b (Dekker 1971); neither close to overflow.
template <class P>
[[gnu::always_inline]] inline exact_pair<P> exact_product(const P& a, const P& b) {
    const P product = a * b;
    if constexpr (has_fused_multiply_add) {
        return {product, multiply_add(a, b, -product)};
    } else {
        using T = lane_element_t<P>;
        const P split(static_cast<T>(sizeof(T) == 4 ? 0x1.002p12 : 0x1.0000002p27));
        const P a_wide = a * split, b_wide = b * split;
        const P a_high = a_wide - (a_wide - a), b_high = b_wide - (b_wide - b);
        const P a_low = a - a_high, b_low = b - b_high;
        return {product,
                ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low};
    }
}

namespace detail {
// Lanes from First on: half of a register, or two halves put together.
template <int First>
struct consecutive_lanes {
    static constexpr int lane(int i) { return First + i; }
};
}  // namespace detail

// f of floats, computed on packs of double that fit a register, and rounded once.
template <class F, int N, class... Rest>
[[gnu::always_inline]] inline pack<float, N> in_double(F f, const pack<float, N>& x,
                                                       const Rest&... rest) {
    if constexpr (N * 8 <= register_bytes || N == 2) {
        using wide = typename pack<double, N>::register_type;
        const pack<double, N> y = f(pack<double, N>(__builtin_convertvector(x.v, wide)),
                                    pack<double, N>(__builtin_convertvector(rest.v, wide))...);
        return pack<float, N>(__builtin_convertvector(y.v, typename pack<float, N>::register_type));
    } else {
        using half_pack = pack<float, N / 2>;
        using lower = detail::consecutive_lanes<0>;
        using upper = detail::consecutive_lanes<N / 2>;
        const auto part = [](auto order, const pack<float, N>& of) {
            return half_pack(detail::reorder_lanes<decltype(order), N / 2>(of.v, of.v));
        };
        const auto low = in_double(f, part(lower{}, x), part(lower{}, rest)...);
        const auto high = in_double(f, part(upper{}, x), part(upper{}, rest)...);
        return pack<float, N>(detail::reorder_lanes<lower, N>(low.v, high.v));
    }
}

// a / b to 46 bits, b within the range of float: divides floats, then corrects. Much faster than
// dividing doubles.
template <int N>
[[gnu::always_inline]] inline pack<double, N> quotient_46(const pack<double, N>& a,
                                                          const pack<double, N>& b) {
    using narrow = typename pack<float, N>::register_type;
    using wide = typename pack<double, N>::register_type;
    const narrow reciprocal = pack<float, N>(1.0f).v / __builtin_convertvector(b.v, narrow);
    const pack<double, N> rough(__builtin_convertvector(reciprocal, wide));
    const pack<double, N> quotient = a * rough;
    return multiply_add(multiply_add(-quotient, b, a), rough, quotient);
}

}  // namespace weft
