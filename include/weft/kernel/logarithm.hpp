// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// log and what is made of it: log1p, softplus and pow of packs. x is 2^k (1 + f) with 1 + f
// between the root of 1/2 and that of 2; log(1 + f) is a polynomial in f, or for all digits of a
// double in f / (2 + f), arranged as in fdlibm. `single` as in exponential.hpp.
#pragma once

#include <weft/kernel/exponential.hpp>

namespace weft {

template <class P>
struct logarithm_parts {
    P k, f;
};
// Of positive normal numbers.
template <class P>
[[gnu::always_inline]] inline logarithm_parts<P> split_logarithm(const P& x) {
    using T = lane_element_t<P>;
    using format = float_format<T>;
    const auto one = bits_of(P(T(1))), root = bits_of(P(T(0.70710678118654752440)));
    const auto biased = (bits_of(x) - root + one) >> format::fraction;
    const P k = from_bits<P>(biased | bits_of(P(format::two_to_fraction))) -
                P(format::two_to_fraction + T(format::bias));
    return {k, from_bits<P>(bits_of(x) - (biased << format::fraction) + one) - P(T(1))};
}

// k ln 2 + log(1 + f) + correction, which is small.
template <bool single, class P>
[[gnu::always_inline]] inline P join_logarithm(const P& k, const P& f, const P& correction) {
    using T = lane_element_t<P>;
    if constexpr (sizeof(T) == 8 && !single) {
        const P s = f / (P(2.0) + f);
        const P z = s * s;
        const P rest = z * polynomial(z, P(0.13287079508052405), 0.13246652407231307,
                                      0.15387216083921318, 0.18181773694688347, 0.22222222655841817,
                                      0.28571428569171982, 0.4000000000000532, 0.66666666666666663);
        const P half = P(0.5) * f * f;
        const P low = multiply_add(k, P(1.90821492927058770002e-10), correction);
        return k * P(6.93147180369123816490e-01) - ((half - multiply_add(s, half + rest, low)) - f);
    } else {
        P q;
        if constexpr (sizeof(T) == 4)
            q = polynomial(f, P(-8.332531154155731e-2f), 0.12813633680343628f,
                           -0.12940126657485962f, 0.14187958836555481f, -0.16643591225147247f,
                           0.20001982152462006f, -0.25000280141830444f, 0.33333325386047363f);
        else
            q = polynomial(f, P(5.8515957677818441e-2), -9.9126721019816610e-2,
                           9.7639600261638454e-2, -9.8938670126665152e-2, 0.11049156979267373,
                           -0.12502537308327908, 0.1428793788651965, -0.16666651350550787,
                           0.19999972196909577, -0.24999999994297681, 0.33333333389082387);
        const P y = multiply_add(f * f, multiply_add(f, q, P(T(-0.5))), f);
        if constexpr (sizeof(T) == 8) return multiply_add(k, P(0.69314718055994531), y);
        const P low = multiply_add(k, P(T(1.428606765330187e-06)), y + correction);
        return multiply_add(k, P(T(0.693145751953125)), low);
    }
}

// y for x between `pole` and infinity; at the pole -infinity, below it NaN.
template <class P>
[[gnu::always_inline]] inline P logarithm_or_special(const P& x, const P& y,
                                                     lane_element_t<P> pole) {
    using T = lane_element_t<P>;
    const P infinity(static_cast<T>(__builtin_inf()));
    const P below(static_cast<T>(__builtin_nan("")));
    const P special = select(x == P(pole), -infinity, below);
    return select(x < infinity, select(x <= P(pole), special, y), x);
}

template <bool single, class P>
[[gnu::always_inline]] inline P log_of(const P& x) {
    using T = lane_element_t<P>;
    if constexpr (sizeof(T) == 8 && single) {
        const auto parts = split_logarithm(x);
        return logarithm_or_special(x, join_logarithm<single>(parts.k, parts.f, P(0)), 0);
    } else {
        constexpr bool is_float = sizeof(T) == 4;
        const auto subnormal = x < P(T(is_float ? 0x1p-126 : 0x1p-1022));
        const P scaled = x * P(T(is_float ? 0x1p24 : 0x1p54));
        const auto parts = split_logarithm(select(subnormal, scaled, x));
        const P k = parts.k - select(subnormal, P(T(is_float ? 24 : 54)), P(T(0)));
        return logarithm_or_special(x, join_logarithm<single>(k, parts.f, P(0)), 0);
    }
}

// log(1 + x).
template <bool single, class P>
[[gnu::always_inline]] inline P log1p_of(const P& x) {
    using T = lane_element_t<P>;
    const P one(T(1));
    const P sum = one + x;
    const auto parts = split_logarithm(sum);
    const auto near_0 = parts.k == P(T(0));
    const P f = select(near_0, x, parts.f);
    P correction(T(0));
    if constexpr (sizeof(T) == 4 || !single) {
        // What the sum lost, times the derivative of log, as far as it matters.
        const P part = sum - one;
        const P lost = (one - (sum - part)) + (x - part);
        const P scaled = lost * power_of_two(bounded(-parts.k, T(-64), T(64)));
        correction = select(near_0, correction, scaled * (one - f + f * f));
    }
    const P y = join_logarithm<single>(parts.k, f, correction);
    const auto tiny = absolute(x) < P(T(sizeof(T) == 4 ? 0x1p-25 : 0x1p-54));
    return select(tiny, x, logarithm_or_special(x, y, -1));
}

// log(1 + exp(x)).
template <bool single, class P>
[[gnu::always_inline]] inline P softplus_of(const P& x) {
    const P positive = select(x > P(0), x, P(0));
    return positive + log1p_of<single>(exp_of<single>(-absolute(x)));
}

// x to the power y, of floats in double. The C library's rules for 0, infinities and NaN.
template <class P>
[[gnu::always_inline]] inline P pow_of(const P& x, const P& y) {
    const P size = absolute(x), infinity(__builtin_inf());
    const auto parts = split_logarithm(size);
    // To 43 bits, of which the largest exponent takes 8.
    const P s = quotient_46(parts.f, P(2.0) + parts.f);
    const P z = s * s;
    const P rest = polynomial(z, P(0.19364775636584416), 0.22191279816297185, 0.28571756690482014,
                              0.39999998785071417, 0.66666666667386032);
    const P log_f = multiply_add(s * z, rest, s + s);
    P log2 = multiply_add(log_f, P(1.4426950408889634074), parts.k);
    log2 = select(size == P(0), -infinity, select(size < infinity, log2, size));
    const P exponent = bounded(y * log2, -160.0, 130.0);
    const P offset(float_format<double>::to_integer);
    const P k = (exponent + offset) - offset;
    const P r = (exponent - k) * P(0.69314718055994531);
    P power = (expm1_near_0<true>(r) + P(1.0)) * power_of_two(k);
    // Powers of 1 and -1, and the power 0, whatever the other is.
    power = select((size == P(1.0) && y == y) || y == P(0), P(1.0), power);

    const P magnitude = absolute(y);
    const P integer = (magnitude + P(0x1p52)) - P(0x1p52);
    const auto is_whole = integer == magnitude || magnitude > P(0x1p31);
    const auto parity = bits_of(magnitude + P(0x1p52)) << 63;
    const P odd = select(is_whole && magnitude < P(0x1p31), from_bits<P>(parity), P(0));
    const P with_parity = from_bits<P>(bits_of(power) | (bits_of(x) & bits_of(odd)));
    const auto no_power = x < P(0) && size < infinity && !is_whole && y == y;
    const P result = select(no_power, P(__builtin_nan("")), with_parity);
    return select(x == P(1.0) || y == P(0), P(1.0), result);
}

}  // namespace weft
