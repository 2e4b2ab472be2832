// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The reference that other tests compare sessions with: every role of nodes, each evaluated once.
#include <doctest/doctest.h>

#include <support/reference_run.hpp>
#include <weft/graph/graph.hpp>

#include <string>

using weft_test::reference_run;

TEST_CASE("constants, placeholders and variables") {
    weft::graph g;
    const auto x = g.placeholder<weft::tensor<float, weft::dyn>>("x");
    const auto c = g.constant(weft::tensor<float, 2>{10, 20});
    const auto v = g.variable(0.5f, "v");
    const weft::node y = x * v + c;
    const weft::tensor<float, weft::dyn> in{1, 2};
    const weft::tensor<float> value{3};
    reference_run run(g);
    run.feed(x, in).feed(v, value);
    CHECK(run(y) == weft::tensor<float, 2>{13, 26});
    CHECK_THROWS_WITH_AS(reference_run{g}(y), "'x' is not fed", weft::error);
}

TEST_CASE("an assign's value is what it would store") {
    weft::graph g;
    const auto v = g.variable(weft::tensor<float, 2>{1, 2}, "v");
    const auto add = v.assign_add(10);
    const weft::tensor<float, 2> before{5, 6};
    reference_run run(g);
    run.feed(v, before);
    const auto* after = static_cast<const float*>(run.evaluate(add.id()).data);
    CHECK(after[0] == 15);
    CHECK(after[1] == 16);
    CHECK(run(v) == before);
    const auto* first = static_cast<const float*>(run.evaluate(v.initializer().id()).data);
    CHECK(first[1] == 2);
}

TEST_CASE("callables give tensors and objects, and are called once") {
    weft::graph g;
    int calls = 0;
    const weft::node text = g.call([&] {
        ++calls;
        return std::string("four");
    });
    const weft::node length = weft::call(
        [](const std::string& s) {
            return weft::tensor<float, weft::dyn>{float(s.size()), 1};
        },
        text);
    const weft::node twice = length + length;
    const weft::node again = length * 3;
    reference_run run(g);
    CHECK(run(twice) == weft::tensor<float, weft::dyn>{8, 2});
    CHECK(run(again) == weft::tensor<float, weft::dyn>{12, 3});
    CHECK(calls == 1);
}

TEST_CASE("a node may be fed instead of evaluated") {
    weft::graph g;
    const auto x = g.placeholder<weft::tensor<float, 2>>();
    const weft::node middle = x * 2;
    const weft::node y = middle + 1;
    const weft::tensor<float, 2> value{7, 8};
    CHECK(reference_run(g).feed(middle, value)(y) == weft::tensor<float, 2>{8, 9});
}

TEST_CASE("a kernel is run on a device kind, else on the CPU, and in pieces") {
    weft::graph g;
    const auto x = g.placeholder<weft::tensor<float, 7>>();
    const weft::node y = x * x;
    const weft::tensor<float, 7> value{1, 2, 3, 4, 5, 6, 7};
    const weft::tensor<float, 7> expected{1, 4, 9, 16, 25, 36, 49};
    for (const char* kind : {"cpu", "gpu", "npu"})
        for (std::size_t cut : {1u, 2u, 3u, 100u})
            CHECK(reference_run(g, kind, cut).feed(x, value)(y) == expected);
}
