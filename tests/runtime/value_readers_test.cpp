// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/runtime/value_readers.hpp>

#include <doctest/doctest.h>

#include <random>
#include <vector>

using namespace weft;

TEST_CASE("each value's readers are those that have it among their inputs, in order") {
    std::mt19937 random(1);
    for (int round = 0; round < 50; ++round) {
        plan p;
        const std::size_t values = 1 + random() % 30, steps = random() % 40;
        p.values.resize(values);
        std::vector<std::vector<step_id>> readers(values);
        for (step_id s = 0; s < steps; ++s) {
            plan_step step;
            step.first_input = static_cast<std::uint32_t>(p.inputs.size());
            for (value_id v = 0; v < values; ++v)
                if (random() % 8 == 0) {
                    p.inputs.push_back(v);
                    readers[v].push_back(s);
                    ++step.inputs;
                }
            p.steps.push_back(step);
        }
        const value_readers of(p);
        for (value_id v = 0; v < values; ++v)
            REQUIRE(std::vector<step_id>(of[v].begin(), of[v].end()) == readers[v]);
    }
}
