// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/runtime/ready_queue.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

TEST_CASE("ready_queue: numbers come out smallest first") {
    std::mt19937 random(1);
    for (std::size_t n : {0u, 1u, 2u, 3u, 7u, 100u, 1000u}) {
        std::vector<std::uint32_t> numbers;
        weft::ready_queue queue;
        for (std::size_t i = 0; i < n; ++i) {
            numbers.push_back(static_cast<std::uint32_t>(random() % 500));
            queue.push(numbers.back());
        }
        std::sort(numbers.begin(), numbers.end());
        for (std::uint32_t number : numbers) {
            REQUIRE_FALSE(queue.empty());
            CHECK(queue.pop() == number);
        }
        CHECK(queue.empty());
    }
}

TEST_CASE("ready_queue: pushes between pops") {
    weft::ready_queue queue;
    queue.push(5);
    queue.push(2);
    CHECK(queue.pop() == 2);
    queue.push(1);
    queue.push(9);
    CHECK(queue.pop() == 1);
    CHECK(queue.pop() == 5);
    CHECK(queue.pop() == 9);
    CHECK(queue.empty());
}
