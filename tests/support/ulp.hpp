// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Distances between a computed value and an exact one in units in the last place of the computed
// type, for floating-point elements. The exact value is a long double, which on x86 has 11 bits
// more than a double; elsewhere it may be a double, and errors below half a unit are not seen.
#pragma once

#include <weft/core/element.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace weft_test {

// Bits of precision, exponent of the smallest normal number, and the largest finite number of T.
template <class T>
struct float_format {
    static constexpr int digits = std::numeric_limits<T>::digits;
    static constexpr int min_exponent = std::numeric_limits<T>::min_exponent - 1;
    static constexpr long double max = std::numeric_limits<T>::max();
};
template <>
struct float_format<weft::half> {
    static constexpr int digits = 11;
    static constexpr int min_exponent = -14;
    static constexpr long double max = 65504;
};
template <>
struct float_format<weft::bfloat16> {
    static constexpr int digits = 8;
    static constexpr int min_exponent = -126;
    static constexpr long double max = 0x1.fep127L;
};

// The distance between neighbours of T at x, which is finite.
template <class T>
long double ulp_at(long double x) {
    using format = float_format<T>;
    const int exponent = x == 0 ? format::min_exponent : std::ilogb(x);
    return std::ldexp(1.0L, std::max(exponent, format::min_exponent) - format::digits + 1);
}

// |actual - exact| in ULP of T. NaN is 0 from NaN; an infinity is 0 from every number that rounds
// to it, and an infinite distance from others, as is NaN.
template <class T>
long double ulp_error(T actual, long double exact) {
    const auto value = static_cast<long double>(static_cast<weft::compute_t<T>>(actual));
    if (std::isnan(value) || std::isnan(exact))
        return std::isnan(value) && std::isnan(exact) ? 0 : INFINITY;
    const long double limit = float_format<T>::max;
    if (std::isinf(value)) {
        const bool overflows = std::abs(exact) >= limit + ulp_at<T>(limit) / 2;
        return overflows && std::signbit(value) == std::signbit(exact) ? 0 : INFINITY;
    }
    if (std::isinf(exact)) return INFINITY;
    return std::abs(value - exact) / ulp_at<T>(exact);
}

}  // namespace weft_test
