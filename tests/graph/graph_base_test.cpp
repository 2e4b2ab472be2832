// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Names and their numbers, what scopes add to records, variables and initializers, control edges
// added by hand.
#include <weft/graph/graph.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>

using namespace weft;
using weft_test::error_of;

TEST_CASE("a name that is taken gets the next number, without gaps") {
    graph g;
    CHECK(g.constant(1.0f).name() == "Const");
    CHECK(g.constant(1.0f).name() == "Const_1");
    CHECK(g.constant(1.0f).name() == "Const_2");
    CHECK(g.constant(1.0f).name() == "Const_3");
    CHECK(g.constant(1.0f, "x").name() == "x");
    CHECK(g.constant(1.0f, "x").name() == "x_1");
    CHECK(g.constant(1.0f, "x").name() == "x_2");
}

TEST_CASE("a number that a user has taken is left out") {
    graph g;
    CHECK(g.constant(1.0f, "x_1").name() == "x_1");
    CHECK(g.constant(1.0f, "x").name() == "x");
    CHECK(g.constant(1.0f, "x").name() == "x_2");
    CHECK(g.constant(1.0f, "x_1").name() == "x_1_1");
    CHECK(g.constant(1.0f, "x").name() == "x_3");
}

TEST_CASE("malformed names are refused with the line, and add nothing") {
    graph g;
    for (const char* name : {"_x", "-x", "a b", "a$", "/x", "ä", "a:0", "\\", " "}) {
        CAPTURE(name);
        const auto e = error_of([&] { g.constant(1.0f, name); });
        CHECK(e.code == errc::invalid_argument);
        CHECK(e.says(name));
        CHECK(e.line == weft_test::line() - 3);
    }
    CHECK(g.size() == 0);
    for (const char* name : {".x", "9", "a/b", "a-b_c.d\\e"})
        CHECK(g.constant(1, name).name() == name);
}

TEST_CASE("a group inside an empty list of control dependencies keeps its members") {
    graph g;
    const auto a = g.constant(1.0f, "a"), b = g.constant(2.0f, "b"), c = g.constant(3.0f, "c");
    control_dependencies outside{g, {c}};
    control_dependencies none{g, {}};
    const auto both = group(a, b);
    CHECK(g.record(both.id()).controls == std::vector<node_id>{a.id(), b.id()});
}

TEST_CASE("a group under control dependencies waits for both") {
    graph g;
    const auto a = g.constant(1.0f, "a"), c = g.constant(3.0f, "c");
    control_dependencies outside{g, {c}};
    CHECK(g.record(group(a).id()).controls == std::vector<node_id>{c.id(), a.id()});
}

TEST_CASE("a group of nodes of two graphs is refused") {
    graph g, other;
    const auto a = g.constant(1.0f, "a"), b = other.constant(2.0f, "b");
    const auto e = error_of([&] { group(a, b); });
    CHECK(e.code == errc::invalid_argument);
    CHECK(e.says("'b'"));
    CHECK(g.size() == 1);
}

TEST_CASE("a variable whose initial value is refused is no variable of the graph") {
    graph g, other;
    const auto foreign = other.constant(1.0f, "foreign");
    CHECK(error_of([&] { g.variable(foreign + 1.0f, "bad"); }).says("'foreign'"));
    const auto good = g.variable(1.0f, "good");
    REQUIRE(g.variables().size() == 1);
    CHECK(g.variables()[0] == good.id());
    CHECK(g.record(g.initializer_of(good.id())).target == good.id());
}

TEST_CASE("records keep their addresses while the graph grows") {
    graph g;
    const auto first = g.constant(1.0f, "first");
    const node_record* const at = &g.record(first.id());
    for (int i = 0; i < 1000; ++i) g.constant(1.0f);
    CHECK(&g.record(first.id()) == at);
    CHECK(g.size() == 1001);
    CHECK(g.record(1000).name == "Const_999");
}

TEST_CASE("control edges between nodes that do not exist are refused") {
    graph g;
    const auto a = g.constant(1.0f);
    const std::uint32_t before = g.control_edits();
    CHECK(error_of([&] { g.add_control(a.id(), 7); }).code == errc::invalid_argument);
    CHECK(error_of([&] { g.add_control(7, a.id()); }).says("no node 7"));
    CHECK(g.control_edits() == before);
    g.add_control(a.id(), a.id());
    CHECK(g.control_edits() == before + 1);
}
