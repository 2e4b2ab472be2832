// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Philox4x32-10, the counter-based random number generator of J. Salmon et al., "Parallel random
// numbers: as easy as 1, 2, 3" (2011): four 32-bit words that depend on a counter and a key alone,
// so any element of a random tensor can be made by any thread or device, in any order. Not for
// cryptography.
#pragma once

#include <weft/config.hpp>
#include <weft/fwd.hpp>

namespace weft {

struct philox_words {
    std::uint32_t word[4];

    friend constexpr bool operator==(const philox_words&, const philox_words&) = default;
};

namespace detail {
WEFT_HOST_DEVICE constexpr philox_words philox_round(const philox_words& c, std::uint32_t key0,
                                                     std::uint32_t key1) {
    const std::uint64_t product0 = std::uint64_t{0xd2511f53} * c.word[0];
    const std::uint64_t product1 = std::uint64_t{0xcd9e8d57} * c.word[2];
    return {{static_cast<std::uint32_t>(product1 >> 32) ^ c.word[1] ^ key0,
             static_cast<std::uint32_t>(product1),
             static_cast<std::uint32_t>(product0 >> 32) ^ c.word[3] ^ key1,
             static_cast<std::uint32_t>(product0)}};
}
}  // namespace detail

// Ten rounds for a counter of four words and a key of two.
WEFT_HOST_DEVICE constexpr philox_words philox(philox_words counter, std::uint32_t key0,
                                               std::uint32_t key1) {
    for (int round = 0; round < 10; ++round) {
        counter = detail::philox_round(counter, key0, key1);
        key0 += 0x9e3779b9u;
        key1 += 0xbb67ae85u;
    }
    return counter;
}

// Block `index` of the numbers of a seed. `stream` keeps distributions with the same seed
// independent.
WEFT_HOST_DEVICE constexpr philox_words philox(std::uint64_t seed, std::uint32_t stream,
                                               std::uint64_t index) {
    return philox(
        {{static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32), stream, 0}},
        static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32));
}

}  // namespace weft
