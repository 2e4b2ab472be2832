// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Element-wise ops on operands of different shapes, static and dyn, of rank 0 to 4, against plain
// index arithmetic; whole and in pieces that end in the middle of rows.
#include <support/elementwise.hpp>
#include <weft/ops/elementwise.hpp>

#include <string>

namespace {

using weft::dims;
using weft::dyn;
using weft::tensor;

template <class Tensor>
Tensor counted(const dims& shape, int first) {
    using T = typename Tensor::value_type;
    Tensor out = Tensor::uninitialized(shape);
    int next = first;
    for (T& x : out) x = static_cast<T>(next++ % 100);
    return out;
}

// The element of `from` that position `at` of a broadcast to `to` reads.
std::size_t broadcast_index(std::size_t at, const dims& to, const dims& from) {
    std::size_t index = 0;
    std::size_t step = 1;
    for (std::size_t i = 1; i <= to.rank; ++i) {
        const std::size_t position = at % to[to.rank - i];
        at /= to[to.rank - i];
        if (i > from.rank) continue;
        if (from[from.rank - i] != 1) index += position * step;
        step *= from[from.rank - i];
    }
    return index;
}

// a - b for operands of these types and shapes; Out is the result's type.
template <class Out, class A, class B>
void check_broadcast(const dims& shape_a, const dims& shape_b) {
    using T = typename Out::value_type;
    weft_test::test_graph graph;
    const auto a = graph.placeholder<A>();
    const auto b = graph.placeholder<B>();
    const weft::node c = a - b;
    static_assert(std::is_same_v<weft::result_of_t<decltype(c)>, Out>);
    const A x = counted<A>(shape_a, 3);
    const B y = counted<B>(shape_b, 50);
    CAPTURE(std::string(weft::dims_text(shape_a).chars));
    CAPTURE(std::string(weft::dims_text(shape_b).chars));
    for (std::size_t cut : {dyn, std::size_t{1}, std::size_t{7}, std::size_t{64}}) {
        const Out out = weft_test::reference_run(graph, "cpu", cut).feed(a, x).feed(b, y)(c);
        REQUIRE(out.shape() == weft::broadcast(shape_a, shape_b));
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < out.size(); ++i)
            wrong += out.data()[i] != T(x.data()[broadcast_index(i, out.shape(), shape_a)] -
                                        y.data()[broadcast_index(i, out.shape(), shape_b)]);
        CHECK(wrong == 0);
    }
}

}  // namespace

TEST_CASE("operands of one shape") {
    using f = float;
    check_broadcast<tensor<f>, tensor<f>, tensor<f>>({}, {});
    check_broadcast<tensor<f, 1>, tensor<f, 1>, tensor<f, 1>>({1}, {1});
    check_broadcast<tensor<f, 17>, tensor<f, 17>, tensor<f, 17>>({17}, {17});
    check_broadcast<tensor<f, 3, 0>, tensor<f, 3, 0>, tensor<f, 3, 0>>({3, 0}, {3, 0});
    using cube = tensor<f, dyn, 5, dyn>;
    for (std::size_t n : {0u, 1u, 2u, 40u}) check_broadcast<cube, cube, cube>({n, 5, 3}, {n, 5, 3});
}

TEST_CASE("operands of rank 0") {
    using matrix = tensor<float, dyn, 3>;
    for (std::size_t n : {0u, 1u, 17u, 1000u}) {
        check_broadcast<matrix, matrix, tensor<float>>({n, 3}, {});
        check_broadcast<matrix, tensor<float>, matrix>({}, {n, 3});
    }
    check_broadcast<tensor<double, 4>, tensor<double>, tensor<double, 4>>({}, {4});
}

TEST_CASE("rows and columns") {
    using matrix = tensor<float, dyn, dyn>;
    for (std::size_t n : {0u, 1u, 2u, 33u})
        for (std::size_t m : {0u, 1u, 9u, 64u}) {
            check_broadcast<matrix, tensor<float, dyn, 1>, tensor<float, 1, dyn>>({n, 1}, {1, m});
            check_broadcast<matrix, tensor<float, dyn>, matrix>({m}, {n, m});
            check_broadcast<matrix, matrix, tensor<float, dyn, 1>>({n, m}, {n, 1});
        }
    check_broadcast<tensor<float, 5, 3>, tensor<float, 3>, tensor<float, 5, 3>>({3}, {5, 3});
    check_broadcast<tensor<float, 5, 3>, tensor<float, 5, 1>, tensor<float, 1, 3>>({5, 1}, {1, 3});
}

TEST_CASE("axes in the middle") {
    using cube = tensor<float, 2, dyn, 4>;
    check_broadcast<tensor<float, 2, 3, 4>, cube, tensor<float, 2, 3, 1>>({2, 3, 4}, {2, 3, 1});
    check_broadcast<cube, tensor<float, 2, 1, 4>, tensor<float, dyn, 1>>({2, 1, 4}, {3, 1});
    check_broadcast<cube, cube, tensor<float, 1, dyn, 1>>({2, 3, 4}, {1, 3, 1});
    check_broadcast<cube, tensor<float, 2, 1, 1>, tensor<float, 1, dyn, 4>>({2, 1, 1}, {1, 5, 4});
    using deep = tensor<float, dyn, dyn, dyn, dyn>;
    check_broadcast<deep, deep, deep>({2, 1, 3, 1}, {1, 4, 1, 5});
    check_broadcast<deep, deep, deep>({2, 4, 1, 5}, {2, 4, 3, 5});
    check_broadcast<deep, deep, deep>({2, 4, 3, 5}, {2, 1, 1, 5});
}

TEST_CASE("a dyn dimension that turns out to be 1") {
    using row = tensor<float, dyn>;
    for (std::size_t n : {0u, 1u, 31u}) {
        check_broadcast<row, row, row>({1}, {n});
        check_broadcast<row, row, row>({n}, {1});
    }
    check_broadcast<tensor<float, 6>, row, tensor<float, 6>>({1}, {6});
}

TEST_CASE_TEMPLATE("elements of other sizes", T, double, std::int8_t, std::int64_t) {
    using matrix = tensor<T, dyn, dyn>;
    check_broadcast<matrix, tensor<T, dyn, 1>, tensor<T, dyn>>({19, 1}, {21});
    check_broadcast<matrix, matrix, tensor<T, dyn, 1>>({19, 35}, {19, 1});
}

TEST_CASE("three operands, of different element types") {
    weft_test::test_graph graph;
    const auto mask = graph.placeholder<tensor<bool, dyn, 1>>();
    const auto row = graph.placeholder<tensor<double, 5>>();
    const auto all = graph.placeholder<tensor<double, dyn, 5>>();
    const weft::node picked = where(mask, row, all) * 2;
    static_assert(std::is_same_v<weft::result_of_t<decltype(picked)>, tensor<double, dyn, 5>>);
    const tensor<bool, dyn, 1> m{{true}, {false}, {true}};
    const tensor<double, 5> r{1, 2, 3, 4, 5};
    const auto a = counted<tensor<double, dyn, 5>>({3, 5}, 10);
    const auto out =
        weft_test::reference_run(graph).feed(mask, m).feed(row, r).feed(all, a)(picked);
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t k = 0; k < 5; ++k) CHECK(out(i, k) == 2 * (m(i, 0) ? r[k] : a(i, k)));
}

TEST_CASE("dyn dimensions that do not broadcast fail when the sizes are known") {
    weft_test::test_graph graph;
    const auto a = graph.placeholder<tensor<float, dyn, 4>>();
    const auto b = graph.placeholder<tensor<float, dyn, 1>>();
    const weft::node sum = a + b;
    const auto x = tensor<float, dyn, 4>::zeros({3, 4});
    const auto y = tensor<float, dyn, 1>::zeros({2, 1});
    try {
        weft_test::reference_run(graph).feed(a, x).feed(b, y)(sum);
        FAIL("no failure");
    } catch (const weft::failure& reason) {
        CHECK(reason.code() == weft::errc::invalid_argument);
        CHECK(std::string(reason.what()).find("3 and 2 in dimension 0") != std::string::npos);
    }
}
