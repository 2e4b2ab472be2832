// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// erf, erfc and gelu of packs. For z >= 0, erfc(z) is exp(-z^2) times a smooth function of (z - a)
// / (z + a) (Shepherd and Laframboise 1981; coefficients minimax, by Sollya), so that small results
// keep their digits; close to 0 erf is a polynomial. Of floats themselves, the smooth function and
// erf are quotients of polynomials (minimax). `single` as in exponential.hpp.
#pragma once

#include <weft/kernel/exponential.hpp>

namespace weft {

// erfc(z) for z >= 0, given z * z as a pair; not of floats themselves.
template <bool single, class P>
[[gnu::always_inline]] inline P erfc_positive(const P& unbounded, const exact_pair<P>& square) {
    constexpr double a = single ? 2 : 4;
    const P z = bounded(unbounded, 0.0, single ? 10.1 : 27.4);
    const P t = quotient<single>(P(1.0), z + P(a));
    const P u = (z - P(a)) * t;
    P q;
    if constexpr (single)
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
    return exp_of_sum<single>(-square.high, -square.low) * (t * q);
}
template <bool single, class P>
[[gnu::always_inline]] inline exact_pair<P> square_of(const P& x) {
    if constexpr (single)
        return {x * x, P(0)};
    else
        return exact_product(x, x);
}

// Phi(-x) of floats, Phi the normal distribution function, 0 <= x <= 13.23, given -x * x / 2 as a
// pair. 0 where that is below 1.7e-38.
template <class P>
[[gnu::always_inline]] inline P normal_tail(const P& x, const exact_pair<P>& exponent) {
    const auto parts = split_exponent(exponent.high, float_format<float>::bias - 1);
    const P e = twice_exp_near_0(parts.r + exponent.low) * parts.scale;
    const P p = polynomial(x, P(3.994735889136791e-3f), 3.981363773345947e-2f, 0.180800199508667f,
                           0.4350011348724365f, 0.5f);
    const P q = polynomial(x, P(1.001316960901022e-2f), 9.980560839176178e-2f, 0.46304264664649963f,
                           1.1923781633377075f, 1.6678870916366577f, 1.0f);
    return e * p / q;
}

template <bool single, class P>
[[gnu::always_inline]] inline P erfc_of(const P& x) {
    using T = lane_element_t<P>;
    P upper;
    if constexpr (sizeof(T) == 4) {
        const P z = smaller_or_second(P(9.35f), absolute(x));
        const P half = normal_tail(z * P(1.4142135623730950f), exact_product(-z, z));
        upper = half + half;
    } else {
        const P z = smaller_or_second(P(T(28)), absolute(x));
        upper = erfc_positive<single>(z, square_of<single>(z));
    }
    return select(x < P(T(0)), P(T(2)) - upper, upper);
}

template <bool single, class P>
[[gnu::always_inline]] inline P erf_of(const P& x) {
    using T = lane_element_t<P>;
    if constexpr (sizeof(T) == 4) {
        // x p(x^2) / q(x^2), up to an x where rounding makes that 1, with and without fused
        // operations.
        const P inside = bounded(x, -3.95599151f, 3.95599151f), z = inside * inside;
        const P p = polynomial(z, P(2.1849575659871334e-06f), 0.0002741033094935119f,
                               0.0031768151093274355f, 0.05091230943799019f, 0.1763441413640976f,
                               1.128379225730896f);
        const P q = polynomial(z, P(3.8938072975724936e-05f), 0.0010249937186017632f,
                               0.0137779014185071f, 0.1083199605345726f, 0.4896155297756195f, 1.0f);
        return bounded(inside * p / q, -1.0f, 1.0f);
    } else {
        const P z = smaller_or_second(P(T(7)), absolute(x));
        const P large = P(T(1)) - erfc_positive<single>(z, {z * z, P(T(0))});
        const P s = z * z;
        P q;
        if constexpr (single)
            q = polynomial(s, P(-9.6801359360841618e-6), 1.1270544220135797e-4,
                           -8.4847113916086048e-4, 5.2210748721723691e-3, -2.6865445818229822e-2,
                           0.11283782747114807, -0.37612638483798849, 1.1283791670631547);
        else
            q = polynomial(s, P(-7.7871409982628993e-10), 1.3714890690730486e-8,
                           -1.6207152295375514e-7, 1.6447228937057237e-6, -1.4924718787982984e-5,
                           1.2055293808155596e-4, -8.548325931727704e-4, 5.2239776059953732e-3,
                           -2.6866170643060991e-2, 0.11283791670943447, -0.37612638903183476,
                           1.1283791670955126);
        return with_sign(select(z < P(T(1)), z * q, large), x);
    }
}

// x * Phi(x).
template <bool single, class P>
[[gnu::always_inline]] inline P gelu_of(const P& x) {
    using T = lane_element_t<P>;
    if constexpr (sizeof(T) == 4) {
        const P inside = bounded(x, -13.23f, 13.23f), size = absolute(inside);
        const P tail = size * normal_tail(size, exact_product(P(-0.5f) * inside, inside));
        return larger_or_second(P(-0.0f), x) - tail;
    } else {
        const P inside = bounded(x, T(-40), T(40));
        const P z = absolute(inside) * P(T(0.70710678118654752440));
        auto square = square_of<single>(inside);
        square.high = square.high * P(T(0.5));
        square.low = square.low * P(T(0.5));
        const P tail = P(T(0.5)) * inside * erfc_positive<single>(z, square);
        return select(x <= P(T(0)), tail, x - tail);
    }
}

}  // namespace weft
