// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/cluster/buffer_pool.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>

using namespace weft;

TEST_CASE("buffers of all sizes are aligned and large enough") {
    const auto pool = std::make_shared<buffer_pool>(std::size_t{1} << 20);
    for (std::size_t size = 0; size < 70'000; size = size < 1100 ? size + 1 : size * 9 / 8) {
        const std::shared_ptr<std::byte> memory = pool->take(size);
        REQUIRE(memory != nullptr);
        CHECK(reinterpret_cast<std::uintptr_t>(memory.get()) % 64 == 0);
        std::memset(memory.get(), 1, size);  // AddressSanitizer looks
    }
}

TEST_CASE("what is dropped is taken again, up to a limit") {
    const auto pool = std::make_shared<buffer_pool>(4096);
    const std::byte* const first = pool->take(1000).get();
    if (recycles_memory) CHECK(pool->take(1000).get() == first);
    // Larger than the limit: not kept.
    pool->take(8192).reset();
    CHECK(pool->take(8192) != nullptr);
}

TEST_CASE("a buffer outlives its pool's other owners") {
    auto pool = std::make_shared<buffer_pool>(4096);
    const std::shared_ptr<std::byte> memory = pool->take(100);
    pool.reset();
    std::memset(memory.get(), 1, 100);
}

TEST_CASE("more memory than there is gives null") {
    const auto pool = std::make_shared<buffer_pool>(4096);
    CHECK(pool->take(~std::size_t{0}) == nullptr);
}
