// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Ops that go by indices: gather, scatter_add, one_hot. Types, values along every axis, duplicates,
// both index types, all element types, fusion, indices out of range.
#include <support/structured.hpp>
#include <weft/ops/elementwise.hpp>
#include <weft/ops/structured.hpp>

using namespace weft;
using namespace weft_test;

namespace {

const tensor<float, 2, 3> k{{1, 2, 3}, {4, 5, 6}};
using indices = tensor<std::int64_t, dyn>;

}  // namespace

TEST_CASE("typed results") {
    test_graph g;
    const auto x = g.placeholder<tensor<float, dyn, 3, 4>>();
    const auto i = g.placeholder<tensor<std::int32_t, 5, dyn>>();
    const auto one = g.placeholder<tensor<std::int64_t>>();
    const auto gives = []<class E>(const E&, auto expected) {
        return std::is_same_v<result_of_t<E>, decltype(expected)>;
    };
    CHECK(gives(gather<0>(x, i), tensor<float, 5, dyn, 3, 4>{}));
    CHECK(gives(gather<-2>(x, i), tensor<float, dyn, 5, dyn, 4>{}));
    CHECK(gives(gather<2>(x, one), tensor<float, dyn, 3>{}));
    CHECK(gives(scatter_add<2>(x, one, sum<2>(x)), tensor<float, dyn, 3, 4>{}));
    CHECK(gives(one_hot<10>(i), tensor<float, 5, dyn, 10>{}));
    CHECK(gives(one_hot<3, bool>(one), tensor<bool, 3>{}));
}

TEST_CASE("gather along each axis") {
    CHECK(run_op([](auto x, auto i) { return gather<0>(x, i); }, k, indices{1, 0, 1}) ==
          tensor<float, dyn, 3>{{4, 5, 6}, {1, 2, 3}, {4, 5, 6}});
    CHECK(run_op([](auto x, auto i) { return gather<1>(x, i); }, k,
                 tensor<std::int32_t, 2, 2>{{2, 0}, {1, 1}}) ==
          tensor<float, 2, 2, 2>{{{3, 1}, {2, 2}}, {{6, 4}, {5, 5}}});
    CHECK(run_op([](auto x, auto i) { return gather<-1>(x, i); }, k, tensor<std::int64_t>(2)) ==
          tensor<float, 2>{3, 6});
    CHECK(run_op([](auto x, auto i) { return gather<0>(x, i); }, k, indices{}).size() == 0);
    CHECK(run_op([](auto x, auto i) { return gather<0>(x, i) * 10.0f; }, k, indices{0}) ==
          tensor<float, dyn, 3>{{10, 20, 30}});
}

TEST_CASE_TEMPLATE("elements of every type, indices of both", T, bool, std::uint8_t, std::int32_t,
                   std::int64_t, half, double, std::complex<float>) {
    const auto x = sampled<tensor<T, dyn, 50>>({70, 50}, 1);
    const auto wide = filled<indices>({333}, [](std::size_t n) { return n * 37 % 70; });
    const auto narrow =
        filled<tensor<std::int32_t, dyn>>({333}, [](std::size_t n) { return n * 37 % 70; });
    const auto got = run_op([](auto a, auto i) { return gather<0>(a, i); }, x, wide);
    CHECK(same_bits(got, run_op([](auto a, auto i) { return gather<0>(a, i); }, x, narrow)));
    for (std::size_t n = 0; n < 333; ++n)
        for (std::size_t c = 0; c < 50; ++c) REQUIRE(got(n, c) == x(n * 37 % 70, c));
}

TEST_CASE("scatter_add adds where the index says") {
    CHECK(run_op([](auto x, auto i, auto u) { return scatter_add<0>(x, i, u); }, k,
                 indices{1, 1, 0}, tensor<float, dyn, 3>{{1, 1, 1}, {10, 20, 30}, {0, 0, 5}}) ==
          tensor<float, 2, 3>{{1, 2, 8}, {15, 26, 37}});
    CHECK(run_op([](auto x, auto i, auto u) { return scatter_add<1>(x, i, u); }, k,
                 tensor<std::int32_t, 2>{2, 2}, tensor<float, 2, 2>{{1, 2}, {3, 4}}) ==
          tensor<float, 2, 3>{{1, 2, 6}, {4, 5, 13}});
    CHECK(run_op([](auto x, auto i, auto u) { return scatter_add<0>(x * 2.0f, i, u); }, k,
                 tensor<std::int64_t>(0),
                 tensor<float, 3>{1, 1, 1}) == tensor<float, 2, 3>{{3, 5, 7}, {8, 10, 12}});
    CHECK(run_op([](auto x, auto i, auto u) { return scatter_add<0>(x, i, u); }, k, indices{},
                 tensor<float, dyn, 3>{}) == k);
}

TEST_CASE_TEMPLATE("duplicates add up in order", T, float, half, bfloat16, std::int8_t,
                   std::int64_t) {
    const auto x = sampled<tensor<T, 5, 130>>({5, 130}, 1, 30);
    const auto updates = sampled<tensor<T, dyn, 130>>({90, 130}, 2, 30);
    const auto index =
        filled<tensor<std::int32_t, dyn>>({90}, [](std::size_t n) { return n * n % 5; });
    const auto got =
        run_op([](auto a, auto i, auto u) { return scatter_add<0>(a, i, u); }, x, index, updates);
    auto expected = x;
    for (std::size_t n = 0; n < 90; ++n)
        for (std::size_t c = 0; c < 130; ++c) {
            T& to = expected(static_cast<std::size_t>(index[n]), c);
            using C = compute_t<T>;
            to = static_cast<T>(
                static_cast<C>(wrapping_add(static_cast<C>(to), static_cast<C>(updates(n, c)))));
        }
    CHECK(same_bits(got, expected));
}

TEST_CASE(
    "long rows along an inner axis, of an expression, are written once with all that is added") {
    const auto x = sampled<tensor<float, 3, 5, 70>>({3, 5, 70}, 1);
    const auto updates = sampled<tensor<float, 3, dyn, 70>>({3, 6, 70}, 2);
    const tensor<std::int64_t, dyn> index{4, 0, 4, 2, 0, 4};
    const auto got = run_op([](auto a, auto i, auto u) { return scatter_add<1>(a * 2.0f, i, u); },
                            x, index, updates);
    for (std::size_t o = 0; o < 3; ++o)
        for (std::size_t c = 0; c < 70; ++c) {
            float expected[5];
            for (std::size_t r = 0; r < 5; ++r) expected[r] = x(o, r, c) * 2.0f;
            for (std::size_t n = 0; n < 6; ++n)
                expected[static_cast<std::size_t>(index[n])] += updates(o, n, c);
            for (std::size_t r = 0; r < 5; ++r) REQUIRE(got(o, r, c) == expected[r]);
        }
}

TEST_CASE("one_hot") {
    CHECK(run_op([](auto i) { return one_hot<3>(i); }, indices{2, 0}) ==
          tensor<float, dyn, 3>{{0, 0, 1}, {1, 0, 0}});
    CHECK(run_op([](auto i) { return one_hot<2, std::int8_t>(i); },
                 tensor<std::int32_t, 1, 2>{{1, 0}}) ==
          tensor<std::int8_t, 1, 2, 2>{{{0, 1}, {1, 0}}});
    CHECK(run_op([](auto i) { return one_hot<2, bool>(i); }, tensor<std::int32_t>(1)) ==
          tensor<bool, 2>{false, true});
    CHECK(run_op([](auto i) { return one_hot<2>(i); }, indices{-1, 2, 1}) ==
          tensor<float, dyn, 2>{{0, 0}, {0, 0}, {0, 1}});  // as in TensorFlow: no class, no one
    CHECK(run_op([](auto i) { return one_hot<3>(i + i); }, indices{0, 1}) ==
          tensor<float, dyn, 3>{{1, 0, 0}, {0, 0, 1}});
    CHECK(run_op([](auto i) { return one_hot<3, half>(i); }, indices{}).size() == 0);
    const auto many = filled<indices>({5000}, [](std::size_t n) { return n % 7; });
    const auto got = run_op([](auto i) { return one_hot<7>(i + i - i); }, many);
    for (std::size_t n = 0; n < got.size(); ++n)
        REQUIRE(got.data()[n] == (n % 7 == n / 7 % 7 ? 1 : 0));
    CHECK(run_op([](auto p, auto i) { return p - one_hot<3>(i); }, k,
                 tensor<std::int32_t, 2>{0, 2}) == tensor<float, 2, 3>{{0, 2, 3}, {4, 5, 5}});
}

TEST_CASE("indices out of range and updates of another shape") {
    CHECK(failure_of(
              errc::out_of_range, [](auto x, auto i) { return gather<1>(x, i); }, k,
              indices{0, 1, 3}) ==
          "gather: index 3 (number 2) is out of range for axis 1 of size 3");
    CHECK(failure_of(
              errc::out_of_range, [](auto x, auto i) { return gather<0>(x, i); }, k,
              tensor<std::int32_t, 1>{-1}) ==
          "gather: index -1 (number 0) is out of range for axis 0 of size 2");
    CHECK(failure_of(
              errc::out_of_range, [](auto x, auto i) { return gather<0>(x, i); },
              tensor<float, dyn>{},
              indices{0}) == "gather: index 0 (number 0) is out of range for axis 0 of size 0");
    const auto add = [](auto x, auto i, auto u) { return scatter_add<0>(x, i, u); };
    CHECK(failure_of(errc::out_of_range, add, k, indices{1, 2},
                     tensor<float, dyn, 3>::zeros({2, 3})) ==
          "scatter_add: index 2 (number 1) is out of range for axis 0 of size 2");
    CHECK(failure_of(errc::invalid_argument, add, k, indices{1, 0},
                     tensor<float, dyn, 3>::zeros({1, 3})) ==
          "scatter_add: updates of shape [2,3] are wanted, not [1,3]");
}
