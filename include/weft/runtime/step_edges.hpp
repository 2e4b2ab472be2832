// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Who waits for whom among the steps of a plan, while it is made: edges are collected in any order,
// some of them twice, and looked at as the followers of each step, in one array. Steps are numbers
// here; what they do is not known.
#pragma once

#include <weft/runtime/plan.hpp>

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace weft {

// The steps that wait for each step, none twice.
struct step_followers {
    std::vector<std::uint32_t> first;  // of each step, and one behind the last
    std::vector<step_id> steps;

    std::span<const step_id> operator[](step_id id) const {
        return {steps.data() + first[id], steps.data() + first[id + 1]};
    }
    // The steps that come after `start`, itself included, as a flag for each step.
    std::vector<bool> reached_from(step_id start) const {
        std::vector<bool> reached(first.size() - 1, false);
        std::vector<step_id> stack{start};
        while (!stack.empty()) {
            const step_id id = stack.back();
            stack.pop_back();
            if (reached[id]) continue;
            reached[id] = true;
            for (step_id later : (*this)[id]) stack.push_back(later);
        }
        return reached;
    }
};

class step_edges {
public:
    void reserve(std::size_t n) { edges_.reserve(n); }
    // `later` waits for `earlier`, which may be none.
    void add(step_id earlier, step_id later) {
        if (earlier != none && earlier != later) edges_.push_back({earlier, later});
    }

    // Of `n` steps; linear in steps and edges.
    step_followers followers(std::size_t n) const {
        std::vector<std::uint32_t> end(n + 1, 0);  // first where they begin, at last where they end
        for (const auto& [earlier, later] : edges_) ++end[earlier + 1];
        for (std::size_t i = 0; i < n; ++i) end[i + 1] += end[i];
        std::vector<step_id> all(edges_.size());
        for (const auto& [earlier, later] : edges_) all[end[earlier]++] = later;
        step_followers out;
        out.first.reserve(n + 1);
        out.steps.reserve(edges_.size());
        std::vector<step_id> seen_from(n, none);
        for (step_id id = 0; id < n; ++id) {
            out.first.push_back(static_cast<std::uint32_t>(out.steps.size()));
            for (std::uint32_t i = id == 0 ? 0 : end[id - 1]; i < end[id]; ++i)
                if (std::exchange(seen_from[all[i]], id) != id) out.steps.push_back(all[i]);
        }
        out.first.push_back(static_cast<std::uint32_t>(out.steps.size()));
        return out;
    }

private:
    std::vector<std::pair<step_id, step_id>> edges_;
};

}  // namespace weft
