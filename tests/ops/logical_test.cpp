// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// && || ! of tensors of bool, and where, which takes one.
#include <support/elementwise.hpp>
#include <weft/ops/elementwise.hpp>

using weft_test::reference_run;
using weft_test::vector_of;

TEST_CASE("logical operators") {
    weft_test::test_graph graph;
    const auto a = graph.placeholder<vector_of<bool>>();
    const auto b = graph.placeholder<vector_of<bool>>();
    const weft::node both = a && b;
    const weft::node either = a || b;
    const weft::node neither = !(a || b) && true;
    const vector_of<bool> x = weft_test::samples<bool>(203, 5);
    const vector_of<bool> y = weft_test::samples<bool>(203, 7);
    for (const weft::node<vector_of<bool>>& n : {both, either, neither})
        weft_test::expect_same_in_all_ways(graph, n.id(),
                                           {{a.id(), {const_cast<bool*>(x.data()), x.shape()}},
                                            {b.id(), {const_cast<bool*>(y.data()), y.shape()}}});
    reference_run run(graph);
    run.feed(a, x).feed(b, y);
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        wrong += run(both)[i] != (x[i] && y[i]);
        wrong += run(either)[i] != (x[i] || y[i]);
        wrong += run(neither)[i] != !(x[i] || y[i]);
    }
    CHECK(wrong == 0);
    CHECK(graph.record(neither.id()).fused ==
          std::vector<std::string>{"LogicalAnd", "LogicalNot", "LogicalOr"});
}

TEST_CASE("comparisons of several widths, within one expression") {
    weft_test::test_graph graph;
    const auto a = graph.placeholder<vector_of<float>>(), b = graph.placeholder<vector_of<float>>();
    const auto d = graph.placeholder<vector_of<double>>();
    const auto c = graph.placeholder<vector_of<bool>>();
    const weft::node picked = where((a < b && c) || !(d > 1.0), a, b);
    const weft::node counted = weft::cast<float>(a < b) + weft::cast<float>((a < b) == (d > 1.0));
    const weft::node held = (a < b) && (d > 1.0);
    const vector_of<float> x = weft_test::samples<float>(131, 5);
    const vector_of<float> y = weft_test::samples<float>(131, 7);
    const vector_of<double> z = weft_test::samples<double>(131, 9);
    const vector_of<bool> w = weft_test::samples<bool>(131, 3);
    reference_run run(graph);
    run.feed(a, x).feed(b, y).feed(c, w).feed(d, z);
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const bool less = x[i] < y[i], above = z[i] > 1.0;
        const float want = (less && w[i]) || !above ? x[i] : y[i], got = run(picked)[i];
        wrong += got != want && (got == got || want == want);
        wrong += run(counted)[i] != static_cast<float>(less) + static_cast<float>(less == above);
        wrong += run(held)[i] != (less && above);
    }
    CHECK(wrong == 0);
}

TEST_CASE("numbers have no logical operators") {
    using weft::cpu, weft::has_kernel;
    CHECK_FALSE(has_kernel<weft::ops::logical_and, cpu, float>);
    CHECK_FALSE(has_kernel<weft::ops::logical_or, cpu, std::int32_t>);
    CHECK_FALSE(has_kernel<weft::ops::logical_not, cpu, std::uint8_t>);
}

TEST_CASE_TEMPLATE("where takes the elements of one or the other", T, float, double, weft::half,
                   weft::bfloat16, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                   std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t, bool) {
    weft_test::test_graph graph;
    const auto c = graph.placeholder<vector_of<bool>>();
    const auto a = graph.placeholder<vector_of<T>>();
    const auto b = graph.placeholder<vector_of<T>>();
    const weft::node picked = where(c, a, b);
    static_assert(std::is_same_v<typename decltype(where(c, a, b))::types, weft::type_list<T>>);
    const vector_of<bool> mask = weft_test::samples<bool>(203, 5);
    const vector_of<T> x = weft_test::samples<T>(203, 5);
    const vector_of<T> y = weft_test::samples<T>(203, 7);
    weft_test::expect_same_in_all_ways(graph, picked.id(),
                                       {{c.id(), {const_cast<bool*>(mask.data()), mask.shape()}},
                                        {a.id(), {const_cast<T*>(x.data()), x.shape()}},
                                        {b.id(), {const_cast<T*>(y.data()), y.shape()}}});
    const vector_of<T> out = reference_run(graph).feed(c, mask).feed(a, x).feed(b, y)(picked);
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const T expected = mask[i] ? x[i] : y[i];
        wrong += std::memcmp(&out[i], &expected, sizeof(T)) != 0;
    }
    CHECK(wrong == 0);
}

TEST_CASE("where adopts the element type of the tensor beside a number") {
    weft_test::test_graph graph;
    const auto x = graph.placeholder<weft::tensor<float, weft::dyn, 3>>();
    const auto row = graph.placeholder<weft::tensor<float, 3>>();
    const auto half = graph.placeholder<weft::tensor<weft::half, 3>>();
    const weft::node ramp = where(x > 0, x, 0);
    const weft::node step = where(x > row, 1.0f, -1.0f);
    const weft::node count = where(x > 0, 1, 0);
    const weft::node flag = where(x > 0, row > 0, false);
    const weft::node stored = where(row > 0, 0.5f, half);
    static_assert(
        std::is_same_v<weft::result_of_t<decltype(ramp)>, weft::tensor<float, weft::dyn, 3>>);
    static_assert(
        std::is_same_v<weft::result_of_t<decltype(step)>, weft::tensor<float, weft::dyn, 3>>);
    static_assert(
        std::is_same_v<weft::result_of_t<decltype(count)>, weft::tensor<int, weft::dyn, 3>>);
    static_assert(
        std::is_same_v<weft::result_of_t<decltype(flag)>, weft::tensor<bool, weft::dyn, 3>>);
    static_assert(std::is_same_v<weft::result_of_t<decltype(stored)>, weft::tensor<weft::half, 3>>);
    reference_run run(graph);
    const weft::tensor<float, weft::dyn, 3> in{{1, -1, 0}, {NAN, 2, -2}};
    const weft::tensor<float, 3> limits{0, 3, -1};
    run.feed(x, in).feed(row, limits);
    CHECK(run(ramp) == weft::tensor<float, weft::dyn, 3>{{1, 0, 0}, {0, 2, 0}});
    CHECK(run(step) == weft::tensor<float, weft::dyn, 3>{{1, -1, 1}, {-1, -1, -1}});
    CHECK(run(count) == weft::tensor<int, weft::dyn, 3>{{1, 0, 0}, {0, 1, 0}});
    CHECK(run(flag) ==
          weft::tensor<bool, weft::dyn, 3>{{false, false, false}, {false, true, false}});
}
