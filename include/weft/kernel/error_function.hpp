// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// erf, erfc and gelu of packs. For z >= 0, erfc(z) is exp(-z^2) times a smooth function of (z - a)
// / (z + a) (Shepherd and Laframboise 1981; coefficients minimax, by Sollya), so that small results
// keep their digits; close to 0 erf is a polynomial. `single` as in exponential.hpp.
#pragma once

#include <weft/kernel/exponential.hpp>

namespace weft {

// erfc(z) for z >= 0, given z * z as a pair.
template <bool single, class P>
[[gnu::always_inline]] inline P erfc_positive(const P& unbounded, const exact_pair<P>& square) {
    using T = lane_element_t<P>;
    constexpr bool all_digits = sizeof(T) == 8 && !single;
    constexpr T a = all_digits ? 4 : 2;
    const P z = bounded(unbounded, T(0), T(all_digits ? 27.4 : 10.1));
    const P t = quotient<single>(P(T(1)), z + P(a));
    const P u = (z - P(a)) * t;
    P q;
    if constexpr (sizeof(T) == 4)
        q = polynomial(u, P(-4.473236040212214e-4f), -7.347899954766035e-4f, 2.9719420708715916e-3f,
                       6.4208447001874447e-3f, -2.1483777090907097e-2f, -3.6431256681680679e-2f,
                       0.27946996688842773f, -0.68716120719909668f, 1.0215827226638794f);
    else if constexpr (single)
        q = polynomial(u, P(2.9423303908491694e-5), 1.1697782003431521e-4, 2.5722946974385497e-5,
                       -6.5020400517270399e-4, -8.3099925139002969e-4, 3.0878282067512476e-3,
                       6.4776336366093703e-3, -2.1510380655866784e-2, -3.6442084884911512e-2,
                       0.279472081101311, -0.68716068818565312, 1.021582705325337);
    else
        q = polynomial(u, P(6.2610789880246066e-10), -1.4518575780789613e-9, -1.5118553378856325e-8,
                       5.6053498861748972e-9, 1.2507816252901051e-7, -8.1541506518902207e-8,
                       -8.4826896923256357e-7, 1.4284364175940628e-6, 4.6962267298724337e-6,
                       -1.8862714249671526e-5, -3.6360523226152249e-6, 1.7681331432748481e-4,
                       -4.5505242584702546e-4, -2.8095894973070688e-4, 6.1120556095346059e-3,
                       -2.6370053331728500e-2, 7.6381514914192761e-2, -0.17401093724041561,
                       0.33085158787773039, -0.54085383131322284, 0.77320870226524452,
                       -0.97654872908088208, 1.0959956610004911);
    return exp_of<single>(-square.high, -square.low) * (t * q);
}
template <bool single, class P>
[[gnu::always_inline]] inline exact_pair<P> square_of(const P& x) {
    if constexpr (single && sizeof(lane_element_t<P>) == 8)
        return {x * x, P(0)};
    else
        return exact_product(x, x);
}

template <bool single, class P>
[[gnu::always_inline]] inline P erfc_of(const P& x) {
    using T = lane_element_t<P>;
    const P z = bounded(absolute(x), T(0), T(28));
    const P upper = erfc_positive<single>(z, square_of<single>(z));
    return select(x < P(T(0)), P(T(2)) - upper, upper);
}

template <bool single, class P>
[[gnu::always_inline]] inline P erf_of(const P& x) {
    using T = lane_element_t<P>;
    const P z = bounded(absolute(x), T(0), T(7));
    const P large = P(T(1)) - erfc_positive<single>(z, {z * z, P(T(0))});
    const P s = z * z;
    P q;
    if constexpr (sizeof(T) == 4)
        q = polynomial(s, P(-5.638194270431995e-4f), 4.9187745898962021e-3f,
                       -2.6711726561188698e-2f, 0.11280152201652527f, -0.3761231005191803f,
                       1.1283791065216064f);
    else if constexpr (single)
        q = polynomial(s, P(-9.6801359360841618e-6), 1.1270544220135797e-4, -8.4847113916086048e-4,
                       5.2210748721723691e-3, -2.6865445818229822e-2, 0.11283782747114807,
                       -0.37612638483798849, 1.1283791670631547);
    else
        q = polynomial(s, P(-7.7871409982628993e-10), 1.3714890690730486e-8, -1.6207152295375514e-7,
                       1.6447228937057237e-6, -1.4924718787982984e-5, 1.2055293808155596e-4,
                       -8.548325931727704e-4, 5.2239776059953732e-3, -2.6866170643060991e-2,
                       0.11283791670943447, -0.37612638903183476, 1.1283791670955126);
    return with_sign(select(z < P(T(1)), z * q, large), x);
}

// x * Phi(x), Phi the normal distribution function.
template <bool single, class P>
[[gnu::always_inline]] inline P gelu_of(const P& x) {
    using T = lane_element_t<P>;
    const P inside = bounded(x, T(-40), T(40));
    const P z = absolute(inside) * P(T(0.70710678118654752440));
    auto square = square_of<single>(inside);
    square.high = square.high * P(T(0.5));
    square.low = square.low * P(T(0.5));
    const P tail = P(T(0.5)) * inside * erfc_positive<single>(z, square);
    return select(x <= P(T(0)), tail, x - tail);
}

}  // namespace weft
