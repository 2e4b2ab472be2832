// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How threads wait for messages. Who waits looks out for 50 us, then lets others run between two
// looks for 2 ms, then sleeps for longer and longer: answers that come within microseconds are
// taken at once, and a task that waits for long costs next to nothing. The background thread sleeps
// from the first empty look on, and stands back where somebody waits.
#pragma once

#include <weft/cluster/endpoint.hpp>

#include <algorithm>

namespace weft {

namespace detail {

inline constexpr std::chrono::microseconds shortest_nap{50}, longest_nap{1000};

}  // namespace detail

WEFT_SOURCE endpoint::waiting::waiting(endpoint& of)
    : of_(of), last_(clock::now()), nap_(detail::shortest_nap) {
    of_.waiting_.fetch_add(1, std::memory_order_relaxed);
}
WEFT_SOURCE endpoint::waiting::~waiting() {
    // Messages may wait for the background thread now.
    if (of_.waiting_.fetch_sub(1, std::memory_order_relaxed) != 1) return;
    const std::lock_guard held(of_.background_lock_);
    of_.background_has_work_ = true;
}

WEFT_SOURCE bool endpoint::waiting::step(clock::time_point deadline) {
    const bool progress = of_.poll();
    const clock::time_point now = clock::now();
    if (progress) {
        last_ = now;
        nap_ = detail::shortest_nap;
        return now < deadline;
    }
    if (now >= deadline) return false;
    const auto silent = now - last_;
    if (silent < std::chrono::microseconds(50)) {
        relax_core();
    } else if (silent < std::chrono::milliseconds(2)) {
        std::this_thread::yield();
    } else {
        std::this_thread::sleep_for(std::min<clock::duration>(nap_, deadline - now));
        nap_ = std::min(2 * nap_, detail::longest_nap);
    }
    return true;
}

WEFT_SOURCE void endpoint::start_background() {
    if (background_.joinable()) return;
    background_stops_ = false;
    background_ = std::thread([this] { run_background(); });
}

WEFT_SOURCE void endpoint::stop_background() {
    if (!background_.joinable()) return;
    {
        const std::lock_guard held(background_lock_);
        background_stops_ = true;
        background_wakes_.notify_one();
    }
    background_.join();
}

WEFT_SOURCE void endpoint::run_background() {
    auto nap = detail::shortest_nap;
    for (;;) {
        bool progress = false;
        if (waiting_.load(std::memory_order_relaxed) == 0)
            while (poll()) progress = true;
        std::unique_lock held(background_lock_);
        if (background_stops_) return;
        if (progress || background_has_work_) nap = detail::shortest_nap;
        background_has_work_ = false;
        background_wakes_.wait_for(held, nap,
                                   [&] { return background_stops_ || background_has_work_; });
        nap = std::min(2 * nap, detail::longest_nap);
    }
}

}  // namespace weft
