// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The six comparisons of every element type, and what == and != are not: comparisons of handles.
#include <support/elementwise.hpp>
#include <weft/ops/elementwise.hpp>

#include <algorithm>

namespace {

using weft_test::vector_of;

// The number in which a node evaluates make(a, b) differently from the C++ comparison; all right:
// 0.
template <class T, class Make, class Exact>
void check_comparison(Make make, Exact exact) {
    weft_test::test_graph graph;
    const auto x = graph.placeholder<vector_of<T>>();
    const auto y = graph.placeholder<vector_of<T>>();
    const weft::node z = make(x, y);
    static_assert(std::is_same_v<weft::result_of_t<decltype(z)>, vector_of<bool>>);
    const vector_of<T> a = weft_test::samples<T>(203, 5);
    const vector_of<T> b = weft_test::partners<T>(203, 5);
    weft_test::expect_same_in_all_ways(graph, z.id(),
                                       {{x.id(), {const_cast<T*>(a.data()), a.shape()}},
                                        {y.id(), {const_cast<T*>(b.data()), b.shape()}}});
    const vector_of<bool> out = weft_test::reference_run(graph).feed(x, a).feed(y, b)(z);
    std::size_t wrong = 0;
    const auto of = [](T value) { return static_cast<weft::compute_t<T>>(value); };
    for (std::size_t i = 0; i < out.size(); ++i) wrong += out[i] != exact(of(a[i]), of(b[i]));
    CHECK(wrong == 0);
}

template <class T>
void check_equality() {
    check_comparison<T>([](auto x, auto y) { return x == y; },
                        [](auto x, auto y) { return x == y; });
    check_comparison<T>([](auto x, auto y) { return x != y; },
                        [](auto x, auto y) { return x != y; });
}
template <class T>
void check_order() {
    check_comparison<T>([](auto x, auto y) { return x < y; }, [](auto x, auto y) { return x < y; });
    check_comparison<T>([](auto x, auto y) { return x <= y; },
                        [](auto x, auto y) { return x <= y; });
    check_comparison<T>([](auto x, auto y) { return x > y; }, [](auto x, auto y) { return x > y; });
    check_comparison<T>([](auto x, auto y) { return x >= y; },
                        [](auto x, auto y) { return x >= y; });
}

}  // namespace

TEST_CASE_TEMPLATE("comparisons of floating-point numbers", T, float, double, weft::half,
                   weft::bfloat16) {
    check_equality<T>();
    check_order<T>();
}
TEST_CASE_TEMPLATE("comparisons of integers", T, std::int8_t, std::int64_t, std::uint32_t) {
    check_equality<T>();
    check_order<T>();
}
TEST_CASE_TEMPLATE("equality of other elements", T, std::int16_t, std::int32_t, std::uint8_t,
                   std::uint16_t, std::uint64_t, bool) {
    check_equality<T>();
}

TEST_CASE("numbers are compared from both sides") {
    weft_test::test_graph graph;
    const auto x = graph.placeholder<vector_of<float>>();
    const weft::node above = 1 < x;
    const weft::node equal = 1 == x;
    const weft::node other = 1 != x;
    const weft::node mask = (x == x) == true;
    weft_test::reference_run run(graph);
    const vector_of<float> in{0, 1, 2, NAN};
    run.feed(x, in);
    CHECK(run(above) == vector_of<bool>{false, false, true, false});
    CHECK(run(equal) == vector_of<bool>{false, true, false, false});
    CHECK(run(other) == vector_of<bool>{true, false, true, true});
    CHECK(run(mask) == vector_of<bool>{true, true, true, false});
    CHECK(graph.record(above.id()).op == std::string("Less"));
    CHECK(graph.record(other.id()).op == std::string("NotEqual"));
}

TEST_CASE("comparisons of what is no expression stay what they are") {
    static_assert(std::is_same_v<decltype(weft::dims{1} == weft::dims{1}), bool>);
    static_assert(std::is_same_v<decltype(weft::errc::ok == weft::errc::internal), bool>);
    static_assert(std::is_same_v<decltype(weft::errc::ok != weft::errc::internal), bool>);
    static_assert(std::is_same_v<decltype(weft::tensor<float>{1} == 1), bool>);
    static_assert(std::is_same_v<decltype(weft::tensor<float>{1} != 1), bool>);
    static_assert(std::is_same_v<decltype(vector_of<int>{} == vector_of<int>{}), bool>);
    static_assert(std::is_same_v<decltype(vector_of<int>{} != vector_of<int>{}), bool>);
    static_assert(std::is_same_v<decltype(weft::half(1) == weft::half(1)), bool>);
    static_assert(std::is_same_v<decltype(weft::half(1) != weft::half(1)), bool>);
    static_assert(!weft::operands<int, int> && !weft::operands<weft::dims, int>);
    const std::vector<weft::errc> codes{weft::errc::ok, weft::errc::internal};
    CHECK(std::find(codes.begin(), codes.end(), weft::errc::internal) == codes.begin() + 1);
}
