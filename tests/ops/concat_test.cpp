// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Ops that put tensors together and take them apart: concat, stack, slice, split, pad. Types,
// values along every axis, element types of every size, fusion, errors.
#include <support/structured.hpp>
#include <weft/ops/elementwise.hpp>
#include <weft/ops/structured.hpp>

using namespace weft;
using namespace weft_test;

namespace {

const tensor<float, 2, 3> k{{1, 2, 3}, {4, 5, 6}};
using rows = tensor<float, dyn, 3>;

}  // namespace

TEST_CASE("typed results") {
    test_graph g;
    const auto x = g.placeholder<tensor<float, dyn, 3>>();
    const auto y = g.placeholder<tensor<float, 2, 3>>();
    const auto z = g.placeholder<tensor<float, dyn, dyn>>();
    const auto gives = []<class E>(const E&, auto expected) {
        return std::is_same_v<result_of_t<E>, decltype(expected)>;
    };
    CHECK(gives(concat<0>(y, y, y), tensor<float, 6, 3>{}));
    CHECK(gives(concat<-1>(y, y), tensor<float, 2, 6>{}));
    CHECK(gives(concat<0>(x, y), tensor<float, dyn, 3>{}));
    CHECK(gives(concat<1>(x, y), tensor<float, 2, 6>{}));
    CHECK(gives(concat<0>(z, y), tensor<float, dyn, 3>{}));
    CHECK(gives(concat<0>(y), tensor<float, 2, 3>{}));
    CHECK(gives(stack<0>(y, y), tensor<float, 2, 2, 3>{}));
    CHECK(gives(stack<-1>(x, x, x), tensor<float, dyn, 3, 3>{}));
    CHECK(gives(stack<1>(z, y), tensor<float, 2, 2, 3>{}));
    CHECK(gives(slice<1, 0, 2>(x), tensor<float, dyn, 2>{}));
    CHECK(gives(slice<-1, 1>(x), tensor<float, dyn, 2>{}));
    CHECK(gives(slice<0, 1>(x), tensor<float, dyn, 3>{}));
    CHECK(gives(slice<0, 1, 3>(x), tensor<float, 2, 3>{}));
    CHECK(gives(slice<0, 2, 2>(y), tensor<float, 0, 3>{}));
    CHECK(gives(split<1, 3>(x)[0], tensor<float, dyn, 1>{}));
    CHECK(gives(split<0, 3>(x)[2], tensor<float, dyn, 3>{}));
    CHECK(gives(pad<1, 1, 2>(x, 0.0f), tensor<float, dyn, 6>{}));
    CHECK(gives(pad<0, 0, 2>(x, 0.0f), tensor<float, dyn, 3>{}));
}

TEST_CASE("concat along each axis") {
    CHECK(run_op([](auto x) { return concat<0>(x, x); }, k) ==
          tensor<float, 4, 3>{{1, 2, 3}, {4, 5, 6}, {1, 2, 3}, {4, 5, 6}});
    CHECK(run_op([](auto x, auto y) { return concat<1>(x, y, x); }, k,
                 tensor<float, 2, 1>{{7}, {8}}) ==
          tensor<float, 2, 7>{{1, 2, 3, 7, 1, 2, 3}, {4, 5, 6, 8, 4, 5, 6}});
    CHECK(run_op([](auto x, auto y) { return concat<0>(x, y); }, rows{}, rows{{1, 2, 3}}) ==
          rows{{1, 2, 3}});
    CHECK(run_op([](auto x, auto y) { return concat<0>(x, y); }, rows{}, rows{}).size() == 0);
    CHECK(run_op([](auto x) { return concat<0>(x, x) * 2.0f; }, tensor<float, 1>{3}) ==
          tensor<float, 2>{6, 6});
    const auto a = sampled<tensor<double, 5, dyn, 3>>({5, 40, 3}, 1);
    const auto b = sampled<tensor<double, 5, dyn, 3>>({5, 33, 3}, 2);
    const auto ab = run_op([](auto x, auto y) { return concat<1>(x, y); }, a, b);
    for (std::size_t o = 0; o < 5; ++o)
        for (std::size_t i = 0; i < 73; ++i)
            for (std::size_t c = 0; c < 3; ++c)
                REQUIRE(ab(o, i, c) == (i < 40 ? a(o, i, c) : b(o, i - 40, c)));
}

TEST_CASE("stack along each axis") {
    const tensor<float, 2> a{1, 2}, b{3, 4}, c{5, 6};
    CHECK(run_op([](auto x, auto y, auto z) { return stack<0>(x, y, z); }, a, b, c) ==
          tensor<float, 3, 2>{{1, 2}, {3, 4}, {5, 6}});
    CHECK(run_op([](auto x, auto y, auto z) { return stack<1>(x, y, z); }, a, b, c) ==
          tensor<float, 2, 3>{{1, 3, 5}, {2, 4, 6}});
    CHECK(run_op([](auto x, auto y) { return stack<0>(x, y); }, tensor<float>(1),
                 tensor<float>(2)) == tensor<float, 2>{1, 2});
    CHECK(run_op([](auto x) { return stack<-1>(x); }, k).shape() == dims{2, 3, 1});
}

TEST_CASE("slices are ranges of an axis") {
    CHECK(run_op([](auto x) { return slice<1, 0, 2>(x); }, k) ==
          tensor<float, 2, 2>{{1, 2}, {4, 5}});
    CHECK(run_op([](auto x) { return slice<0, 1>(x); }, k) == tensor<float, 1, 3>{{4, 5, 6}});
    CHECK(run_op([](auto x) { return slice<-1, 1, 2>(x * x); }, k) ==
          tensor<float, 2, 1>{{4}, {25}});
    CHECK(run_op([](auto x) { return slice<0, 1>(x); }, rows{{1, 2, 3}}).shape() == dims{0, 3});
    CHECK(run_op([](auto x) { return slice<0, 1, 2>(x); }, rows{{1, 2, 3}, {4, 5, 6}}) ==
          tensor<float, 1, 3>{{4, 5, 6}});
    CHECK(run_op([](auto x) { return slice<1, 3, 3>(x); }, k).size() == 0);
    const auto x = sampled<tensor<float, dyn, 70, dyn>>({3, 70, 41}, 1);
    const auto y = run_op([](auto a) { return slice<1, 7, 63>(a * 2.0f); }, x);
    for (std::size_t i = 0; i < 56; ++i) REQUIRE(y(2, i, 40) == 2 * x(2, i + 7, 40));
}

TEST_CASE("parts of equal size") {
    test_graph g;
    const auto x = g.placeholder<tensor<float, dyn, 4>>();
    const tensor<float, dyn, 4> value{{1, 2, 3, 4}, {5, 6, 7, 8}};
    const auto [left, right] = split<1, 2>(x);
    const node l = left, r = right;
    CHECK(run_all_ways(l, with(x, value)) == tensor<float, dyn, 2>{{1, 2}, {5, 6}});
    CHECK(run_all_ways(r, with(x, value)) == tensor<float, dyn, 2>{{3, 4}, {7, 8}});
    const auto parts = split<0, 2>(x * 2.0f);
    CHECK(parts.size() == 2);
    const node second = parts[1];
    CHECK(run_all_ways(second, with(x, value)) == tensor<float, dyn, 4>{{10, 12, 14, 16}});
    for (const auto& part : parts) CHECK(node(part).id() != second.id());
}

TEST_CASE("padding with a value") {
    CHECK(run_op([](auto x) { return pad<1, 1, 2>(x, 9.0f); }, k) ==
          tensor<float, 2, 6>{{9, 1, 2, 3, 9, 9}, {9, 4, 5, 6, 9, 9}});
    CHECK(run_op([](auto x) { return pad<0, 0, 1>(x + x, -1.0f); }, k) ==
          tensor<float, 3, 3>{{2, 4, 6}, {8, 10, 12}, {-1, -1, -1}});
    CHECK(run_op([](auto x) { return pad<0, 1, 0>(x, 5.0f); }, rows{}) == rows{{5, 5, 5}});
    CHECK(run_op([](auto x) { return pad<0, 0, 0>(x, 5.0f); }, k) == k);
}

TEST_CASE_TEMPLATE("elements of every size", T, bool, std::int8_t, half, bfloat16, std::int64_t,
                   std::complex<double>) {
    const auto x = sampled<tensor<T, dyn, 4>>({3, 4}, 1), y = sampled<tensor<T, dyn, 4>>({2, 4}, 2);
    const auto joined = run_op([](auto a, auto b) { return concat<0>(a, b); }, x, y);
    CHECK(std::memcmp(joined.data(), x.data(), 12 * sizeof(T)) == 0);
    CHECK(std::memcmp(joined.data() + 12, y.data(), 8 * sizeof(T)) == 0);
    const auto tail = run_op([](auto a) { return slice<0, 3>(a); }, joined);
    CHECK(same_bits(tail, y));
    const auto padded = run_op([](auto a) { return pad<0, 1, 0>(a, T{}); }, y);
    CHECK(std::memcmp(padded.data() + 4, y.data(), 8 * sizeof(T)) == 0);
    CHECK(padded.data()[3] == T{});
}

TEST_CASE("what does not fit at run time") {
    using any = tensor<float, dyn, dyn>;
    const any a = any::zeros({2, 3}), b = any::zeros({2, 4});
    CHECK(failure_of(
              errc::invalid_argument, [](auto x, auto y) { return concat<0>(x, y); }, a, b) ==
          "concat along axis 0: shapes [2,3] and [2,4] differ in another axis");
    CHECK(failure_of(
              errc::invalid_argument, [](auto x, auto y) { return stack<0>(x, y); }, a, b) ==
          "stack: the operands have different shapes, [2,3] and [2,4]");
    CHECK(failure_of(
              errc::out_of_range, [](auto x) { return slice<1, 1, 4>(x); }, a) ==
          "slice: [1, 4) is not within axis 1 of shape [2,3]");
    CHECK(failure_of(
              errc::out_of_range, [](auto x) { return slice<0, 3>(x); }, a) ==
          "slice: [3, 2) is not within axis 0 of shape [2,3]");
    CHECK(failure_of(
              errc::invalid_argument, [](auto x) { return split<1, 2>(x)[0]; }, a) ==
          "split: axis 1 of shape [2,3] is not made of 2 equal parts");
}

TEST_CASE("many rows are joined row by row") {
    const auto a = sampled<tensor<float, dyn, 3>>({40, 3}, 1);
    const auto b = sampled<tensor<float, dyn, 5>>({40, 5}, 2);
    const auto got = run_op([](auto x, auto y) { return concat<1>(x, y, x); }, a, b);
    for (std::size_t r = 0; r < 40; ++r)
        for (std::size_t c = 0; c < 11; ++c)
            REQUIRE(got(r, c) == (c < 3 ? a(r, c) : c < 8 ? b(r, c - 3) : a(r, c - 8)));
}
