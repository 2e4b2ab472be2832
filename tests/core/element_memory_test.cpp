// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/core/element_memory.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

using namespace weft;

TEST_CASE("blocks are aligned, and of no bytes there is none") {
    for (std::size_t bytes : {1u, 63u, 64u, 100'000u}) {
        const element_block block = take_elements(bytes);
        CHECK(reinterpret_cast<std::uintptr_t>(block.data) % tensor_alignment == 0);
        CHECK(block.bytes >= bytes);
        give_elements(block);
    }
    CHECK(take_elements(0).data == nullptr);
    give_elements({});
    release_idle_memory();
}

TEST_CASE("a large block is kept for the next of about its size") {
    release_idle_memory();
    const element_block first = take_elements(1 << 20);
    give_elements(first);
    if constexpr (recycles_memory) {
        const element_block smaller = take_elements(600'000);
        CHECK(smaller.data == first.data);
        CHECK(smaller.bytes == first.bytes);
        give_elements(smaller);
        const element_block much_smaller = take_elements(100'000);
        CHECK(much_smaller.data != first.data);  // it would waste nine tenths
        give_elements(much_smaller);
        const element_block larger = take_elements(2 << 20);
        CHECK(larger.data != first.data);
        give_elements(larger);
    }
    release_idle_memory();
}

TEST_CASE("no more blocks are kept than there are slots") {
    std::vector<element_block> blocks;
    for (int i = 0; i < 20; ++i) blocks.push_back(take_elements(100'000));
    for (element_block block : blocks) give_elements(block);
    release_idle_memory();
}

// Happens-before checked here: what a thread wrote to a block before it gave it back, and the size
// kept in it, come before what the thread that takes it reads and writes (TSan sees a race
// otherwise); and no block is with two threads at once.
TEST_CASE("threads exchange blocks") {
    std::vector<std::thread> threads;
    std::vector<int> wrong(4, 0);
    for (std::size_t t = 0; t < wrong.size(); ++t)
        threads.emplace_back([&wrong, t] {
            for (int round = 0; round < 2000; ++round) {
                const element_block block = take_elements(70'000 + t * 1000);
                auto* const bytes = static_cast<unsigned char*>(block.data);
                std::memset(bytes, static_cast<int>(t), 70'000);
                std::this_thread::yield();
                for (std::size_t i = 0; i < 70'000; i += 997) wrong[t] += bytes[i] != t;
                give_elements(block);
            }
        });
    for (std::thread& thread : threads) thread.join();
    for (int w : wrong) CHECK(w == 0);
    release_idle_memory();
}
