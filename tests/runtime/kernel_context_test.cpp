// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/runtime/context_pool.hpp>
#include <weft/runtime/intra_op_pool.hpp>
#include <weft/runtime/kernel_context.hpp>

#include <weft/runtime/cpu_device.hpp>

#include "allocation_counter.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

using namespace weft;

namespace {

host_device make_cpu(int parallelism) {
    return {{.name = {.job = "localhost", .task = 0, .kind = "cpu", .index = 0}},
            std::make_shared<inter_op_pool>(0), std::make_shared<intra_op_pool>(parallelism)};
}

}  // namespace

TEST_CASE("a context splits work over the pool, and without one does it all") {
    host_device device = make_cpu(2);
    kernel_context<gpu> alone(device, nullptr);
    int calls = 0;
    alone.begin(nullptr, false).parallel_for(1'000'000, 1000.0, [&](std::size_t, std::size_t last) {
        ++calls;
        CHECK(last == 1'000'000);
    });
    alone.parallel_for(0, 1.0, [&](std::size_t, std::size_t) { ++calls; });
    CHECK(calls == 1);
    const auto slot = device.make_context();
    std::atomic<int> chunks{0};
    slot->begin(nullptr, false).parallel_for(100, 1e6, [&](std::size_t, std::size_t) { ++chunks; });
    CHECK(chunks > 1);
}

TEST_CASE("a stop is seen by the kernel, and ends interruptible loops only") {
    host_device device = make_cpu(2);
    const auto slot = device.make_context();
    stop_state stop;
    stop.reset();
    context_base& context = slot->begin(&stop, false);
    CHECK_FALSE(context.stop_requested());
    stop.request(errc::deadline_exceeded);
    CHECK(context.stop_requested());
    std::atomic<std::size_t> covered{0};
    const auto body = [&](std::size_t first, std::size_t last) { covered += last - first; };
    context.parallel_for(100, 1e6, body);
    CHECK(covered == 100);
    CHECK_THROWS_AS(slot->begin(&stop, true).parallel_for(100, 1e6, body), failure);
    CHECK(covered == 100);
    CHECK_FALSE(slot->begin(nullptr, true).stop_requested());
}

TEST_CASE("scratch is new for each kernel and costs nothing the second time") {
    host_device device = make_cpu(1);
    const auto slot = device.make_context();
    void* const first = slot->begin(nullptr, false).scratch(1000);
    CHECK(slot->begin(nullptr, false).scratch(1000) == first);
    const std::size_t before = weft_test::allocations_so_far();
    const auto on_device = device.memory().allocations;
    for (int i = 0; i < 50; ++i) slot->begin(nullptr, false).scratch(900);
    CHECK(weft_test::allocations_so_far() == before);
    CHECK(device.memory().allocations == on_device);
}

TEST_CASE("a context pool gives each kernel its own, and the same ones again") {
    host_device device = make_cpu(1);
    context_pool contexts(device);
    kernel_slot& a = contexts.acquire();
    kernel_slot& b = contexts.acquire();
    CHECK(&a != &b);
    contexts.release(a);
    CHECK(&contexts.acquire() == &a);
    contexts.release(b);
    contexts.release(a);
    const std::size_t before = weft_test::allocations_so_far();
    for (int i = 0; i < 50; ++i) {
        kernel_slot& one = contexts.acquire();
        kernel_slot& two = contexts.acquire();
        contexts.release(one);
        contexts.release(two);
    }
    CHECK(weft_test::allocations_so_far() == before);
    CHECK(&contexts.on() == &device);
}

TEST_CASE("many threads use one context pool") {
    host_device device = make_cpu(1);
    context_pool contexts(device);
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 200; ++i) {
                kernel_slot& slot = contexts.acquire();
                context_base& context = slot.begin(nullptr, false);
                auto* const mine = static_cast<volatile int*>(context.scratch(4));
                *mine = t;
                std::this_thread::yield();
                if (*mine != t) ++wrong;
                contexts.release(slot);
            }
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(wrong == 0);
}
