// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/runtime/in_order_queue.hpp>
#include <weft/runtime/stop_state.hpp>

#include "allocation_counter.hpp"
#include "threads.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <thread>
#include <vector>

using namespace weft;

namespace {

struct numbered : work_item {
    std::vector<int>* seen = nullptr;   // written by the queue's thread only
    int number = 0;

    numbered(std::vector<int>& where, int n) : seen(&where), number(n) {
        run = [](work_item* self) noexcept {
            auto* const one = static_cast<numbered*>(self);
            one->seen->push_back(one->number);
        };
    }
};

}  // namespace

TEST_CASE("items run in the order of submission, in the queue's thread") {
    const int before = weft_test::settled_thread_count();
    std::vector<int> seen;
    seen.reserve(1000);
    std::vector<std::unique_ptr<numbered>> items;
    for (int i = 0; i < 1000; ++i) items.push_back(std::make_unique<numbered>(seen, i));
    in_order_queue queue("weft test");
    CHECK(weft_test::thread_count() == before + 1);
    for (int i = 0; i < 500; ++i) queue.submit(*items[static_cast<std::size_t>(i)]);
    std::vector<work_item*> rest;
    for (std::size_t i = 500; i < 1000; ++i) rest.push_back(items[i].get());
    queue.submit(rest);
    queue.synchronize();
    REQUIRE(seen.size() == 1000);
    for (int i = 0; i < 1000; ++i) REQUIRE(seen[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("a destroyed queue has run what was submitted") {
    std::vector<int> seen;
    std::vector<std::unique_ptr<numbered>> items;
    for (int i = 0; i < 100; ++i) items.push_back(std::make_unique<numbered>(seen, i));
    {
        in_order_queue queue("weft test");
        for (auto& item : items) queue.submit(*item);
    }
    CHECK(seen.size() == 100);
}

TEST_CASE("each submitter's items stay in their order") {
    std::vector<int> seen;
    seen.reserve(2000);
    std::vector<std::unique_ptr<numbered>> items;
    for (int i = 0; i < 2000; ++i) items.push_back(std::make_unique<numbered>(seen, i));
    in_order_queue queue("weft test");
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < 2; ++t)
        threads.emplace_back([&, t] {
            for (std::size_t i = 0; i < 1000; ++i) queue.submit(*items[t * 1000 + i]);
            queue.synchronize();
        });
    for (std::thread& thread : threads) thread.join();
    int last[2] = {-1, 999};
    for (int number : seen) {
        int& mine = last[number / 1000];
        REQUIRE(number == mine + 1);
        mine = number;
    }
}

TEST_CASE("latency delays each item, and submitting does not wait") {
    std::vector<int> seen;
    numbered a(seen, 1), b(seen, 2);
    in_order_queue queue("weft test", 20'000'000);
    const auto start = stop_state::now_ns();
    queue.submit(a);
    queue.submit(b);
    const auto submitted = stop_state::now_ns();
    queue.synchronize();
    CHECK(stop_state::now_ns() - start >= 40'000'000);
    CHECK(submitted - start < 40'000'000);
}

TEST_CASE("submitting allocates nothing") {
    std::vector<int> seen;
    seen.reserve(10);
    numbered a(seen, 1);
    in_order_queue queue("weft test");
    const std::size_t before = weft_test::allocations_so_far();
    for (int i = 0; i < 10; ++i) {
        queue.submit(a);
        queue.synchronize();
    }
    CHECK(weft_test::allocations_so_far() == before);
}
