// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/runtime/scratch_arena.hpp>

#include <weft/runtime/cpu_device.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <limits>
#include <random>
#include <thread>
#include <vector>

using namespace weft;

namespace {

host_device make_cpu(std::size_t limit = 0) {
    return {{.name = {.job = "localhost", .task = 0, .kind = "cpu", .index = 0},
             .memory_limit = limit},
            std::make_shared<inter_op_pool>(0), std::make_shared<intra_op_pool>(1)};
}

}  // namespace

TEST_CASE("blocks of scratch are aligned and do not overlap") {
    host_device device = make_cpu();
    scratch_arena arena(device);
    std::mt19937 random(3);
    for (int kernel = 0; kernel < 20; ++kernel) {
        std::vector<std::pair<unsigned char*, std::size_t>> taken;
        for (unsigned i = 0; i < 20; ++i) {
            const std::size_t bytes = random() % 3000;
            auto* const memory = static_cast<unsigned char*>(arena.take(bytes));
            REQUIRE(reinterpret_cast<std::uintptr_t>(memory) % 64 == 0);
            std::memset(memory, static_cast<int>(i), bytes);
            taken.emplace_back(memory, bytes);
        }
        for (unsigned i = 0; i < 20; ++i)
            for (std::size_t at = 0; at < taken[i].second; ++at) REQUIRE(taken[i].first[at] == i);
        arena.reset();
    }
}

TEST_CASE("a kernel that was here before allocates nothing") {
    host_device device = make_cpu();
    scratch_arena arena(device);
    const auto kernel = [&](unsigned seed) {
        std::mt19937 random(seed);
        arena.reset();
        for (int i = 0; i < 30; ++i) arena.take(random() % 10'000);
    };
    for (unsigned seed = 0; seed < 10; ++seed) kernel(seed);
    const auto before = device.memory().allocations;
    for (unsigned seed = 0; seed < 10; ++seed) kernel(seed);
    CHECK(device.memory().allocations == before);
    CHECK(before < 20);
}

TEST_CASE("scratch counts as memory of the device, and is given back") {
    host_device device = make_cpu(1000);
    {
        scratch_arena arena(device);
        arena.take(400);
        CHECK(device.memory().in_use == 448);
        arena.take(500);   // twice as much would be over the limit: exactly this much then
        CHECK(device.memory().in_use == 960);
        CHECK_THROWS_AS(arena.take(500), failure);
        CHECK_THROWS_AS(arena.take(std::numeric_limits<std::size_t>::max()), failure);
        arena.reset();
        CHECK_NOTHROW(arena.take(500));
    }
    CHECK(device.memory().in_use == 0);
}

TEST_CASE("the threads of a parallel_for may take scratch at the same time") {
    host_device device = make_cpu();
    scratch_arena arena(device);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 100; ++i) std::memset(arena.take(200), t, 200);
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(device.memory().live >= 1);
}
