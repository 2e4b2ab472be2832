// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Sessions that are given their placement, and sessions that deny fallbacks, copies and late sizes:
// each flag names the nodes when the plan is made.
#include <weft/placement/placement_diff.hpp>
#include <weft/weft.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>

#include <string>

using namespace weft;
using weft_test::error_of;

namespace {

std::string device_in(const placement_report& report, const char* node) {
    return report.device_name(report.find(node)->device);
}

}  // namespace

TEST_CASE("a session that is given the placement of another one has it") {
    graph g;
    const auto x = g.placeholder<tensor<float, 2>>("x");
    const auto w = g.variable(tensor<float, 2>{1, 2}, "w");
    const node y{x * w, "y"};
    const node z{y + 1.0f, "z"};
    session one{g, {.emulated_gpus = 1}};
    const placement_report before = one.explain(z);
    CHECK(device_in(before, "y") == "/job:localhost/task:0/gpu:0");

    session plain{g};  // has no GPU
    const auto file = placement_file::of(plain.explain(z));
    session two{g, {.emulated_gpus = 1, .placement = file}};
    two.initialize();
    CHECK(two.run({feed(x, tensor<float, 2>{3, 4})}, z) == tensor<float, 2>{4, 9});
    const placement_report after = two.explain(z);
    CHECK(placement_diff(file, after).empty());
    CHECK(after.find("y")->reason == placement_reason::placement_file);
    CHECK(after.find("w")->reason == placement_reason::kept);  // by initialize()
    CHECK(placement_diff(before, after).moved.size() == 3);
    CHECK(after.fallbacks == 0);
}

TEST_CASE("a text places some nodes; the others follow the usual rules") {
    graph g;
    const auto c = g.constant(tensor<float, 2>{1, 2}, "c");
    const node y{c * 2.0f, "y"};
    const node z{y + 1.0f, "z"};
    session s{g,
              {.device_count = {{"CPU", 2}},
               .emulated_gpus = 1,
               .placement = placement_file::parse("weft placement 1\ny /cpu:1\n")}};
    CHECK(s.run(z) == tensor<float, 2>{3, 5});
    const placement_report report = s.explain(z);
    CHECK(device_in(report, "y") == "/job:localhost/task:0/cpu:1");
    CHECK(device_in(report, "c") == "/job:localhost/task:0/cpu:1");
    CHECK(device_in(report, "z") == "/job:localhost/task:0/gpu:0");
}

TEST_CASE("a placement that contradicts the program, or asks for what is not there") {
    graph g;
    const node pinned{on<cpu>(g.constant(1.0f) + 1.0f), "pinned"};
    const node free{g.constant(1.0f) + 2.0f, "free"};
    const auto file = placement_file::parse("weft placement 1\nfree /gpu:3\npinned /gpu:0\n");
    session strict{g, {.emulated_gpus = 1, .placement = file}};
    const auto contradiction = error_of([&] { strict.run(pinned); });
    CHECK(contradiction.code == errc::invalid_argument);
    CHECK(contradiction.node == "pinned");
    CHECK(contradiction.says("'/gpu:0' in line 3 of the placement file contradicts"));
    const auto absent = error_of([&] { strict.run(free); });
    CHECK(absent.says("no such device exists"));
    CHECK(absent.says("line 2 of the placement file"));

    session soft{g, {.allow_soft_placement = true, .emulated_gpus = 1, .placement = file}};
    const auto [a, b] = soft.run(pinned, free);
    CHECK(a == 2.0f);
    CHECK(b == 3.0f);
    CHECK(soft.explain(pinned, free).fallbacks == 2);
    session denied{g,
                   {.allow_soft_placement = true,
                    .emulated_gpus = 1,
                    .deny = {.fallback = true},
                    .placement = file}};
    CHECK(error_of([&] {
              denied.run(free);
          }).says("1 node(s) are not where they asked to be: 'free' ('/gpu:3' in line 2"));
    CHECK(error_of([&] { denied.run(pinned); }).node == "pinned");
}

TEST_CASE("lines of nodes that the graph does not have are refused with deny.fallback only") {
    graph g;
    const node y{g.constant(1.0f) + 1.0f, "y"};
    const node unused{g.constant(1.0f) + 1.0f, "unused"};
    auto file = placement_file::parse("weft placement 1\nunused /cpu:0\nold_name /cpu:0\n");
    session lenient{g, {.placement = file}};
    CHECK(lenient.run(y) == 2.0f);
    session strict{g, {.deny = {.fallback = true}, .placement = file}};
    const auto e = error_of([&] { strict.run(y); });
    CHECK(e.code == errc::failed_precondition);
    CHECK(e.text ==
          "session_options.deny.fallback: the graph does not have 1 node(s) that the placement "
          "names: 'old_name' (line 3 of the placement file)");
    const node added{g.constant(1.0f) + 1.0f, "old_name"};  // a graph may grow
    CHECK(strict.run(y) == 2.0f);
}

TEST_CASE("deny.fallback names each node, its wish and why it is not met") {
    graph g;
    const auto [v, w] = [&] {
        device_scope pin{g, "/gpu:0"};
        return std::pair{g.variable(3, "v"), g.variable(4, "w")};
    }();
    node sum = v + w;
    const auto where = weft_test::line() - 3;
    session s{g, {.allow_soft_placement = true, .emulated_gpus = 1, .deny = {.fallback = true}}};
    const auto e = error_of([&] { s.explain(sum); });
    CHECK(e.code == errc::failed_precondition);
    CHECK(e.text.starts_with(
        "session_options.deny.fallback: 2 node(s) are not where they asked to be: 'v' ('/gpu:0' "
        "has no kernel for it), 'w' ('/gpu:0' has no kernel for it)\ndevices of"));
    CHECK(e.node == "v");
    CHECK(e.line == where);
    session without{g, {.allow_soft_placement = true, .deny = {.fallback = true}}};
    CHECK(error_of([&] { without.plan({}, fetches(sum)); }).says("'v' ('/gpu:0' does not exist)"));
}

TEST_CASE("deny.copy names each value that crosses devices, and where to") {
    graph g;
    const auto x = g.placeholder<tensor<float, 3>>("x");
    node there = on<gpu>(x * 2.0f);
    node back{on<cpu>(there + 1.0f), "back"};
    session s{g, {.emulated_gpus = 1, .deny = {.copy = true}}};
    const auto e = error_of([&] { s.make_callable(feeds(x), fetches(back)); });
    CHECK(e.code == errc::failed_precondition);
    CHECK(e.text.starts_with(
        "session_options.deny.copy: 2 value(s) cross devices: 'x' (/cpu:0 to /gpu:0), 'Mul' "
        "(/gpu:0 to /cpu:0)\ndevices of"));
    CHECK(e.node == "x");
    CHECK(s.run({feed(there, tensor<float, 3>{1, 2, 3})}, back) == tensor<float, 3>{2, 3, 4});
}

TEST_CASE("deny.allocation names each value whose size is known late") {
    graph g;
    const auto a = g.call([] { return tensor<float, dyn>{1, 2}; }, "a");
    const auto b = g.call([] { return tensor<float, dyn>{3, 4}; }, "b");
    node sum = a + b;
    session s{g, {.deny = {.allocation = true}}};
    const auto e = error_of([&] { s.run(sum); });
    CHECK(e.code == errc::failed_precondition);
    CHECK(e.text.starts_with(
        "session_options.deny.allocation: 2 value(s) have a size that is known only when they are "
        "made: 'a' (placement_test.cpp:"));
    CHECK(e.says("'b' (placement_test.cpp:"));
    CHECK(e.node == "a");
    const tensor<float, dyn> given{1, 2};
    CHECK(s.run({feed(a, given), feed(b, given)}, sum)[1] == 4.0f);  // known when they are fed
}

TEST_CASE("very many nodes: some of them, and how many more") {
    graph g;
    device_scope pin{g, "/gpu:0"};
    node sum = g.variable(0, "v") + 0;
    for (int i = 0; i < 30; ++i) sum = g.variable(i, "v") + sum;
    session s{g, {.allow_soft_placement = true, .deny = {.fallback = true}}};
    const auto e = error_of([&] { s.explain(sum); });
    CHECK(e.says("62 node(s)"));
    CHECK(e.says(" and 46 more\n"));
}
