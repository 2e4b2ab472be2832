// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How threads wait for messages. Who waits looks out for 50 us, then lets others run between two
// looks for 2 ms, or 20 ms while a large transfer needs to be moved on, then sleeps for a 32nd of
// the time that it has waited: an answer is late by no more than that, and a task that waits for
// long costs next to nothing. The background thread sleeps from the first empty look on, and stands
// back where somebody waits.
#pragma once

#include <weft/cluster/endpoint.hpp>
#include <weft/core/error.hpp>

#include <algorithm>

namespace weft {

namespace detail {

inline constexpr std::chrono::microseconds shortest_nap{50}, background_nap{500},
    longest_nap{8000};

// How long to sleep after so long a silence.
inline std::chrono::nanoseconds nap_after(std::chrono::nanoseconds silent, bool is_moving) {
    if (is_moving) return shortest_nap;
    return std::clamp<std::chrono::nanoseconds>(silent / 32, shortest_nap, longest_nap);
}
// Of the background thread: each time that it wakes it takes a core from one that computes.
inline std::chrono::nanoseconds background_nap_after(std::chrono::nanoseconds silent,
                                                     bool is_moving) {
    if (is_moving)
        return std::clamp<std::chrono::nanoseconds>(silent / 4, shortest_nap, background_nap);
    return std::clamp<std::chrono::nanoseconds>(silent / 32, background_nap, longest_nap);
}

}  // namespace detail

WEFT_SOURCE endpoint::waiting::waiting(endpoint& of) : of_(of), last_(clock::now()) {
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
        return now < deadline;
    }
    if (now >= deadline) return false;
    if (of_.shares_thread_) return true;
    const auto silent = now - last_;
    const bool is_moving = of_.is_moving_.load(std::memory_order_relaxed);
    if (silent < std::chrono::microseconds(50))
        relax_core();
    else if (silent < std::chrono::milliseconds(is_moving ? 20 : 2))
        std::this_thread::yield();
    else
        std::this_thread::sleep_for(
            std::min<clock::duration>(detail::nap_after(silent, is_moving), deadline - now));
    return true;
}

WEFT_SOURCE void endpoint::start_background() {
    if (background_.joinable() || shares_thread_) return;
    if (!driver_->engine().serves_threads())
        throw_error(errc::failed_precondition,
                    {"the cluster's engine serves one thread only: initialise MPI with "
                     "MPI_THREAD_SERIALIZED, or poll in the thread that began"});
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
    clock::time_point last = clock::now();
    for (;;) {
        bool progress = false;
        if (waiting_.load(std::memory_order_relaxed) == 0)
            while (poll()) progress = true;
        const clock::time_point now = clock::now();
        std::unique_lock held(background_lock_);
        if (background_stops_) return;
        if (progress || background_has_work_) last = now;
        background_has_work_ = false;
        background_wakes_.wait_for(
            held,
            detail::background_nap_after(now - last, is_moving_.load(std::memory_order_relaxed)),
            [&] { return background_stops_ || background_has_work_; });
    }
}

}  // namespace weft
