// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Two threads with as little between them as can be: a range of microseconds in two halves that are
// given out beforehand. What a static split takes, and what two cores of this machine can do at
// most. Knows neither weft nor a library of threads.
#pragma once

#include "busy_body.hpp"

#include <atomic>
#include <cstddef>
#include <thread>

namespace bench {

// A microsecond for each index.
inline void work_on(std::size_t first, std::size_t last) {
    const busy_body body;
    for (; first < last; ++first) body(static_cast<std::uint32_t>(first));
}

// One half here, the other in a thread that waits for it.
class two_halves {
public:
    explicit two_halves(std::size_t indices)
        : indices_(indices), helper_([this] { help(); }) {}
    two_halves(const two_halves&) = delete;
    two_halves& operator=(const two_halves&) = delete;
    ~two_halves() {
        begin(-1);
        helper_.join();
    }

    void operator()() {
        begin(calls_ + 1);
        work_on(0, indices_ / 2);
        // Pairs with the release in help().
        for (int done = 0; (done = done_.load(std::memory_order_acquire)) != calls_;)
            done_.wait(done, std::memory_order_acquire);
    }

private:
    void begin(int call) {
        calls_ = call;
        asked_.store(call, std::memory_order_release);
        asked_.notify_one();
    }
    void help() {
        for (int call = 0;;) {
            asked_.wait(call, std::memory_order_acquire);
            // Pairs with the release in begin().
            call = asked_.load(std::memory_order_acquire);
            if (call < 0) return;
            work_on(indices_ / 2, indices_);
            done_.store(call, std::memory_order_release);
            done_.notify_one();
        }
    }

    const std::size_t indices_;
    int calls_ = 0;
    std::atomic<int> asked_{0}, done_{0};
    std::thread helper_;  // last: uses the others
};

}  // namespace bench
