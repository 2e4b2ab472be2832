// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Which schedules are worth a try for steps of such times: the bounds, measured on two machines,
// between a loop, blocks and single steps. It makes schedules and runs nothing; which of several is
// the fastest is for schedule_trial to find out.
#pragma once

#include <weft/runtime/schedule.hpp>

#include <vector>

namespace weft {

class schedule_choice {
public:
    // `threads` share the steps, those of several devices where `one_pool` is false.
    schedule_choice(const step_costs& steps, int threads, bool one_pool)
        : steps_(steps), threads_(threads), one_pool_(one_pool) {}

    // Whether nothing can be gained from a second thread.
    bool is_serial() const {
        if (one_pool_ && threads_ == 1) return true;
        const work_and_span all = measure(steps_);
        const double shared = all.work_ns / (one_pool_ ? threads_ : 2);
        const double left = shared > all.span_ns ? shared : all.span_ns;
        return all.work_ns - left <= worth_sharing_ns;
    }
    // The one that times suggest for several threads.
    schedule shared() const { return is_small() ? blocks() : schedule_for_stealing(steps_); }
    // Those that may be better. Times of small steps are too close to the clock's own to tell
    // whether threads pay at all; whether blocks or single steps share larger ones better depends
    // on the graph.
    std::vector<schedule> others() const {
        std::vector<schedule> out;
        if (!one_pool_ || mean_ns() >= large_ns) return out;
        if (is_small()) out.push_back(schedule_in_order(steps_));
        if (!is_small())
            out.push_back(blocks());
        else if (mean_ns() >= tiny_ns)
            out.push_back(schedule_for_stealing(steps_));
        return out;
    }

private:
    // A hand-over to another thread costs about this much before it gains anything.
    static constexpr double worth_sharing_ns = 12'000;
    // What a block has to be worth. Steps of a third of that are units themselves unless a trial
    // shows otherwise; those below a fifteenth never are, and those of several grains always.
    static constexpr double grain_ns = 1'500;
    static constexpr double small_ns = 500, tiny_ns = 100, large_ns = 10'000;

    double mean_ns() const {
        double sum = 0;
        for (float ns : steps_.ns) sum += static_cast<double>(ns);
        return sum / static_cast<double>(steps_.size());
    }
    bool is_small() const { return one_pool_ && mean_ns() < small_ns; }
    schedule blocks() const { return schedule_blocks(steps_, threads_, grain_ns); }

    step_costs steps_;
    int threads_;
    bool one_pool_;
};

}  // namespace weft
