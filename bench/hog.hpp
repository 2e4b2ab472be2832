// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What competes with a benchmark for one core: a thread that never waits, on the last core of those
// that the process may use. The scheduler treats it as it would another process. Knows nothing of
// what is measured.
#pragma once

#include "busy_body.hpp"

#include <atomic>
#include <thread>

#include <sched.h>

namespace bench {

class hog {
public:
    hog()
        : thread_([this] {
              stay_on_last_core();
              const busy_body body;
              while (!stop_.load(std::memory_order_relaxed)) body(0);
          }) {}
    ~hog() {
        stop_.store(true, std::memory_order_relaxed);
        thread_.join();
    }

private:
    // Where that is refused the hog runs anywhere, which is a hog all the same.
    static void stay_on_last_core() {
        cpu_set_t allowed, last;
        CPU_ZERO(&allowed);
        CPU_ZERO(&last);
        if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
        int core = CPU_SETSIZE - 1;
        while (core > 0 && !CPU_ISSET(static_cast<std::size_t>(core), &allowed)) --core;
        CPU_SET(static_cast<std::size_t>(core), &last);
        sched_setaffinity(0, sizeof last, &last);
    }

    std::atomic<bool> stop_{false};
    std::thread thread_;
};

}  // namespace bench
