// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What random sources share: words of Philox become fractions, block by block. Element i depends on
// the seed, the distribution and i alone, so neither threads nor placement change it. float and
// double get as many random bits as they have digits, half and bfloat16 too, so that no fraction
// rounds up to 1.
#pragma once

#include <weft/kernel/philox.hpp>
#include <weft/ops/source.hpp>

namespace weft {

// The streams of a seed.
enum class random_stream : std::uint32_t { uniform = 0, normal = 1, bernoulli = 2 };

// Elements made from one block of four words.
template <class T>
inline constexpr std::size_t random_block = std::is_same_v<compute_t<T>, double> ? 2 : 4;

// Fraction number i of a block, in [0, 1), a multiple of 2^-digits.
template <class T>
WEFT_HOST_DEVICE constexpr compute_t<T> random_fraction(const philox_words& words,
                                                        std::size_t i) {
    if constexpr (std::is_same_v<T, double>) {
        const std::uint64_t bits = std::uint64_t{words.word[2 * i]} << 32 | words.word[2 * i + 1];
        return static_cast<double>(bits >> 11) * 0x1p-53;
    } else if constexpr (std::is_same_v<T, float>) {
        return static_cast<float>(words.word[i] >> 8) * 0x1p-24f;
    } else if constexpr (std::is_same_v<T, half>) {
        return static_cast<float>(words.word[i] >> 21) * 0x1p-11f;
    } else {
        return static_cast<float>(words.word[i] >> 24) * 0x1p-8f;
    }
}

// Writes n elements: make(words, values) gives PerBlock values from each block of words.
template <std::size_t PerBlock, class T, class Make>
void fill_random(context_base& ctx, T* out, std::size_t n, std::uint64_t seed, random_stream stream,
                 Make make) {
    ctx.parallel_for((n + PerBlock - 1) / PerBlock, 20, [&](std::size_t block, std::size_t last) {
        for (; block < last; ++block) {
            T values[PerBlock];
            make(philox(seed, static_cast<std::uint32_t>(stream), block), values);
            const std::size_t left = n - block * PerBlock;
            for (std::size_t i = 0; i < (left < PerBlock ? left : PerBlock); ++i)
                out[block * PerBlock + i] = values[i];
        }
    });
}

}  // namespace weft
