// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The elementary functions as objects, and how they are applied: to packs by the formulas of the
// headers below, to numbers by those of a pack, so that an element's result is the same in both; by
// nvcc, which has no packs, to numbers by the C library. Floats are computed in double and rounded
// once, but for accuracy::fast. Includes neither <cmath> nor intrinsics.
#pragma once

#include <weft/kernel/circular.hpp>
#include <weft/kernel/error_function.hpp>
#include <weft/kernel/logarithm.hpp>

namespace weft {

namespace functions {

// Of each: `of` packs, the C library's for numbers, and whether there is a fast one of floats.
struct exp {
    static constexpr bool has_fast = true;
    template <bool single, class P>
    [[gnu::always_inline]] static P of(const P& x) {
        return exp_of<single>(x);
    }
    WEFT_HOST_DEVICE static float library(float x) { return __builtin_expf(x); }
    WEFT_HOST_DEVICE static double library(double x) { return __builtin_exp(x); }
};
struct expm1 {
    static constexpr bool has_fast = true;
    template <bool single, class P>
    [[gnu::always_inline]] static P of(const P& x) {
        return expm1_of<single>(x);
    }
    WEFT_HOST_DEVICE static float library(float x) { return __builtin_expm1f(x); }
    WEFT_HOST_DEVICE static double library(double x) { return __builtin_expm1(x); }
};
struct log {
    static constexpr bool has_fast = true;
    template <bool single, class P>
    [[gnu::always_inline]] static P of(const P& x) {
        return log_of<single>(x);
    }
    WEFT_HOST_DEVICE static float library(float x) { return __builtin_logf(x); }
    WEFT_HOST_DEVICE static double library(double x) { return __builtin_log(x); }
};
struct log1p {
    static constexpr bool has_fast = true;
    template <bool single, class P>
    [[gnu::always_inline]] static P of(const P& x) {
        return log1p_of<single>(x);
    }
    WEFT_HOST_DEVICE static float library(float x) { return __builtin_log1pf(x); }
    WEFT_HOST_DEVICE static double library(double x) { return __builtin_log1p(x); }
};
struct tanh {
    static constexpr bool has_fast = true;
    template <bool single, class P>
    [[gnu::always_inline]] static P of(const P& x) {
        return tanh_of<single>(x);
    }
    WEFT_HOST_DEVICE static float library(float x) { return __builtin_tanhf(x); }
    WEFT_HOST_DEVICE static double library(double x) { return __builtin_tanh(x); }
};
struct erf {
    static constexpr bool has_fast = true;
    template <bool single, class P>
    [[gnu::always_inline]] static P of(const P& x) {
        return erf_of<single>(x);
    }
    WEFT_HOST_DEVICE static float library(float x) { return __builtin_erff(x); }
    WEFT_HOST_DEVICE static double library(double x) { return __builtin_erf(x); }
};
struct erfc {
    static constexpr bool has_fast = true;
    template <bool single, class P>
    [[gnu::always_inline]] static P of(const P& x) {
        return erfc_of<single>(x);
    }
    WEFT_HOST_DEVICE static float library(float x) { return __builtin_erfcf(x); }
    WEFT_HOST_DEVICE static double library(double x) { return __builtin_erfc(x); }
};
struct sin {
    static constexpr bool has_fast = false;
    template <bool single, class P>
    [[gnu::always_inline]] static P of(const P& x) {
        return circular_of<single, false>(x);
    }
    WEFT_HOST_DEVICE static float library(float x) { return __builtin_sinf(x); }
    WEFT_HOST_DEVICE static double library(double x) { return __builtin_sin(x); }
};
struct cos {
    static constexpr bool has_fast = false;
    template <bool single, class P>
    [[gnu::always_inline]] static P of(const P& x) {
        return circular_of<single, true>(x);
    }
    WEFT_HOST_DEVICE static float library(float x) { return __builtin_cosf(x); }
    WEFT_HOST_DEVICE static double library(double x) { return __builtin_cos(x); }
};
// Of doubles the C library's, lane by lane.
struct pow {
    static constexpr bool has_fast = false;
    template <bool single, class P>
    [[gnu::always_inline]] static P of(const P& x, const P& y) {
        if constexpr (single)
            return pow_of(x, y);
        else
            return map_lanes<double>([](double a, double b) { return __builtin_pow(a, b); }, x, y);
    }
    WEFT_HOST_DEVICE static float library(float x, float y) { return __builtin_powf(x, y); }
    WEFT_HOST_DEVICE static double library(double x, double y) { return __builtin_pow(x, y); }
};
struct sigmoid {
    static constexpr bool has_fast = true;
    template <bool single, class P>
    [[gnu::always_inline]] static P of(const P& x) {
        return sigmoid_of<single>(x);
    }
    template <class T>
    WEFT_HOST_DEVICE static T library(T x) {
        const T e = exp::library(x < T(0) ? x : -x);
        return (x < T(0) ? e : T(1)) / (T(1) + e);
    }
};
struct softplus {
    static constexpr bool has_fast = true;
    template <bool single, class P>
    [[gnu::always_inline]] static P of(const P& x) {
        return softplus_of<single>(x);
    }
    template <class T>
    WEFT_HOST_DEVICE static T library(T x) {
        return (x > T(0) ? x : T(0)) + log1p::library(exp::library(x > T(0) ? -x : x));
    }
};
struct gelu {
    static constexpr bool has_fast = true;
    template <bool single, class P>
    [[gnu::always_inline]] static P of(const P& x) {
        return gelu_of<single>(x);
    }
    template <class T>
    WEFT_HOST_DEVICE static T library(T x) {
        const T bounded = x < T(-40) ? T(-40) : x;
        return T(0.5) * bounded * erfc::library(bounded * T(-0.70710678118654752440));
    }
};
struct gelu_tanh {
    static constexpr bool has_fast = true;
    template <bool single, class P>
    [[gnu::always_inline]] static P of(const P& x) {
        return gelu_tanh_of<single>(x);
    }
    template <class T>
    WEFT_HOST_DEVICE static T library(T x) {
        const T bounded = x < T(-40) ? T(-40) : x;
        const T slope = T(0.071354816272600251) * bounded * bounded + T(1.5957691216057307);
        return bounded * sigmoid::library(bounded * slope);
    }
};

}  // namespace functions

namespace detail {

// Not inlined: a program has one copy for each type, however often it is used in expressions.
template <class F, class P, class... Rest>
[[gnu::noinline]] P accurate_pack(P x, Rest... rest) {
    if constexpr (sizeof(lane_element_t<P>) == sizeof(float))
        return in_double([](const auto&... wide) { return F::template of<true>(wide...); }, x,
                         rest...);
    else
        return F::template of<false>(x, rest...);
}

// F of numbers or packs of float or double.
template <class F, accuracy A, class V, class... Rest>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline V elementary(const V& x, const Rest&... rest) {
    using T = lane_element_t<V>;
    if constexpr (!is_pack<V> && register_bytes == 1)
        return F::library(x, rest...);
    else if constexpr (!is_pack<V>)
        return elementary<F, A>(pack<T, register_bytes / static_cast<int>(sizeof(T))>(x),
                                pack<T, register_bytes / static_cast<int>(sizeof(T))>(rest)...)[0];
    else if constexpr (A == accuracy::fast && F::has_fast && sizeof(T) == sizeof(float))
        return F::template of<false>(x, rest...);
    else
        return accurate_pack<F>(x, rest...);
}

}  // namespace detail

}  // namespace weft
