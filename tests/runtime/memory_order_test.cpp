// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// By how much a step makes what is held grow, and orders that hold less.
#include <weft/runtime/memory_order.hpp>

#include "plan_maker.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace weft;
using weft_test::plan_maker;
using weft_test::step_of;

namespace {

// Bytes of the values that the run has memory for, by their shapes in the graph.
std::vector<std::size_t> bytes_of(const plan& p) {
    std::vector<std::size_t> bytes(p.values.size(), 0);
    for (const plan_step& step : p.steps)
        if (step.output != none && p.values[step.output].home == value_home::arena)
            bytes[step.output] = p.values[step.output].bytes(step.record->type.shape);
    return bytes;
}

}  // namespace

TEST_CASE("a step holds what it makes, less what nobody else reads") {
    plan_maker m;
    device_scope pin{m.g, "/cpu:0"};
    const auto x = m.g.placeholder<tensor<float, 100>>("x");
    node a = x * 2.0f;                            // read by b and c
    node b = max(a + 1.0f);                       // four bytes
    node c = broadcast_to<100, 100>(a) * 3.0f;    // read by d alone
    node d = max(c);
    const auto p = m.make({b.id(), d.id()}, {x.id()});
    const auto growth = memory_growth(*p, bytes_of(*p));
    CHECK(growth[step_of(*p, a.id())] == 400);
    CHECK(growth[step_of(*p, b.id())] == 4);
    CHECK(growth[step_of(*p, c.id())] == 40'000);
    CHECK(growth[step_of(*p, d.id())] == 4 - 40'000);
}

TEST_CASE("the order for memory does not make what waits when something can be let go") {
    plan_maker m;
    device_scope pin{m.g, "/cpu:0"};
    const auto x = m.g.placeholder<tensor<float, 1000>>("x");
    std::vector<node<tensor<float, 1000>>> large;
    std::vector<node_id> sums;
    for (int i = 0; i < 8; ++i) large.push_back(x * float(i));
    for (const auto& one : large) {
        node total = sum(one);
        sums.push_back(total.id());
    }
    const auto p = m.make(sums, {x.id()});
    const auto order = order_for_memory(*p, bytes_of(*p));
    REQUIRE(order.size() == p->steps.size());
    const auto position = [&](node_id id) {
        return std::find(order.begin(), order.end(), step_of(*p, id)) - order.begin();
    };
    // Each large value is read at once.
    for (std::size_t i = 0; i < 8; ++i)
        CHECK(position(sums[i]) == position(large[i].id()) + 1);
}
