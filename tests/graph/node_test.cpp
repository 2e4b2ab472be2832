// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Naming an expression as a node: types, names, source lines, numbers that do not fit, and what is
// refused.
#include <weft/graph/graph.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>

#include <type_traits>

using namespace weft;
using weft_test::error_of;
using weft_test::line;

TEST_CASE("a node knows its graph, its name and the line that made it") {
    graph g;
    const auto a = g.constant(1.0f, "a");
    node z = a + 2.0f;
    const unsigned here = line() - 1;
    static_assert(std::is_same_v<decltype(z), node<tensor<float>>>);
    CHECK(&z.graph() == &g);
    CHECK(z.name() == "Add");
    CHECK(g.record(z.id()).where.line() == here);
    CHECK(to_string(g.record(z.id()).where) == "node_test.cpp:" + std::to_string(here));
    node named{a + 2.0f, "sum"};
    CHECK(named.name() == "sum");
    CHECK(node{a + 2.0f, std::string("sum")}.name() == "sum_1");
    node<tensor<float>> typed = a * 2.0f;
    CHECK(typed.name() == "Mul");
}

TEST_CASE("copies of a handle are the same node") {
    graph g;
    const auto v = g.variable(1.0f, "v");
    node same = v;
    node again = same;
    CHECK(again.id() == v.id());
    CHECK(g.size() == 3);  // the variable, its initial value, its initializer
}

TEST_CASE("a number that the element type cannot hold is refused when the node is made") {
    graph g;
    const auto f = g.constant(1.0f);
    const auto i = g.constant(std::int8_t{1});
    const std::size_t before = g.size();
    const auto e = error_of([&] { node{f + 16777217}; });
    CHECK(e.code == errc::invalid_argument);
    CHECK(e.line == line() - 2);
    CHECK(e.says("16777217"));
    CHECK(e.says("float"));
    CHECK(e.says("node_test.cpp:"));
    CHECK(error_of([&] { node{i + 128}; }).says("int8"));
    CHECK(error_of([&] { node{f + 0.1}; }).code == errc::invalid_argument);
    CHECK(g.size() == before);
    node fine = f + 16777216;
    CHECK(fine.id() == before);
}

TEST_CASE("an expression of nodes of two graphs is refused, naming the foreign one") {
    graph g, other;
    const auto a = g.constant(1.0f, "a"), b = other.constant(2.0f, "b");
    const auto e = error_of([&] { node{a + b}; });
    CHECK(e.code == errc::invalid_argument);
    CHECK(e.node == "b");
    CHECK(e.says("'b'"));
    CHECK(e.line == line() - 4);
    CHECK(error_of([&] { node{a + on<gpu>(b)}; }).says("'b'"));
    CHECK(error_of([&] { node{a + on<gpu>(b * 2.0f)}; }).says("'b'"));
    CHECK(error_of([&] { call([](float x, float y) { return x + y; }, a, b); }).says("'b'"));
    graph empty;
    CHECK(error_of([&] { empty.variable(a + 1.0f); }).says("'a'"));
    CHECK(error_of([&] { control_dependencies after(g, {b}); }).says("'b'"));
    CHECK(error_of([&] { colocate_with with(g, b); }).says("'b'"));
}

TEST_CASE("node_ref remembers which node it was") {
    graph g;
    const auto a = g.constant(1.0f, "a");
    const node_ref ref = a;
    CHECK(ref.id() == a.id());
    CHECK(ref.record().name == "a");
    CHECK(ref.id_in(g, "this") == a.id());
}
