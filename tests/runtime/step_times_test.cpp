// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/runtime/step_times.hpp>

#include "plan_maker.hpp"

#include <doctest/doctest.h>

using namespace weft;
using weft_test::bound_plan;

TEST_CASE("times are estimated from elements, and replaced by measured ones") {
    bound_plan b;
    node there = on<gpu>(b.x + 1.0f);
    const auto late = b.g.call([] { return tensor<float, dyn>{1, 2}; });
    node behind = late * 2.0f;
    const auto all = group(there, behind);
    b.bind({there.id(), behind.id(), all.id()}, 10);
    const float small = b.estimate(there.id());
    CHECK(b.estimate(late.id()) == step_times::unknown_ns);
    CHECK(b.estimate(behind.id()) == step_times::unknown_ns);
    CHECK(b.estimate(b.x.id(), step_kind::copy) == 80.0f / 4 + step_times::least_ns);
    b.bind({}, 1000);
    const double per_element = b.g.record(there.id()).cost_ns;
    CHECK(double(b.estimate(there.id()) - small) == doctest::Approx(1980 * per_element));

    step_times times;
    CHECK(times.empty());
    times.estimate(*b.made, *b.frame);
    CHECK(times.ns().size() == b.made->steps.size());
    const double before = times.total_ns();
    const float was = times.ns()[0];
    times.note(0, 5000);
    CHECK(times.ns()[0] == 5000 - step_times::clock_ns);
    CHECK(times.total_ns() == doctest::Approx(before - double(was) + 5000 - 25));
    times.note(0, -100);  // a first run's allowance was more than the step took
    CHECK(times.ns()[0] == step_times::least_ns);
}
