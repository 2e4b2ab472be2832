// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/runtime/step_ancestors.hpp>

#include "random_steps.hpp"

#include <doctest/doctest.h>

using namespace weft;
using weft_test::random_steps;

TEST_CASE("a step is before another exactly where there is a way between them") {
    std::mt19937 random(1);
    for (std::size_t n : {0u, 1u, 2u, 63u, 64u, 65u, 128u, 200u, 130u, 40u}) {
        CAPTURE(n);
        const random_steps steps(random, n);
        plan p;
        p.steps.resize(n);
        p.first_successor = steps.first_successor;
        p.successors = steps.successors;
        const step_ancestors over(p);
        const auto before = steps.ancestors();
        for (step_id a = 0; a < n; ++a)
            for (step_id b = 0; b < n; ++b) REQUIRE(over.is_before(a, b) == before[b][a]);
    }
}
