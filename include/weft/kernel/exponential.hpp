// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// exp and what is made of it: expm1, tanh, the logistic function and gelu_tanh of packs. With x =
// k ln 2 + r, exp(x) is 2^k times a polynomial in r (Cody and Waite 1980; coefficients minimax,
// by Sollya). `single` marks doubles that are floats inside, rounded at the end: they need fewer
// digits and cannot overflow. math.hpp has the functions for users.
#pragma once

#include <weft/kernel/accuracy.hpp>
#include <weft/kernel/pack_parts.hpp>

namespace weft {

// x = k ln 2 + r with |r| <= (ln 2) / 2, and 2^(k + bias - the bias of P).
template <class P>
struct exponent_parts {
    P k, r, scale;
};
// The low part is what x lacks of an exact argument.
template <class P>
[[gnu::always_inline]] inline exponent_parts<P> split_exponent(
    const P& x, int bias = float_format<lane_element_t<P>>::bias) {
    using T = lane_element_t<P>;
    using format = float_format<T>;
    constexpr bool is_float = sizeof(T) == 4;
    const P offset(format::to_integer + static_cast<T>(bias));
    const P shifted = multiply_add(x, P(T(1.4426950408889634074)), offset);
    const P k = shifted - offset;
    const P high(is_float ? T(0.693145751953125) : T(6.93147180369123816490e-01));
    const P low(is_float ? T(1.428606765330187e-06) : T(1.90821492927058770002e-10));
    const P r = multiply_add(k, -low, multiply_add(k, -high, x));
    return {k, r, from_bits<P>(bits_of(shifted) << format::fraction)};
}
// 2^k for k from 1 - bias to bias.
template <class P>
[[gnu::always_inline]] inline P power_of_two(const P& k) {
    using format = float_format<lane_element_t<P>>;
    const P offset(format::to_integer + static_cast<lane_element_t<P>>(format::bias));
    return from_bits<P>(bits_of(k + offset) << format::fraction);
}

// 2 exp(r) of floats, |r| <= (ln 2) / 2.
template <class P>
[[gnu::always_inline]] inline P twice_exp_near_0(const P& r) {
    return polynomial(r, P(2.7646482922136784e-3f), 1.6737654805183411e-2f, 8.3336479961872101e-2f,
                      0.33333039283752441f, 0.99999988079071045f, 2.0f, 2.0f);
}
// exp(r) - 1 for |r| <= (ln 2) / 2.
template <bool single, class P>
[[gnu::always_inline]] inline P expm1_near_0(const P& r) {
    using T = lane_element_t<P>;
    P q;
    if constexpr (sizeof(T) == 4)
        q = polynomial(r, P(1.393497106619179e-3f), 8.3632543683052063e-3f, 4.16664667427539825e-2f,
                       0.16666576266288757f, 0.5f);
    else if constexpr (single)
        q = polynomial(r, P(1.990760332264028e-4), 1.3933663012763006e-3, 8.333285980046401e-3,
                       4.1666464801343103e-2, 0.16666666756537821, 0.50000000134795497);
    else
        q = polynomial(r, P(2.5109744464968819e-8), 2.7620222319729421e-7, 2.7557243235813631e-6,
                       2.4801520943262427e-5, 1.9841269885677098e-4, 1.3888888917523202e-3,
                       8.3333333333225745e-3, 4.1666666666623123e-2, 0.16666666666666674,
                       0.50000000000000011);
    return multiply_add(r * r, q, r);
}

// x = k ln 2 + r of floats, with 2^(k - 1), which is a number for all k.
template <class P>
[[gnu::always_inline]] inline exponent_parts<P> split_exponent_of_half(const P& x) {
    return split_exponent(bounded(x, -87.6f, 89.0f), float_format<float>::bias - 1);
}

// exp(x + low), |low| tiny beside x.
template <bool single, class P>
[[gnu::always_inline]] inline P exp_of_sum(const P& x, const P& low) {
    if constexpr (single) {
        const auto parts = split_exponent(bounded(x, -110.0, 130.0));
        return (expm1_near_0<single>(parts.r + low) + P(1.0)) * parts.scale;
    } else {
        const auto parts = split_exponent(bounded(x, -746.0, 710.0));
        const P p = expm1_near_0<single>(parts.r + low) + P(1.0);
        // In two steps, since 2^k alone may be no double.
        const P offset(float_format<double>::to_integer);
        const P half = multiply_add(parts.k, P(0.5), offset) - offset;
        return p * power_of_two(half) * power_of_two(parts.k - half);
    }
}
// exp(x). Of floats themselves: 0 below 1.7e-38.
template <bool single, class P>
[[gnu::always_inline]] inline P exp_of(const P& x) {
    if constexpr (sizeof(lane_element_t<P>) == 4) {
        const auto parts = split_exponent_of_half(x);
        return twice_exp_near_0(parts.r) * parts.scale;
    } else {
        return exp_of_sum<single>(x, P(0));
    }
}
// 1 + exp(-x) of floats.
template <class P>
[[gnu::always_inline]] inline P logistic_divisor(const P& x) {
    const auto parts = split_exponent_of_half(-x);
    return multiply_add(twice_exp_near_0(parts.r), parts.scale, P(1.0f));
}

// exp(x) - 1 for |x| <= 40.
template <bool single, class P>
[[gnu::always_inline]] inline P expm1_bounded(const P& x) {
    const auto parts = split_exponent(x);
    return multiply_add(parts.scale, expm1_near_0<single>(parts.r),
                        parts.scale - P(lane_element_t<P>(1)));
}

template <bool single, class P>
[[gnu::always_inline]] inline P quotient(const P& a, const P& b) {
    if constexpr (single && sizeof(lane_element_t<P>) == 8)
        return quotient_46(a, b);
    else
        return a / b;
}

// exp(x) - 1.
template <bool single, class P>
[[gnu::always_inline]] inline P expm1_of(const P& x) {
    using T = lane_element_t<P>;
    if constexpr (sizeof(T) == 8 && single) {
        return with_sign(expm1_bounded<single>(bounded(x, -40.0, 100.0)), x);
    } else {
        // Half of it, so that 2^k does not overflow before the result; tiny numbers are their own
        // results.
        constexpr bool is_float = sizeof(T) == 4;
        const auto parts =
            split_exponent(bounded(x, T(is_float ? -17.5 : -40), T(is_float ? 89 : 710)),
                           float_format<T>::bias - 1);
        const P half =
            multiply_add(parts.scale, expm1_near_0<single>(parts.r), parts.scale - P(T(0.5)));
        return select(absolute(x) < P(T(is_float ? 0x1p-25 : 0x1p-54)), x, half + half);
    }
}

template <bool single, class P>
[[gnu::always_inline]] inline P tanh_of(const P& x) {
    using T = lane_element_t<P>;
    if constexpr (sizeof(T) == 4) {
        // x p(x^2) / q(x^2), up to an x where rounding makes that 1, with and without fused
        // operations.
        const P inside = bounded(x, -8.91708755f, 8.91708755f), z = inside * inside;
        const P p = polynomial(z, P(1.3390040187744034e-08f), 2.063777719740756e-05f,
                               0.003497487399727106f, 0.1338268667459488f, 1.0f);
        const P q = polynomial(z, P(7.791949201418902e-07f), 0.00032886266126297414f,
                               0.025884391739964485f, 0.46716007590293884f, 1.0f);
        return bounded(inside * p / q, -1.0f, 1.0f);
    } else {
        const P size = smaller_or_second(P(T(20)), absolute(x));
        const P e = expm1_bounded<single>(size + size);
        return with_sign(quotient<single>(e, e + P(T(2))), x);
    }
}

// 1 / (1 + exp(-x)).
template <bool single, class P>
[[gnu::always_inline]] inline P sigmoid_of(const P& x) {
    using T = lane_element_t<P>;
    if constexpr (sizeof(T) == 4) {
        return P(1.0f) / logistic_divisor(x);
    } else {
        // exp(-|x|) does not overflow, and leaves the digits of small results.
        const P e = exp_of<single>(-absolute(x));
        const P upper = quotient<single>(P(T(1)), P(T(1)) + e);
        return select(x < P(T(0)), e * upper, upper);
    }
}

// x * sigmoid(2 * sqrt(2 / pi) * (x + 0.044715 * x^3)).
template <bool single, class P>
[[gnu::always_inline]] inline P gelu_tanh_of(const P& unbounded) {
    using T = lane_element_t<P>;
    const P x = larger_or_second(P(T(-40)), unbounded);
    const P slope = multiply_add(x * x, P(T(0.071354816272600251)), P(T(1.5957691216057307)));
    if constexpr (sizeof(T) == 4)
        return x / logistic_divisor(x * slope);
    else
        return x * sigmoid_of<single>(x * slope);
}

}  // namespace weft
