// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// half (IEEE binary16) and bfloat16 as storage types: they hold 16 bits, convert to and from float
// with round-to-nearest-even, and are computed with in float. NaN stays NaN (quiet), infinities and
// signed zeros are kept, subnormals are exact.
#pragma once

#include <weft/config.hpp>
#include <weft/fwd.hpp>

#include <cstdint>

namespace weft {

namespace detail {

// Rounds a float to binary16; after the bit tricks described by F. Giesen, "float->half variants"
// (2012).
WEFT_HOST_DEVICE constexpr std::uint16_t half_bits(float value) {
    auto bits = __builtin_bit_cast(std::uint32_t, value);
    const std::uint32_t sign = bits & 0x80000000u;
    bits ^= sign;
    std::uint32_t out = 0;
    if (bits >= 0x47800000u) {  // 2^16 and above, infinity, NaN
        out = bits > 0x7f800000u ? 0x7e00u : 0x7c00u;
    } else if (bits < 0x38800000u) {  // below 2^-14: subnormal or zero
        const float aligned =
            __builtin_bit_cast(float, bits) + 0.5f;  // the addition rounds to even
        out = __builtin_bit_cast(std::uint32_t, aligned) - 0x3f000000u;
    } else {
        const std::uint32_t odd = (bits >> 13) & 1u;
        out = (bits + 0xc8000fffu + odd) >> 13;  // rebias the exponent, round to even
    }
    return static_cast<std::uint16_t>(out | (sign >> 16));
}

WEFT_HOST_DEVICE constexpr float half_value(std::uint16_t bits) {
    const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000u) << 16;
    const std::uint32_t magnitude = bits & 0x7fffu;
    if (magnitude >= 0x7c00u)
        return __builtin_bit_cast(float, sign | 0x7f800000u | ((magnitude & 0x3ffu) << 13));
    // Scaling by 2^112 rebiases the exponent and normalises subnormals at once.
    const float scaled = __builtin_bit_cast(float, magnitude << 13) * 0x1p112f;
    return __builtin_bit_cast(float, __builtin_bit_cast(std::uint32_t, scaled) | sign);
}

WEFT_HOST_DEVICE constexpr std::uint16_t bfloat16_bits(float value) {
    const auto bits = __builtin_bit_cast(std::uint32_t, value);
    if ((bits & 0x7fffffffu) > 0x7f800000u) return static_cast<std::uint16_t>((bits >> 16) | 0x40u);
    const std::uint32_t odd = (bits >> 16) & 1u;
    return static_cast<std::uint16_t>((bits + 0x7fffu + odd) >> 16);
}

}  // namespace detail

// IEEE 754 binary16: 11 bits of precision, largest finite value 65504.
struct half {
    std::uint16_t bits = 0;

    half() = default;
    WEFT_HOST_DEVICE explicit constexpr half(float value) : bits(detail::half_bits(value)) {}
    WEFT_HOST_DEVICE explicit constexpr operator float() const { return detail::half_value(bits); }
    friend constexpr bool operator==(half a, half b) { return float(a) == float(b); }
};

// The upper half of a float: 8 bits of precision, the range of float.
struct bfloat16 {
    std::uint16_t bits = 0;

    bfloat16() = default;
    WEFT_HOST_DEVICE explicit constexpr bfloat16(float value)
        : bits(detail::bfloat16_bits(value)) {}
    WEFT_HOST_DEVICE explicit constexpr operator float() const {
        return __builtin_bit_cast(float, static_cast<std::uint32_t>(bits) << 16);
    }
    friend constexpr bool operator==(bfloat16 a, bfloat16 b) { return float(a) == float(b); }
};

}  // namespace weft
