// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Random steps and edges for tests of what is made of them: a DAG whose steps are numbered in an
// order in which they may run, and what can be said of it plainly.
#pragma once

#include <weft/runtime/plan.hpp>
#include <weft/runtime/schedule.hpp>

#include <algorithm>
#include <cstdint>
#include <random>
#include <set>
#include <vector>

namespace weft_test {

struct random_steps {
    std::vector<std::set<std::uint32_t>> after;  // of each step, those that wait for it
    std::vector<std::uint32_t> first_successor, successors, devices;
    std::vector<float> ns;

    random_steps(std::mt19937& random, std::size_t n, std::uint32_t device_count = 1) : after(n) {
        const std::size_t degree = random() % 4;
        for (std::size_t to = 1; to < n; ++to)
            for (std::size_t i = 0; i < degree; ++i)
                // Near or far, so that chains and fans both occur.
                after[random() % 2 == 0 ? to - 1 - random() % (std::min)(to, std::size_t{3})
                                        : random() % to]
                    .insert(static_cast<std::uint32_t>(to));
        for (std::size_t s = 0; s < n; ++s) {
            first_successor.push_back(static_cast<std::uint32_t>(successors.size()));
            successors.insert(successors.end(), after[s].begin(), after[s].end());
            devices.push_back(static_cast<std::uint32_t>(random() % device_count));
            ns.push_back(random() % 3 == 0 ? 2.0f : static_cast<float>(random() % 4000));
        }
        first_successor.push_back(static_cast<std::uint32_t>(successors.size()));
    }

    std::size_t size() const { return after.size(); }
    weft::step_costs costs() const { return {first_successor, successors, devices, ns}; }

    // For each step, those that come before it on some way.
    std::vector<std::vector<bool>> ancestors() const {
        std::vector<std::vector<bool>> before(size(), std::vector<bool>(size(), false));
        for (std::size_t s = 0; s < size(); ++s)
            for (std::uint32_t later : after[s]) {
                before[later][s] = true;
                for (std::size_t a = 0; a < s; ++a)
                    if (before[s][a]) before[later][a] = true;
            }
        return before;
    }
    // An order in which the steps may run.
    std::vector<std::uint32_t> some_order(std::mt19937& random) const {
        std::vector<std::size_t> waits(size(), 0);
        for (const auto& later : after)
            for (std::uint32_t to : later) ++waits[to];
        std::vector<std::uint32_t> ready, order;
        for (std::uint32_t s = 0; s < size(); ++s)
            if (waits[s] == 0) ready.push_back(s);
        while (!ready.empty()) {
            std::swap(ready[random() % ready.size()], ready.back());
            const std::uint32_t step = ready.back();
            ready.pop_back();
            order.push_back(step);
            for (std::uint32_t to : after[step])
                if (--waits[to] == 0) ready.push_back(to);
        }
        return order;
    }
};

}  // namespace weft_test
