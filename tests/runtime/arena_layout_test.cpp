// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Where the values of a run lie: none that are needed at the same time share a byte, in a fixed
// order and side by side; exact sizes; what is said where a device has too little.
#include <weft/runtime/arena_layout.hpp>

#include "plan_maker.hpp"
#include "random_steps.hpp"

#include <doctest/doctest.h>
#include <support/caught.hpp>

#include <random>

using namespace weft;
using weft_test::error_of;
using weft_test::plan_maker;
using weft_test::random_steps;

namespace {

// A plan of random steps, each with an output that its successors read, on one CPU.
struct random_plan {
    random_plan(plan_maker& maker, std::mt19937& random, std::size_t n) : steps(random, n) {
        record.type.element = dtype::float32;
        record.element_wise = true;
        p.steps.resize(n);
        p.values.resize(n);
        values.resize(n);
        p.first_successor = steps.first_successor;
        p.successors = steps.successors;
        for (step_id s = 0; s < n; ++s) {
            p.values[s] = {&record, 0, none, s, none, value_home::arena};
            values[s].shape = dims{1 + random() % 3 * 40};
            plan_step& step = p.steps[s];
            step.record = &record;
            step.device = 0;
            step.output = s;
            step.first_input = static_cast<std::uint32_t>(p.inputs.size());
            for (step_id from = 0; from < s; ++from)
                if (steps.after[from].contains(s)) {
                    p.inputs.push_back(from);
                    ++step.inputs;
                    p.values[from].last_reader = s;
                }
        }
        for (plan_value& value : p.values) {
            if (value.last_reader == none) value.last_reader = value.producer;
            if (random() % 10 == 0) value.last_reader = to_the_end;
        }
        machine = maker.machine;
    }
    std::uintptr_t begin(value_id id) const {
        return reinterpret_cast<std::uintptr_t>(values[id].data);
    }
    bool overlap(value_id a, value_id b) const {
        return begin(a) < begin(b) + p.values[b].bytes(values[b].shape) &&
               begin(b) < begin(a) + p.values[a].bytes(values[a].shape);
    }

    random_steps steps;
    node_record record;
    plan p;
    plan_devices machine;
    std::vector<value_ref> values;
};

// Whether all that touch value `a` have ended when the producer of `b` begins, or are that step.
template <class IsBefore>
bool is_over(const random_plan& of, value_id a, value_id b, IsBefore is_before) {
    if (of.p.values[a].last_reader == to_the_end || !is_before(a, b)) return false;
    for (std::uint32_t reader : of.steps.after[a])
        if (reader != b && !is_before(reader, b)) return false;
    return true;
}

}  // namespace

TEST_CASE("values that share bytes are not needed at the same time") {
    std::mt19937 random(1);
    plan_maker maker;
    for (int round = 0; round < 150; ++round) {
        CAPTURE(round);
        random_plan of(maker, random, 1 + random() % 60);
        const bool in_order = round % 2 == 0;
        arena_layout layout(of.p, of.machine);
        layout.lay_out(of.values,
                       in_order ? step_sequence::one_after_the_other : step_sequence::side_by_side,
                       [](step_id) { return true; });
        const auto ancestors = of.steps.ancestors();
        const auto is_before = [&](step_id a, step_id b) {
            return in_order ? a < b : bool(ancestors[b][a]);
        };
        std::size_t sum = 0;
        for (value_id a = 0; a < of.values.size(); ++a) {
            REQUIRE(of.begin(a) % 64 == 0);
            sum += rounded_to_granularity(of.p.values[a].bytes(of.values[a].shape));
            for (value_id b = a + 1; b < of.values.size(); ++b)
                if (of.overlap(a, b))
                    REQUIRE((is_over(of, a, b, is_before) || is_over(of, b, a, is_before)));
        }
        CHECK(layout.used_bytes(0) <= sum);
        CHECK(layout.lower_bound(0) <= layout.used_bytes(0));
        CHECK(layout.used_bytes(1) == 0);
    }
}

TEST_CASE("a block grows where it must, stays otherwise, and is given back") {
    plan_maker maker;
    std::mt19937 random(2);
    random_plan of(maker, random, 20);
    const std::size_t before = maker.owned[0]->memory().live;
    {
        arena_layout layout(of.p, of.machine);
        const auto lay_out = [&](std::size_t elements) {
            for (value_ref& value : of.values) value.shape = dims{elements};
            layout.lay_out(of.values, step_sequence::one_after_the_other,
                           [](step_id) { return true; });
            return maker.owned[0]->memory();
        };
        const auto first = lay_out(100);
        CHECK(first.in_use == layout.used_bytes(0));
        CHECK(lay_out(10).allocations == first.allocations);
        CHECK(layout.used_bytes(0) < first.in_use);
        CHECK(lay_out(100).allocations == first.allocations);
        CHECK(lay_out(1000).allocations == first.allocations + 1);
        layout.release();
        CHECK(maker.owned[0]->memory().live == before);
        CHECK(lay_out(1).live == before + 1);
    }
    CHECK(maker.owned[0]->memory().live == before);
}

TEST_CASE("what a device has no room for is said with numbers and the largest values") {
    plan_maker maker;
    std::mt19937 random(3);
    random_plan of(maker, random, 5);
    of.record.name = "large";
    for (plan_value& value : of.p.values) value.device = 1;
    for (plan_step& step : of.p.steps) step.device = 1;
    for (value_ref& value : of.values) value.shape = dims{std::size_t{1} << 29};  // 2 GiB each
    for (plan_value& value : of.p.values) value.last_reader = to_the_end;
    arena_layout layout(of.p, of.machine);
    const auto e = error_of([&] {
        layout.lay_out(of.values, step_sequence::one_after_the_other, [](step_id) { return true; });
    });
    CHECK(e.code == errc::resource_exhausted);
    CHECK(e.says("gpu:0"));
    CHECK(e.says("'large' [536870912] 2147483648 bytes"));
    // And still can hold what it has room for.
    for (value_ref& value : of.values) value.shape = dims{64};
    layout.lay_out(of.values, step_sequence::one_after_the_other, [](step_id) { return true; });
    CHECK(layout.used_bytes(1) == 5 * 256);
}
