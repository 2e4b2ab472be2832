// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Ops that give the same elements another shape: reshape, expand_dims, squeeze, broadcast_to,
// identity; and those that look at the shape, shape and size. Types, values, fusion, errors.
#include <support/structured.hpp>
#include <weft/ops/elementwise.hpp>
#include <weft/ops/structured.hpp>

using namespace weft;
using namespace weft_test;

namespace {

const tensor<float, 2, 3> k{{1, 2, 3}, {4, 5, 6}};
using rows = tensor<float, dyn, 3>;

template <class F, class... Tensors>
std::string failure_of(F f, const Tensors&... values) {
    try {
        run_op(f, values...);
    } catch (const failure& e) {
        CHECK(e.code() == errc::invalid_argument);
        return e.what();
    }
    return "no failure";
}

}  // namespace

TEST_CASE("typed results") {
    test_graph g;
    const auto x = g.placeholder<tensor<float, dyn, 3>>();
    const auto y = g.placeholder<tensor<std::int8_t, 2, 6>>();
    const auto one = g.placeholder<tensor<double, 1, dyn>>();
    const auto gives = []<class E>(const E&, auto expected) {
        return std::is_same_v<result_of_t<E>, decltype(expected)>;
    };
    CHECK(gives(reshape<4, 3>(y), tensor<std::int8_t, 4, 3>{}));
    CHECK(gives(reshape<dyn, 4>(y), tensor<std::int8_t, 3, 4>{}));
    CHECK(gives(reshape<dyn>(x), tensor<float, dyn>{}));
    CHECK(gives(reshape<2, 3>(x), tensor<float, 2, 3>{}));
    CHECK(gives(reshape<>(one), tensor<double>{}));
    CHECK(gives(expand_dims<0>(x), tensor<float, 1, dyn, 3>{}));
    CHECK(gives(expand_dims<-1>(x), tensor<float, dyn, 3, 1>{}));
    CHECK(gives(expand_dims<1>(y), tensor<std::int8_t, 2, 1, 6>{}));
    CHECK(gives(squeeze<0>(one), tensor<double, dyn>{}));
    CHECK(gives(squeeze<-1>(one), tensor<double, 1>{}));
    CHECK(gives(broadcast_to<4, 2, 6>(y), tensor<std::int8_t, 4, 2, 6>{}));
    CHECK(gives(broadcast_to<4, dyn, 3>(x), tensor<float, 4, dyn, 3>{}));
    CHECK(gives(broadcast_to<5, 3>(x), tensor<float, 5, 3>{}));
    CHECK(gives(identity(x), tensor<float, dyn, 3>{}));
    CHECK(gives(shape(x), tensor<std::int64_t, 2>{}));
    CHECK(gives(size(one), tensor<std::int64_t>{}));
}

TEST_CASE("reshape keeps the order of the elements") {
    CHECK(run_op([](auto x) { return reshape<3, 2>(x); }, k) ==
          tensor<float, 3, 2>{{1, 2}, {3, 4}, {5, 6}});
    CHECK(run_op([](auto x) { return reshape<dyn, 1, 2>(x); }, k).shape() == dims{3, 1, 2});
    CHECK(run_op([](auto x) { return reshape<dyn>(x); }, rows{{1, 2, 3}}) ==
          tensor<float, dyn>{1, 2, 3});
    CHECK(run_op([](auto x) { return reshape<dyn, 6>(x); }, rows{{1, 2, 3}, {4, 5, 6}}).shape() ==
          dims{1, 6});
    CHECK(run_op([](auto x) { return reshape<>(x); }, tensor<float, dyn>{7}) == 7);
    CHECK(run_op([](auto x) { return reshape<dyn, 2>(x); }, rows{}).shape() == dims{0, 2});
    CHECK(run_op([](auto x) { return reshape<6>(x * 2.0f); }, k) ==
          tensor<float, 6>{2, 4, 6, 8, 10, 12});
    CHECK(run_op([](auto x) { return reshape<6>(x) + 1.0f; }, k) ==
          tensor<float, 6>{2, 3, 4, 5, 6, 7});
    const auto large = sampled<tensor<double, dyn, 7>>({10'001, 7}, 1);
    const auto flat = run_op([](auto x) { return reshape<dyn>(x); }, large);
    CHECK(std::memcmp(flat.data(), large.data(), flat.size() * sizeof(double)) == 0);
}

TEST_CASE_TEMPLATE("elements of every size", T, bool, std::int8_t, half, bfloat16, float,
                   std::int64_t, std::complex<double>) {
    const auto x = sampled<tensor<T, dyn, 4>>({3, 4}, 1);
    const auto y = run_op([](auto a) { return reshape<2, 6>(a); }, x);
    CHECK(std::memcmp(x.data(), y.data(), 12 * sizeof(T)) == 0);
    const auto z = run_op([](auto a) { return broadcast_to<2, 3, 4>(a); }, x);
    CHECK(std::memcmp(x.data(), z.data(), 12 * sizeof(T)) == 0);
    CHECK(std::memcmp(x.data(), z.data() + 12, 12 * sizeof(T)) == 0);
    CHECK(run_op([](auto a) { return shape(a); }, x) == tensor<std::int64_t, 2>{3, 4});
}

TEST_CASE("shapes that the elements do not form") {
    CHECK(failure_of([](auto x) { return reshape<2, 3>(x); }, rows{{1, 2, 3}}) ==
          "reshape: the 3 elements of shape [1,3] do not form shape [2,3]");
    CHECK(failure_of([](auto x) { return reshape<dyn, 2>(x); }, rows{{1, 2, 3}}) ==
          "reshape: the 3 elements of shape [1,3] do not form shape [?,2]");
    CHECK(failure_of([](auto x) { return reshape<dyn, 0>(x); }, rows{}) ==
          "reshape: the 0 elements of shape [0,3] do not form shape [?,0]");
    CHECK(failure_of([](auto x) { return squeeze<0>(x); }, rows{}) ==
          "squeeze: axis 0 of shape [0,3] has size 0, not 1");
    CHECK(failure_of([](auto x) { return broadcast_to<4, 3>(x); }, rows{{1, 2, 3}, {4, 5, 6}}) ==
          "broadcast_to: shape [2,3] does not broadcast to [4,3]");
}

TEST_CASE("dimensions of one") {
    CHECK(run_op([](auto x) { return expand_dims<1>(x); }, k).shape() == dims{2, 1, 3});
    CHECK(run_op([](auto x) { return expand_dims<-1>(x + x); }, k)(1, 2, 0) == 12);
    CHECK(run_op([](auto x) { return squeeze<0>(x); }, rows{{1, 2, 3}}) ==
          tensor<float, 3>{1, 2, 3});
}

TEST_CASE("broadcast_to repeats") {
    CHECK(run_op([](auto x) { return broadcast_to<2, 2, 3>(x); }, k) ==
          tensor<float, 2, 2, 3>{{{1, 2, 3}, {4, 5, 6}}, {{1, 2, 3}, {4, 5, 6}}});
    CHECK(run_op([](auto x) { return broadcast_to<2, 3>(x); }, tensor<float, 2, 1>{{1}, {2}}) ==
          tensor<float, 2, 3>{{1, 1, 1}, {2, 2, 2}});
    CHECK(run_op([](auto x) { return broadcast_to<2, 3>(x); }, tensor<float>(7)) ==
          tensor<float, 2, 3>{{7, 7, 7}, {7, 7, 7}});
    CHECK(run_op([](auto x) { return broadcast_to<2, dyn, 3>(x); }, rows{{1, 2, 3}}).shape() ==
          dims{2, 1, 3});
    CHECK(run_op([](auto x) { return broadcast_to<4, 3>(x); }, rows{{1, 2, 3}})(3, 2) == 3);
    const auto column = sampled<tensor<float, 300, 1>>({300, 1}, 1);
    const auto wide = run_op([](auto x) { return broadcast_to<300, 77>(x); }, column);
    for (std::size_t i = 0; i < wide.size(); ++i) REQUIRE(wide.data()[i] == column.data()[i / 77]);
}

TEST_CASE("identity, shape and size") {
    CHECK(run_op([](auto x) { return identity(x); }, k) == k);
    CHECK(run_op([](auto x) { return identity(x * 2.0f); }, k)(1, 2) == 12);
    CHECK(run_op([](auto x) { return shape(x); }, rows{{1, 2, 3}}) ==
          tensor<std::int64_t, 2>{1, 3});
    CHECK(run_op([](auto x) { return size(x); }, rows{}) == 0);
    CHECK(run_op([](auto x) { return size(x); }, tensor<float>(1)) == 1);
    CHECK(run_op([](auto x) { return shape(x); }, tensor<float>(1)).size() == 0);
    test_graph g;
    const node n = shape(g.placeholder<rows>());
    CHECK(g.record(n.id()).metadata_only);
}
