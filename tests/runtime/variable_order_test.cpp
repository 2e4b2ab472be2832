// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Reads and writes of variables get an order: reads before the writes that they do not come after,
// a copy where that would be a circle, an error where two writes have none.
#include <weft/runtime/variable_order.hpp>

#include "plan_maker.hpp"

#include <doctest/doctest.h>
#include <support/caught.hpp>

using namespace weft;
using weft_test::error_of;
using weft_test::plan_maker;
using weft_test::step_of;

namespace {

bool comes_before(const plan& p, step_id a, step_id b) {
    std::vector<step_id> stack{a};
    while (!stack.empty()) {
        const step_id id = stack.back();
        stack.pop_back();
        if (id == b) return true;
        for (step_id later : p.after(id)) stack.push_back(later);
    }
    return false;
}
std::size_t copies(const plan& p) {
    std::size_t n = 0;
    for (const plan_step& step : p.steps) n += step.kind == step_kind::copy;
    return n;
}

}  // namespace

TEST_CASE("a read that is not after a write comes before it") {
    plan_maker m;
    const auto v = m.g.variable(1.0f, "v");
    const auto write = v.assign(5.0f);
    node free_read = v + 1.0f;
    node late_read = [&] {
        control_dependencies after{m.g, {write}};
        return node(v * 2.0f);
    }();
    const auto p = m.make({late_read.id(), free_read.id(), write.id()});
    CHECK(comes_before(*p, step_of(*p, free_read.id()), step_of(*p, write.id())));
    CHECK(comes_before(*p, step_of(*p, write.id()), step_of(*p, late_read.id())));
    CHECK(copies(*p) == 0);
    CHECK(p->variables[0].needs_value == &m.g.record(free_read.id()));
}

TEST_CASE("a variable that is only read after its write needs no value before") {
    plan_maker m;
    const auto v = m.g.variable(1.0f, "v");
    const auto write = v.assign(5.0f);
    node late_read = [&] {
        control_dependencies after{m.g, {write}};
        return node(v * 2.0f);
    }();
    CHECK(m.make({late_read.id(), write.id()})->variables[0].needs_value == nullptr);
    CHECK(m.make({late_read.id()})->variables[0].needs_value == nullptr);
}

TEST_CASE("two variables that swap their values get a copy of one of them") {
    plan_maker m;
    const auto a = m.g.variable(1.0f, "a"), b = m.g.variable(2.0f, "b");
    const auto to_a = a.assign(b), to_b = b.assign(a);
    const auto p = m.make({to_a.id(), to_b.id()});
    CHECK(copies(*p) == 1);
    // Every step that reads a variable's own bytes ends before that variable is written.
    const step_id write[] = {step_of(*p, to_a.id()), step_of(*p, to_b.id())};
    for (step_id s = 0; s < p->steps.size(); ++s)
        for (value_id input : p->inputs_of(p->steps[s]))
            if (p->values[input].home == value_home::variable) {
                const bool of_a = p->values[input].record->id == a.id();
                CHECK(comes_before(*p, s, write[of_a ? 0 : 1]));
                CHECK(s != write[of_a ? 0 : 1]);
            }
}

TEST_CASE("two writes without an order are refused, with one they are not") {
    plan_maker m;
    const auto v = m.g.variable(1.0f, "v");
    const auto first = v.assign(2.0f), second = v.assign(3.0f);
    const auto e = error_of([&] { m.make({first.id(), second.id()}); });
    CHECK(e.code == errc::invalid_argument);
    CHECK(e.says("'" + first.name() + "'"));
    CHECK(e.says("'" + second.name() + "'"));
    CHECK(e.says("'v'"));
    m.make({first.id()});
    m.make({second.id()});
    m.g.add_control(first.id(), second.id());
    const auto p = m.make({first.id(), second.id()});
    CHECK(comes_before(*p, step_of(*p, first.id()), step_of(*p, second.id())));
}
