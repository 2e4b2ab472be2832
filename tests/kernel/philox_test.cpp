// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Philox against the known answers that its authors publish with Random123 (kat_vectors,
// philox4x32 with 10 rounds).
#include <doctest/doctest.h>

#include <weft/kernel/philox.hpp>

#include <set>

using weft::philox;
using weft::philox_words;

TEST_CASE("philox gives the known answers") {
    constexpr std::uint32_t ones = 0xffffffff;
    static_assert(philox({{0, 0, 0, 0}}, 0, 0) ==
                  philox_words{{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}});
    CHECK(philox({{0, 0, 0, 0}}, 0, 0) ==
          philox_words{{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}});
    CHECK(philox({{ones, ones, ones, ones}}, ones, ones) ==
          philox_words{{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}});
    CHECK(philox({{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}}, 0xa4093822, 0x299f31d0) ==
          philox_words{{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}});
}

TEST_CASE("seed, stream and index are counter and key") {
    const std::uint64_t seed = 0x299f31d0a4093822, index = 0x85a308d3243f6a88;
    CHECK(philox(seed, 7, index) ==
          philox({{0x243f6a88, 0x85a308d3, 7, 0}}, 0xa4093822, 0x299f31d0));
}

TEST_CASE("neighbours have nothing in common") {
    std::set<std::uint32_t> words;
    for (std::uint64_t seed : {0, 1, 2})
        for (std::uint32_t stream : {0u, 1u})
            for (std::uint64_t index = 0; index < 500; ++index)
                for (std::uint32_t word : philox(seed, stream, index).word) words.insert(word);
    CHECK(words.size() >= 12000 - 3);  // 12,000 of 2^32: 0.02 equal pairs are expected
}
