// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/runtime/worker_threads.hpp>

#include "threads.hpp"

#include <doctest/doctest.h>

#include <atomic>

using namespace weft;

TEST_CASE("worker threads run their body, are named, and are joined") {
    const int before = weft_test::settled_thread_count();
    std::atomic<int> started{0};
    std::atomic<bool> go{false};
    std::atomic<bool> named{true};
    worker_threads threads;
    threads.start(3, "a name that is longer than fifteen", [&] {
        ++started;
        weft_test::wait_until([&] { return go.load(); });
        char name[16] = {};
        pthread_getname_np(pthread_self(), name, sizeof name);
        if (std::string(name) != "a name that is ") named = false;
    });
    CHECK(threads.count() == 3);
    CHECK(weft_test::thread_count() == before + 3);
    go = true;
    threads.join();
    CHECK(started == 3);
    CHECK(named);
    CHECK(threads.count() == 0);
    weft_test::wait_until([&] { return weft_test::thread_count() == before; });
    CHECK(weft_test::thread_count() == before);
}

TEST_CASE("no threads at all are fine") {
    worker_threads threads;
    threads.start(0, "none", [] {});
    CHECK(threads.count() == 0);
    threads.join();
}
