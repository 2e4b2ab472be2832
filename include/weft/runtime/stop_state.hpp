// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Why a run has to stop, if it has to: one word that everything belonging to the run reads. The
// first cause wins and stays. It says nothing about when the run ends, and wakes nobody: who waits
// for the run waits for its last kernel.
#pragma once

#include <weft/core/failure.hpp>

#include <atomic>
#include <cstdint>
#include <limits>

#include <time.h>

namespace weft {

// The stop request of one run; every member but reset() may be called from any thread.
class stop_state {
public:
    // Nanoseconds of the clock that deadlines are measured with (std::chrono::steady_clock's).
    static std::int64_t now_ns() noexcept {
        timespec now{};
        clock_gettime(CLOCK_MONOTONIC, &now);
        return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
    }

    // Makes it ready for the next run, which has `timeout_ns` from now, or any time if that is 0.
    void reset(std::int64_t timeout_ns = 0) noexcept {
        constexpr std::int64_t never = (std::numeric_limits<std::int64_t>::max)();
        deadline_ = never;
        if (timeout_ns != 0) {
            const std::int64_t now = now_ns();
            deadline_ = timeout_ns > never - now ? never : now + timeout_ns;
        }
        // Relaxed: the run's items are handed to other threads under a pool's mutex after this.
        cause_.store(errc::ok, std::memory_order_relaxed);
    }

    // Asks the run to stop; true if this was the first cause.
    bool request(errc cause) const noexcept {
        errc none = errc::ok;
        // Relaxed: the word is all there is; an error that goes with it is published by its own
        // lock.
        return cause_.compare_exchange_strong(none, cause, std::memory_order_relaxed);
    }

    // True once the run has to stop. Looks at the clock if there is a deadline (about 30 ns, else 1
    // ns).
    bool requested() const noexcept {
        if (cause_.load(std::memory_order_relaxed) != errc::ok) return true;
        if (deadline_ == (std::numeric_limits<std::int64_t>::max)() || now_ns() < deadline_)
            return false;
        request(errc::deadline_exceeded);
        return true;
    }

    // errc::ok while the run may go on; else deadline_exceeded, cancelled, or the first error's
    // code.
    errc cause() const noexcept { return cause_.load(std::memory_order_relaxed); }

private:
    mutable std::atomic<errc> cause_{errc::ok};
    std::int64_t deadline_ = (std::numeric_limits<std::int64_t>::max)();
};

}  // namespace weft
