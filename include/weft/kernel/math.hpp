// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The scalar functions that element-wise kernels are made of. Each takes a V that is a number or a
// pack of numbers. Rounding is the compiler's built-ins, so that <cmath> (16,000 lines) stays out
// of every expression; elementary functions are elementary.hpp's, at two levels of accuracy.
#pragma once

#include <weft/core/failure.hpp>
#include <weft/kernel/elementary.hpp>

namespace weft {

// What the functions below take: an arithmetic type or a pack of one.
template <class V>
concept lanes = std::is_arithmetic_v<V> || is_pack<V>;
// Those of float or double.
template <class V>
concept floating_lanes = std::is_same_v < lane_element_t<V>,
float > || std::is_same_v<lane_element_t<V>, double>;

namespace detail {

// f of a scalar, or of each lane.
template <class F, class V>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline V lanewise(F f, const V& x) {
    if constexpr (is_pack<V>)
        return map_lanes<lane_element_t<V>>(f, x);
    else
        return f(x);
}
template <class F, class V>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline V lanewise(F f, const V& x, const V& y) {
    if constexpr (is_pack<V>)
        return map_lanes<lane_element_t<V>>(f, x, y);
    else
        return f(x, y);
}
template <class T>
inline constexpr bool is_float = std::is_same_v<T, float>;

}  // namespace detail

template <lanes V>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline V sqrt(const V& x) {
    if constexpr (is_pack<V> && sizeof(V) <= register_bytes)
        return square_root<4>(x);
    else
        return detail::lanewise(
            [](auto v) {
                if constexpr (detail::is_float<decltype(v)>)
                    return __builtin_sqrtf(v);
                else
                    return static_cast<decltype(v)>(__builtin_sqrt(v));
            },
            x);
}
// Elementary functions, of float or double: see docs/accuracy.md.
template <accuracy A = accuracy::high, floating_lanes V>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline V exp(const V& x) {
    return detail::elementary<functions::exp, A>(x);
}
template <accuracy A = accuracy::high, floating_lanes V>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline V expm1(const V& x) {
    return detail::elementary<functions::expm1, A>(x);
}
template <accuracy A = accuracy::high, floating_lanes V>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline V log(const V& x) {
    return detail::elementary<functions::log, A>(x);
}
template <accuracy A = accuracy::high, floating_lanes V>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline V log1p(const V& x) {
    return detail::elementary<functions::log1p, A>(x);
}
template <accuracy A = accuracy::high, floating_lanes V>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline V sin(const V& x) {
    return detail::elementary<functions::sin, A>(x);
}
template <accuracy A = accuracy::high, floating_lanes V>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline V cos(const V& x) {
    return detail::elementary<functions::cos, A>(x);
}
template <accuracy A = accuracy::high, floating_lanes V>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline V tanh(const V& x) {
    return detail::elementary<functions::tanh, A>(x);
}
template <accuracy A = accuracy::high, floating_lanes V>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline V erf(const V& x) {
    return detail::elementary<functions::erf, A>(x);
}
// 1 - erf(x), with all its digits where that is small.
template <accuracy A = accuracy::high, floating_lanes V>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline V erfc(const V& x) {
    return detail::elementary<functions::erfc, A>(x);
}
// 1 / (1 + exp(-x)).
template <accuracy A = accuracy::high, floating_lanes V>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline V sigmoid(const V& x) {
    return detail::elementary<functions::sigmoid, A>(x);
}
// log(1 + exp(x)).
template <accuracy A = accuracy::high, floating_lanes V>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline V softplus(const V& x) {
    return detail::elementary<functions::softplus, A>(x);
}
// x * Phi(x), Phi the normal distribution function.
template <accuracy A = accuracy::high, floating_lanes V>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline V gelu(const V& x) {
    return detail::elementary<functions::gelu, A>(x);
}
// The approximation of gelu by tanh.
template <accuracy A = accuracy::high, floating_lanes V>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline V gelu_tanh(const V& x) {
    return detail::elementary<functions::gelu_tanh, A>(x);
}
// Floating-point powers, by the C library's rules for 0, infinities and NaN.
template <accuracy A = accuracy::high, floating_lanes V>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline V pow(const V& x, const V& y) {
    return detail::elementary<functions::pow, A>(x, y);
}
// 1 - erf(x), with all its digits where that is small.
template <lanes V>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline V floor(const V& x) {
    return detail::lanewise(
        [](auto v) {
            if constexpr (detail::is_float<decltype(v)>)
                return __builtin_floorf(v);
            else
                return __builtin_floor(v);
        },
        x);
}
template <lanes V>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline V ceil(const V& x) {
    return detail::lanewise(
        [](auto v) {
            if constexpr (detail::is_float<decltype(v)>)
                return __builtin_ceilf(v);
            else
                return __builtin_ceil(v);
        },
        x);
}
// To the nearest integer, halfway cases to the even one, as NumPy and TensorFlow.
template <lanes V>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline V round(const V& x) {
    return detail::lanewise(
        [](auto v) {
            if constexpr (detail::is_float<decltype(v)>)
                return __builtin_rintf(v);
            else
                return __builtin_rint(v);
        },
        x);
}
// |x|; the smallest signed integer has no positive counterpart and stays itself. -0 gives +0.
template <lanes V>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline V abs(const V& x) {
    using T = lane_element_t<V>;
    if constexpr (std::is_unsigned_v<T>) {
        return x;
    } else if constexpr (is_pack<V>) {
        if constexpr (std::is_floating_point_v<T>) {
            using bits = typename V::bits_type;
            const bits sign = (bits)(V(T(-0.0)).v);
            return V((typename V::register_type)((bits)x.v & ~sign));
        } else {
            return select(x < V(T{}), -x, x);
        }
    } else if constexpr (std::is_same_v<T, float>) {
        return __builtin_fabsf(x);
    } else if constexpr (std::is_floating_point_v<T>) {
        return __builtin_fabs(x);
    } else {
        return x < T{} ? static_cast<T>(static_cast<std::make_unsigned_t<T>>(-1) *
                                        static_cast<std::make_unsigned_t<T>>(x))
                       : x;
    }
}

// The larger and the smaller of two; NaN if either is NaN.
// Of packs by the lanes' own masks: going through pack<bool> takes eight times as long.
template <lanes V>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline V maximum(const V& a, const V& b) {
    if constexpr (is_pack<V> && std::is_floating_point_v<lane_element_t<V>>)
        return V(((a.v < b.v) | (b.v != b.v)) ? b.v : a.v);
    else if constexpr (is_pack<V>)
        return V((a.v < b.v) ? b.v : a.v);
    else
        return a < b || b != b ? b : a;
}
template <lanes V>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline V minimum(const V& a, const V& b) {
    if constexpr (is_pack<V> && std::is_floating_point_v<lane_element_t<V>>)
        return V(((b.v < a.v) | (b.v != b.v)) ? b.v : a.v);
    else if constexpr (is_pack<V>)
        return V((b.v < a.v) ? b.v : a.v);
    else
        return b < a || b != b ? b : a;
}

namespace detail {
// Of a division of integers by zero. GPUs report that beforehand, see <weft/cuda/tree_lanes.hpp>.
template <class T>
WEFT_HOST_DEVICE inline T refuse_zero(T) {
#if !WEFT_IS_DEVICE_CODE
    fail(errc::invalid_argument, "division of integers by zero");
#endif
    return T{};
}
}  // namespace detail

// a / b. Of integers: rounds towards zero, fails with invalid_argument where b is 0, wraps where
// the quotient does not fit.
template <lanes V>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline V divide(const V& a, const V& b) {
    using T = lane_element_t<V>;
    if constexpr (std::is_floating_point_v<T>) {
        return a / b;
    } else {
        return detail::lanewise(
            [](T x, T y) -> T {
                if (y == T{}) return detail::refuse_zero(x);
                if constexpr (std::is_signed_v<T>)
                    if (y == T(-1))
                        return static_cast<T>(std::make_unsigned_t<T>(0) -
                                              std::make_unsigned_t<T>(x));
                return static_cast<T>(x / y);
            },
            a, b);
    }
}

// The remainder of a / b with the sign of b, as in Python and NumPy. Of integers: fails with
// invalid_argument where b is 0.
template <lanes V>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline V modulo(const V& a, const V& b) {
    using T = lane_element_t<V>;
    return detail::lanewise(
        [](T x, T y) -> T {
            if constexpr (std::is_floating_point_v<T>) {
                const T r =
                    static_cast<T>(detail::is_float<T> ? __builtin_fmodf(float(x), float(y))
                                                       : __builtin_fmod(double(x), double(y)));
                if (r != T{}) return (r < T{}) != (y < T{}) ? r + y : r;
                return y < T{} ? -weft::abs(r) : weft::abs(r);
            } else {
                if (y == T{}) return detail::refuse_zero(x);
                if constexpr (std::is_signed_v<T>) {
                    if (y == T(-1)) return T{};
                    const T r = static_cast<T>(x % y);
                    return r != T{} && (r < T{}) != (y < T{}) ? static_cast<T>(r + y) : r;
                } else {
                    return static_cast<T>(x % y);
                }
            }
        },
        a, b);
}

// Sum, difference, product and negation of scalars as packs do them: integers wrap around.
template <class T>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline T wrapping_add(const T& a, const T& b) {
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
        return static_cast<T>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
    else
        return a + b;
}
template <class T>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline T wrapping_subtract(const T& a, const T& b) {
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
        return static_cast<T>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
    else
        return a - b;
}
template <class T>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline T wrapping_multiply(const T& a, const T& b) {
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
        return static_cast<T>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
    else
        return a * b;
}

// static_cast of a scalar or of each lane. Floating-point values that the integer cannot hold
// become the nearest one that it can, NaN becomes 0 (C++ leaves both undefined).
template <class To, lanes V>
[[gnu::always_inline]] WEFT_HOST_DEVICE inline auto convert_to(const V& x) {
    using T = lane_element_t<V>;
    constexpr auto one = [](T v) -> To {
        if constexpr (std::is_floating_point_v<T> && std::is_integral_v<To> &&
                      !std::is_same_v<To, bool>) {
            constexpr bool has_sign = std::is_signed_v<To>;
            constexpr To lowest = has_sign ? static_cast<To>(To(1) << (sizeof(To) * 8 - 1)) : To(0);
            constexpr To highest = static_cast<To>(~lowest);
            if (v != v) return To(0);
            if (v <= static_cast<T>(lowest)) return lowest;
            if (v >= static_cast<T>(highest)) return highest;
        }
        return static_cast<To>(v);
    };
    if constexpr (!is_pack<V>)
        return one(x);
    else if constexpr (std::is_floating_point_v<T> && std::is_integral_v<To>)
        return map_lanes<To>(one, x);
    else
        return convert<To>(x);
}

}  // namespace weft
