// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The critical path of a plan: the chain of steps, each waiting for the one before, that takes
// longest. No number of threads makes a run shorter. Times come from elsewhere: measured ones, or
// estimates for a plan that has not run.
#pragma once

#include <weft/runtime/plan.hpp>

#include <span>
#include <utility>
#include <vector>

namespace weft {

// In the order of running; `ns` is the time of each step. Of several paths that take as long, the
// one that is found first. Linear.
inline std::vector<step_id> critical_path(const plan& p, std::span<const float> ns) {
    std::vector<double> start(p.steps.size(), 0);
    std::vector<step_id> before(p.steps.size(), none);
    step_id last = none;
    double longest = 0;
    for (step_id s = 0; s < p.steps.size(); ++s) {
        const double end = start[s] + static_cast<double>(ns[s]);
        if (last == none || end > longest) {
            longest = end;
            last = s;
        }
        for (step_id later : p.after(s)) {
            if (before[later] != none && end <= start[later]) continue;
            start[later] = end;
            before[later] = s;
        }
    }
    std::vector<step_id> path;
    for (; last != none; last = before[last]) path.push_back(last);
    for (std::size_t i = 0; i < path.size() / 2; ++i)
        std::swap(path[i], path[path.size() - 1 - i]);
    return path;
}

}  // namespace weft
