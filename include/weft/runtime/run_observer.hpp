// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What wants to know what happens in a run: a tracer, statistics, a record of its order. A run that
// nobody observes pays nothing for it. Observers are told by the threads that run the steps, and
// must not throw; they change nothing.
#pragma once

#include <weft/runtime/plan.hpp>

#include <cstdint>

namespace weft {

class run_observer {
public:
    run_observer() = default;
    run_observer(const run_observer&) = delete;
    run_observer& operator=(const run_observer&) = delete;

    // In the calling thread, before the first step and behind the last one, whether or not the run
    // ended well. Times are those of stop_state::now_ns(). The first may throw.
    virtual void run_begins(const plan& p, const plan_devices& on, std::int64_t now_ns) {
        static_cast<void>(p), static_cast<void>(on), static_cast<void>(now_ns);
    }
    virtual void run_ends(std::int64_t now_ns) noexcept { static_cast<void>(now_ns); }

    // In the thread that runs the step, several at the same time: before it, and behind one that
    // did not fail.
    virtual void step_begins(step_id step) noexcept { static_cast<void>(step); }
    virtual void step_ends(step_id step, std::int64_t begin_ns, std::int64_t end_ns) noexcept {
        static_cast<void>(step), static_cast<void>(begin_ns), static_cast<void>(end_ns);
    }

protected:
    ~run_observer() = default;
};

}  // namespace weft
