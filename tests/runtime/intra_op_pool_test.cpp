// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/runtime/intra_op_pool.hpp>

#include "allocation_counter.hpp"
#include "threads.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <random>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace weft;

namespace {

constexpr double long_ns = 1e6;   // per index: every range is shared

// How often each index was covered.
std::vector<int> coverage(intra_op_pool& pool, std::size_t n, double cost_ns) {
    std::vector<std::atomic<int>> counts(n);
    pool.parallel_for(n, cost_ns, [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i) ++counts[i];
    });
    return {counts.begin(), counts.end()};
}

}  // namespace

TEST_CASE("chunks are worth 20 us, and what takes under 40 us stays whole") {
    CHECK(chunking::of(0, 1.0, 4).count == 0);
    CHECK(chunking::of(1000, 1.0, 4).count == 1);
    CHECK(chunking::of(39'999, 1.0, 4).count == 1);
    CHECK(chunking::of(1, 1e9, 4).count == 1);
    const chunking two = chunking::of(40'000, 1.0, 4);
    CHECK(two.count == 2);
    CHECK(two.size >= 20'000);
    const chunking many = chunking::of(1'000'000'000, 1.0, 4);   // a second
    CHECK(many.size >= 500'000);
    CHECK(many.count >= 32);
    CHECK(chunking::of(10, long_ns, 2).count == 10);
    CHECK(chunking::of(100, std::numeric_limits<double>::quiet_NaN(), 4).count == 1);
    CHECK(chunking::of(100, -5.0, 4).count == 1);
    CHECK(chunking::of(100, std::numeric_limits<double>::infinity(), 4).count == 100);
    CHECK(chunking::of(std::numeric_limits<std::size_t>::max(), 1e-3, 2).count >= 2);
}

TEST_CASE("chunks cover the range whatever its size and cost") {
    std::mt19937 random(1);
    for (int i = 0; i < 2000; ++i) {
        const std::size_t n = random() % (1u << (random() % 30));
        const double cost = std::uniform_real_distribution<>(0.0, 1000.0)(random);
        const chunking cut = chunking::of(n, cost, 1 + static_cast<int>(random() % 64));
        REQUIRE(cut.size * cut.count >= n);
        if (cut.count > 0) REQUIRE(cut.size * (cut.count - 1) < n);
    }
}

TEST_CASE("the pool has one thread less than its parallelism") {
    const int before = weft_test::settled_thread_count();
    {
        intra_op_pool pool(3);
        CHECK(pool.parallelism() == 3);
        CHECK(weft_test::thread_count() == before + 2);
    }
    weft_test::wait_until([&] { return weft_test::thread_count() == before; });
    intra_op_pool alone(1);
    CHECK(alone.parallelism() == 1);
    CHECK(weft_test::thread_count() == before);
}

TEST_CASE("every index once, for any range, cost and number of threads") {
    std::mt19937 random(2);
    for (int parallelism : {1, 2, 3, 5}) {
        intra_op_pool pool(parallelism);
        for (int i = 0; i < 60; ++i) {
            const std::size_t n = random() % 3000;
            const double cost = std::uniform_real_distribution<>(0.0, 2000.0)(random);
            for (int count : coverage(pool, n, cost)) REQUIRE(count == 1);
        }
    }
}

TEST_CASE("helpers take part: chunks run at the same time") {
    intra_op_pool pool(3);
    std::atomic<int> inside{0};
    pool.parallel_for(3, long_ns, [&](std::size_t, std::size_t) {
        ++inside;
        weft_test::wait_until([&] { return inside == 3; });
    });
    CHECK(inside == 3);
}

TEST_CASE("nested calls end, on every level, with the helpers that there are") {
    for (int parallelism : {1, 2, 4}) {
        intra_op_pool pool(parallelism);
        std::atomic<int> leaves{0};
        pool.parallel_for(6, long_ns, [&](std::size_t first, std::size_t last) {
            for (std::size_t i = first; i < last; ++i)
                pool.parallel_for(5, long_ns, [&](std::size_t a, std::size_t b) {
                    pool.parallel_for(4 * (b - a), long_ns, [&](std::size_t c, std::size_t d) {
                        leaves += static_cast<int>(d - c);
                    });
                });
        });
        CHECK(leaves == 6 * 5 * 4);
    }
}

TEST_CASE("the first exception is thrown in the caller, the rest is skipped, the pool lives on") {
    for (int parallelism : {1, 2, 4}) {
        intra_op_pool pool(parallelism);
        for (int i = 0; i < 50; ++i) {
            std::atomic<int> ran{0};
            CHECK_THROWS_WITH_AS(
                pool.parallel_for(1000, long_ns,
                                  [&](std::size_t, std::size_t) {
                                      ++ran;
                                      throw std::runtime_error("disk on fire");
                                  }),
                "disk on fire", std::runtime_error);
            CHECK(ran >= 1);
            CHECK(ran <= parallelism);
        }
        for (int count : coverage(pool, 100, long_ns)) REQUIRE(count == 1);
    }
}

TEST_CASE("no body runs any more when the exception arrives") {
    intra_op_pool pool(3);
    for (int i = 0; i < 50; ++i) {
        std::atomic<int> inside{0};
        try {
            pool.parallel_for(64, long_ns, [&](std::size_t first, std::size_t) {
                ++inside;
                if (first == 5) {
                    --inside;
                    throw 5;
                }
                std::this_thread::yield();
                --inside;
            });
            FAIL("nothing was thrown");
        } catch (int value) {
            CHECK(value == 5);
        }
        CHECK(inside == 0);
    }
}

TEST_CASE("an exception in a nested call passes through both") {
    intra_op_pool pool(2);
    CHECK_THROWS_AS(pool.parallel_for(4, long_ns,
                                      [&](std::size_t, std::size_t) {
                                          pool.parallel_for(4, long_ns,
                                                            [](std::size_t, std::size_t) {
                                                                fail(errc::out_of_range, "far");
                                                            });
                                      }),
                    failure);
}

TEST_CASE("a stop skips what has not begun, and is an error") {
    for (int parallelism : {1, 3}) {
        intra_op_pool pool(parallelism);
        stop_state stop;
        stop.reset();
        std::atomic<int> ran{0};
        const auto body = [&](std::size_t first, std::size_t last) {
            ran += static_cast<int>(last - first);
            stop.request(errc::cancelled);
        };
        try {
            pool.parallel_for(1000, long_ns, body, &stop);
            FAIL("nothing was thrown");
        } catch (const failure& reason) {
            CHECK(reason.code() == errc::cancelled);
        }
        CHECK(ran < 1000);
        ran = 0;
        pool.parallel_for(50, long_ns, body);   // without it, all of the range
        CHECK(ran == 50);
        stop.reset();
        CHECK_NOTHROW(pool.parallel_for(1, long_ns, [](std::size_t, std::size_t) {}, &stop));
    }
}

TEST_CASE("many callers at once share the helpers") {
    intra_op_pool pool(3);
    std::vector<std::thread> callers;
    std::atomic<long> sum{0};
    for (int t = 0; t < 5; ++t)
        callers.emplace_back([&] {
            for (int i = 0; i < 200; ++i)
                pool.parallel_for(17, long_ns, [&](std::size_t first, std::size_t last) {
                    sum += static_cast<long>(last - first);
                });
        });
    for (std::thread& caller : callers) caller.join();
    CHECK(sum == 5 * 200 * 17);
}

TEST_CASE("writes of the bodies are seen by the caller") {
    intra_op_pool pool(4);
    std::vector<int> numbers(5000);
    for (int round = 1; round <= 30; ++round) {
        pool.parallel_for(numbers.size(), 100.0, [&](std::size_t first, std::size_t last) {
            for (std::size_t i = first; i < last; ++i) numbers[i] += 1;
        });
        for (int number : numbers) REQUIRE(number == round);
    }
}

TEST_CASE("a call allocates nothing") {
    intra_op_pool pool(3);
    std::atomic<int> ran{0};
    const auto body = [&](std::size_t, std::size_t) { ++ran; };
    pool.parallel_for(10, long_ns, body);
    const std::size_t before = weft_test::allocations_so_far();
    for (int i = 0; i < 100; ++i) pool.parallel_for(10, long_ns, body);
    CHECK(weft_test::allocations_so_far() == before);
    CHECK(ran == 1010);
}
