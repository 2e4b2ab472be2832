// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Orders of steps: recorded, replayed, made from a seed, refused.
#include <weft/weft.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>

#include <algorithm>

using namespace weft;
using weft_test::error_of;

namespace {

// Callables that note when they ran, two chains side by side.
// clang 16 knows no source location in the initializers of members.
struct noted {
    graph g;
    std::vector<int> seen;
    node<void> a, b, a2, b2, end;
    session s{g, {.inter_op_parallelism_threads = -1}};

    noted()
        : a(g.call([this] { seen.push_back(0); }, "a")),
          b(g.call([this] { seen.push_back(1); }, "b")),
          a2(after(a, 2, "a2")),
          b2(after(b, 3, "b2")),
          end([this] {
              control_dependencies wait{g, {a2, b2}};
              return g.call([this] { seen.push_back(4); }, "end");
          }()) {}
    node<void> after(const node<void>& first, int number, const char* name) {
        control_dependencies wait{g, {first}};
        return g.call([this, number] { seen.push_back(number); }, name);
    }
};

}  // namespace

TEST_CASE_FIXTURE(noted, "a run follows the order that it is given, and records the one it had") {
    run_order recorded;
    s.run(run_options{.record = &recorded}, end);
    CHECK(recorded.steps == std::vector<std::string>{"a", "b", "a2", "b2", "end"});
    const run_order other{{"b", "b2", "a", "a2", "end"}};
    seen.clear();
    run_order again;
    s.run(run_options{.record = &again, .replay = &other}, end);
    CHECK(seen == std::vector<int>{1, 3, 0, 2, 4});
    CHECK(again.steps == other.steps);
    seen.clear();
    s.run(end);
    CHECK(seen == std::vector<int>{0, 1, 2, 3, 4});
}

TEST_CASE_FIXTURE(noted, "orders from seeds are different, and each of them runs") {
    const auto plan = s.plan(feeds(), fetches(end));
    std::vector<std::vector<std::string>> different;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const run_order order = plan.order(seed);
        seen.clear();
        s.run(run_options{.replay = &order}, end);
        CHECK(seen.size() == 5);
        CHECK(std::find(seen.begin(), seen.end(), 0) < std::find(seen.begin(), seen.end(), 2));
        if (std::find(different.begin(), different.end(), order.steps) == different.end())
            different.push_back(order.steps);
    }
    CHECK(different.size() >= 4);
}

TEST_CASE_FIXTURE(noted, "an order that is none of the plan's is refused, the session goes on") {
    const auto refused = [&](std::vector<std::string> steps) {
        const run_order order{std::move(steps)};
        return error_of([&] { s.run(run_options{.replay = &order}, end); });
    };
    CHECK(refused({"a", "b", "a2", "b2"}).says("'end' is missing"));
    CHECK(refused({"a2", "a", "b", "b2", "end"}).says("'a2' comes before a step that it waits"));
    CHECK(refused({"a", "a", "b", "b2", "end"}).says("'a' is no step of it, or named twice"));
    CHECK(refused({"x"}).says("'x' is no step of it"));
    CHECK(refused({"x"}).code == errc::invalid_argument);
    CHECK(seen.empty());
    s.run(end);
    CHECK(seen.size() == 5);
}

TEST_CASE("two variables swap their values in one run") {
    graph g;
    const auto a = g.variable(tensor<float, 3>{1, 2, 3}, "a");
    const auto b = g.variable(tensor<float, 3>{4, 5, 6}, "b");
    const auto to_a = a.assign(b), to_b = b.assign(a);
    session s{g};
    s.initialize();
    s.run(to_a, to_b);
    CHECK(s.run(a) == tensor<float, 3>{4, 5, 6});
    CHECK(s.run(b) == tensor<float, 3>{1, 2, 3});
    const auto plan = s.plan(feeds(), fetches(to_a, to_b));
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
        const run_order order = plan.order(seed);
        s.run(run_options{.replay = &order}, to_a, to_b);
        CHECK(s.run(a)[0] == (seed % 2 == 0 ? 1.0f : 4.0f));
    }
}
