// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// sin and cos of packs: x less the nearest multiple of pi / 2, which is subtracted in three parts
// (constants and arrangement as in fdlibm; coefficients minimax, by Sollya), then a polynomial.
// Above a million, lanes go to the C library. `single` as in exponential.hpp.
#pragma once

#include <weft/kernel/pack_parts.hpp>

namespace weft {

// Of the lanes of x that are too large, or NaN, the C library's; of others `result`.
template <bool cosine, class P>
[[gnu::noinline, gnu::cold]] P circular_of_huge(P x, P result) {
    for (int i = 0; i < P::size; ++i) {
        const double lane = x[i];
        if (!(__builtin_fabs(lane) <= 1e6))
            result.set(i, cosine ? __builtin_cos(lane) : __builtin_sin(lane));
    }
    return result;
}

template <bool single, bool cosine, class P>
[[gnu::always_inline]] inline P circular_of(const P& x) {
    const P size = absolute(x);
    const P offset(float_format<double>::to_integer);
    const P shifted = multiply_add(x, P(0.63661977236758134308), offset);
    const P k = shifted - offset;
    const P first = multiply_add(k, P(-1.57079632673412561417e+00), x);
    const P second = k * P(6.07710050630396597660e-11);
    const P rough = first - second;
    const P rest = multiply_add(k, P(-2.02226624879595063154e-21), (first - rough) - second);
    const P r = rough + rest;
    const P low = rest - (r - rough);
    const P z = r * r;
    P s, c;
    if constexpr (single) {
        s = polynomial(z, P(2.7249921889033168e-6), -1.9840086820484479e-4, 8.3333318751854166e-3,
                       -0.16666666663857815);
        c = polynomial(z, P(-2.7300946895081323e-7), 2.4800600364529364e-5, -1.3888887672219988e-3,
                       4.1666666643226505e-2);
    } else {
        s = polynomial(z, P(1.5919274640993716e-10), -2.5051151367047526e-8, 2.7557316223507499e-6,
                       -1.9841269837086268e-4, 8.3333333333313105e-3, -0.16666666666666666);
        c = polynomial(z, P(-1.1381542669639868e-11), 2.0876127834306348e-9, -2.7557317158315427e-7,
                       2.480158729846032e-5, -1.3888888888887061e-3, 4.1666666666666664e-2);
    }
    const P half = P(0.5) * z, leading = P(1.0) - half;
    const P sine = r + multiply_add(r * z, s, low * leading);
    const P other = leading + (((P(1.0) - leading) - half) + (z * z * c - r * low));
    const auto quarter = bits_of(shifted) + (cosine ? 1ULL : 0ULL);
    const lane_mask<8, P::size> odd((typename P::mask_type)(-(quarter & 1ULL)));
    const P chosen = select(odd, other, sine);
    P result = from_bits<P>(bits_of(chosen) ^ (quarter >> 1 << 63));
    if constexpr (!cosine) result = select(size < P(0x1p-27), x, result);
    if (any_of(!(size <= P(1e6)))) [[unlikely]]
        return circular_of_huge<cosine>(x, result);
    return result;
}

}  // namespace weft
