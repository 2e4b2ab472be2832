// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How long the steps of a plan take: estimated from shapes at first, then measured. The way of
// running them is chosen by that. Times are for one thread, in nanoseconds; what is made of them is
// not known here.
#pragma once

#include <weft/runtime/frame.hpp>

#include <vector>

namespace weft {

class step_times {
public:
    // What is assumed of a callable until it has run: worth handing over to another thread.
    static constexpr float unknown_ns = 10'000;
    // Of a kernel beside its elements, and of a clock that is read once for each step.
    static constexpr float least_ns = 2, clock_ns = 25;
    // Less than that is the clock's own noise.
    static constexpr float noise_ns = 20;
    // What a step of a first run takes more, for memory that no cache holds yet.
    static constexpr std::int64_t cold_ns = 150;

    // From the shapes of a bound frame.
    void estimate(const plan& p, const run_frame& frame) {
        ns_.resize(p.steps.size());
        for (step_id s = 0; s < p.steps.size(); ++s) ns_[s] = estimate(p.steps[s], p, frame);
    }
    // A measured time, the clock's own included. Steps of one run may be noted side by side.
    void note(step_id step, std::int64_t ns) noexcept {
        const float measured = static_cast<float>(ns) - clock_ns;
        ns_[step] = measured > noise_ns ? measured : least_ns;
    }

    bool empty() const { return ns_.empty(); }
    std::span<const float> ns() const { return ns_; }
    double total_ns() const {
        double sum = 0;
        for (float ns : ns_) sum += static_cast<double>(ns);
        return sum;
    }

private:
    static float estimate(const plan_step& step, const plan& p, const run_frame& frame) {
        if (step.kind == step_kind::nothing) return least_ns;
        if (step.record->role == node_role::call) return unknown_ns;
        if (frame.is_late(step)) return unknown_ns;
        if (step.output == none) return least_ns;
        const dims& shape = frame.value(step.output).shape;
        // A copy moves about 4 bytes a nanosecond.
        const double ns = step.kind == step_kind::copy
                              ? static_cast<double>(p.values[step.output].bytes(shape)) / 4
                              : static_cast<double>(shape.size()) * step.record->cost_ns;
        return static_cast<float>(ns) + least_ns;
    }

    std::vector<float> ns_;
};

}  // namespace weft
