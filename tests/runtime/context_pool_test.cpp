// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/runtime/context_pool.hpp>
#include <weft/runtime/cpu_device.hpp>

#include "allocation_counter.hpp"

#include <doctest/doctest.h>

#include <mutex>
#include <set>
#include <thread>
#include <vector>

using namespace weft;

namespace {

struct device_with_contexts {
    host_device on{{.name = {"localhost", 0, "cpu", 0}},
                   std::make_shared<inter_op_pool>(0),
                   std::make_shared<intra_op_pool>(1)};
    context_pool pool{on};
};

}  // namespace

TEST_CASE("a context that was given back is the next one taken, without an allocation") {
    device_with_contexts d;
    kernel_slot& a = d.pool.acquire();
    kernel_slot& b = d.pool.acquire();
    CHECK(&a != &b);
    d.pool.release(a);
    d.pool.release(b);
    const std::size_t before = weft_test::allocations_so_far();
    CHECK(&d.pool.acquire() == &b);
    CHECK(&d.pool.acquire() == &a);
    d.pool.release(a);
    d.pool.release(b);
    CHECK(weft_test::allocations_so_far() == before);
    CHECK(&d.pool.on() == &d.on);
}

TEST_CASE("a context serves one thread at a time") {
    device_with_contexts d;
    std::atomic<int> wrong{0};
    std::mutex mutex;
    std::set<kernel_slot*> used, ever;
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&] {
                for (int i = 0; i < 500; ++i) {
                    kernel_slot& slot = d.pool.acquire();
                    {
                        const std::lock_guard lock(mutex);
                        wrong += !used.insert(&slot).second;
                        ever.insert(&slot);
                    }
                    {
                        const std::lock_guard lock(mutex);
                        used.erase(&slot);
                    }
                    d.pool.release(slot);
                }
            });
    }
    CHECK(wrong == 0);
    CHECK(ever.size() <= 4);
}
