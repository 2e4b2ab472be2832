// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A thread that keeps one core busy, as another process would: what programs of several threads
// meet on a machine that they do not have for themselves. It touches no memory and knows nothing of
// who is measured.
#pragma once

#include "busy_body.hpp"

#include <atomic>
#include <thread>

#include <sched.h>

namespace bench {

// Keeps the last core of those that the process may use busy, for as long as it lives.
class taken_core {
public:
    taken_core()
        : thread_([this] {
              stay_on_last_core();
              const busy_body microsecond;
              while (!stop_.load(std::memory_order_relaxed)) microsecond(0);
          }) {}
    taken_core(const taken_core&) = delete;
    taken_core& operator=(const taken_core&) = delete;
    ~taken_core() {
        stop_.store(true, std::memory_order_relaxed);
        thread_.join();
    }

private:
    // Where that is refused it runs anywhere, which takes a core all the same.
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
