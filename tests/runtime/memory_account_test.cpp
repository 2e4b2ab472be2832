// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/runtime/memory_account.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <thread>
#include <vector>

using namespace weft;

namespace {

std::string refusal(memory_account& account, std::size_t bytes) {
    try {
        account.take(bytes);
    } catch (const failure& reason) {
        CHECK(reason.code() == errc::resource_exhausted);
        return reason.what();
    }
    return "none";
}

}  // namespace

TEST_CASE("an account knows what is in use, the peak, and what there was") {
    memory_account account("/cpu:0", 0);
    for (std::size_t bytes : {100u, 50u}) {
        account.take(bytes);
        account.commit();
    }
    account.give(100);
    account.take(20);
    account.commit();
    const memory_statistics now = account.statistics();
    CHECK(now.in_use == 70);
    CHECK(now.peak == 150);
    CHECK(now.limit == 0);
    CHECK(now.allocations == 3);
    CHECK(now.live == 2);
}

TEST_CASE("over the limit is an error with all numbers, and books nothing") {
    memory_account account("/job:localhost/task:0/gpu:1", 1000);
    account.take(600);
    account.commit();
    CHECK(refusal(account, 401) == "out of memory on /job:localhost/task:0/gpu:1: 401 bytes "
                                   "requested, 600 in use, limit 1000");
    CHECK(refusal(account, 400) == "none");
    account.commit();
    CHECK(refusal(account, 1) != "none");
    CHECK(refusal(account, std::numeric_limits<std::size_t>::max()) != "none");
    CHECK(refusal(account, 0) == "none");
    CHECK(account.statistics().in_use == 1000);
    CHECK(account.statistics().allocations == 2);
}

TEST_CASE("when the system has no more, the peak stays what it was") {
    memory_account account("/cpu:0", 0);
    account.take(1'000'000'000'000);
    CHECK_THROWS_WITH_AS(account.exhausted(1'000'000'000'000),
                         "out of memory on /cpu:0: 1000000000000 bytes requested, 0 in use, no "
                         "limit set, and the system has no more",
                         failure);
    CHECK(account.statistics().in_use == 0);
    CHECK(account.statistics().peak == 0);
    CHECK(refusal(account, std::numeric_limits<std::size_t>::max()) != "none");
}

TEST_CASE("the limit holds for many threads at once") {
    memory_account account("/cpu:0", 100);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 2000; ++i) try {
                    account.take(40);
                    account.commit();
                    account.give(40);
                } catch (const failure&) {
                }
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(account.statistics().in_use == 0);
    CHECK(account.statistics().live == 0);
    CHECK(account.statistics().peak <= 80);
}
