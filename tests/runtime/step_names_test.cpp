// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/runtime/step_names.hpp>

#include "plan_maker.hpp"

#include <doctest/doctest.h>
#include <support/caught.hpp>

#include <algorithm>
#include <set>

using namespace weft;
using weft_test::error_of;
using weft_test::plan_maker;

namespace {

// Two nodes on the CPU, one of them copied to both GPUs.
struct three_places : plan_maker {
    three_places() {
        node a = on<cpu>(g.constant(tensor<float, 3>{1, 2, 3}, "c") + 1.0f);
        b = node(on<cpu>(a * 2.0f)).id();
        c = node(on<gpu, 0>(a + 3.0f)).id();
        d = node(on<gpu, 1>(a + 4.0f)).id();
        made = make({b, c, d});
    }
    node_id b{}, c{}, d{};
    std::shared_ptr<plan> made;
};

bool in_order(const plan& p, const std::vector<step_id>& order) {
    std::vector<bool> begun(p.steps.size(), false);
    std::vector<std::uint32_t> waits(p.steps.size(), 0);
    for (step_id later : p.successors) ++waits[later];
    for (step_id id : order) {
        if (begun[id] || waits[id] != 0) return false;
        begun[id] = true;
        for (step_id later : p.after(id)) --waits[later];
    }
    return order.size() == p.steps.size();
}

}  // namespace

TEST_CASE("a step has its node's name, a copy that and where to") {
    const three_places places;
    const plan& p = *places.made;
    std::multiset<std::string> names;
    for (step_id s = 0; s < p.steps.size(); ++s) names.insert(step_name(p, places.machine, s));
    CHECK(names ==
          std::multiset<std::string>{"Add", "Add -> /gpu:0", "Add -> /gpu:1", "Add_1", "Add_2",
                                     "Mul"});
}

TEST_CASE("every order from a seed is one of the plan, and they differ") {
    const three_places places;
    const plan& p = *places.made;
    std::set<std::vector<step_id>> seen;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        const std::vector<step_id> order = order_from_seed(p, seed);
        REQUIRE(in_order(p, order));
        CHECK(order == order_from_seed(p, seed));
        seen.insert(order);
        run_order named;
        for (step_id id : order) named.steps.push_back(step_name(p, places.machine, id));
        CHECK(steps_of(named, p, places.machine) == order);
    }
    CHECK(seen.size() > 5);
}

TEST_CASE("an order that does not fit the plan is refused with what is wrong") {
    const three_places places;
    const plan& p = *places.made;
    run_order right;
    for (step_id id : order_from_seed(p, 0))
        right.steps.push_back(step_name(p, places.machine, id));
    const auto refused = [&](const run_order& order) {
        const auto e = error_of([&] { steps_of(order, p, places.machine); });
        CHECK(e.code == errc::invalid_argument);
        return e;
    };
    run_order order = right;
    order.steps[2] = "Sub";
    CHECK(refused(order).says("'Sub' is no step"));
    order = right;
    order.steps.push_back(order.steps.back());
    CHECK(refused(order).says("or named twice"));
    order = right;
    const std::string last = order.steps.back();
    order.steps.pop_back();
    CHECK(refused(order).says("'" + last + "' is missing"));
    order = right;
    std::reverse(order.steps.begin(), order.steps.end());
    CHECK(refused(order).says("comes before a step that it waits for"));
    CHECK(refused({}).says("is missing"));
}

TEST_CASE("two copies of a variable to one device have names of their own") {
    // They had the same, and an order in which the second came first was refused.
    plan_maker m;
    const auto v = m.on_device("/cpu:0", [&] { return m.g.variable(1.0f, "v"); });
    node first = on<gpu>(v + 1.0f);
    node second = on<gpu>(v * 2.0f);
    const auto p = m.make({first.id(), second.id()});
    const std::vector<std::string> names = step_names(*p, m.machine);
    CHECK(std::set<std::string>(names.begin(), names.end()) ==
          std::set<std::string>{"v -> /gpu:0", "v -> /gpu:0 (2)", "Add", "Mul"});
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const std::vector<step_id> order = order_from_seed(*p, seed);
        run_order named;
        for (step_id id : order) named.steps.push_back(names[id]);
        CHECK(steps_of(named, *p, m.machine) == order);
    }
}

TEST_CASE("a recorder keeps the steps in the order in which they begin") {
    const three_places places;
    const plan& p = *places.made;
    run_order got;
    order_recorder recorder(got);
    for (int round = 0; round < 2; ++round) {
        recorder.run_begins(p, places.machine, 0);
        const std::vector<step_id> order = order_from_seed(p, std::uint64_t(round));
        for (std::size_t i = 0; i + 1 < order.size(); ++i) recorder.step_begins(order[i]);
        recorder.run_ends(0);
        REQUIRE(got.steps.size() == order.size() - 1);  // the last one never began
        for (std::size_t i = 0; i < got.steps.size(); ++i)
            CHECK(got.steps[i] == step_name(p, places.machine, order[i]));
    }
}
