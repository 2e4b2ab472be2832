// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Memory in blocks: aligned, apart, and there until the end.
#include <weft/graph/block_memory.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <utility>

TEST_CASE("block_memory: what is handed out is aligned and does not overlap") {
    weft::block_memory memory;
    std::mt19937 random(3);
    std::vector<std::pair<unsigned char*, std::size_t>> all;
    for (int i = 0; i < 2000; ++i) {
        const std::size_t bytes = random() % 50 == 0 ? 1 + random() % 100'000 : 1 + random() % 300;
        auto* const at = static_cast<unsigned char*>(memory.allocate(bytes));
        CHECK(reinterpret_cast<std::uintptr_t>(at) % alignof(std::max_align_t) == 0);
        std::memset(at, i % 251, bytes);
        all.emplace_back(at, bytes);
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto [at, bytes] = all[i];
        bool same = true;
        for (std::size_t b = 0; b < bytes; ++b) same &= at[b] == i % 251;
        CHECK(same);
    }
}
