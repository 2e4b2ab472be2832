// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Which of a few ways of running the same steps is the fastest here and now: the ways take turns,
// each run is timed as a whole, and the smallest time of each counts, since other work on the
// machine only ever makes a run longer. It knows neither schedules nor threads.
#pragma once

#include <cstddef>
#include <cstdint>

namespace weft {

class schedule_trial {
public:
    static constexpr std::size_t most_ways = 3;
    // How often each way is timed.
    static constexpr std::size_t rounds = 3;

    // Ways 0 to n - 1 are to be tried; with one there is nothing to try.
    void begin(std::size_t n) noexcept {
        ways_ = n;
        runs_ = 0;
        for (std::int64_t& least : least_ns_) least = longest;
    }
    bool over() const noexcept { return ways_ < 2 || runs_ == ways_ * rounds; }
    // The way that the next run takes.
    std::size_t next() const noexcept { return runs_ % ways_; }
    // How long that run took.
    void note(std::int64_t ns) noexcept {
        std::int64_t& least = least_ns_[next()];
        if (ns < least) least = ns;
        ++runs_;
    }
    // The fastest so far, the first of equals.
    std::size_t best() const noexcept {
        std::size_t at = 0;
        for (std::size_t way = 1; way < ways_; ++way)
            if (least_ns_[way] < least_ns_[at]) at = way;
        return at;
    }

private:
    static constexpr std::int64_t longest = INT64_MAX;
    std::size_t ways_ = 0;
    std::size_t runs_ = 0;
    std::int64_t least_ns_[most_ways] = {longest, longest, longest};
};

}  // namespace weft
