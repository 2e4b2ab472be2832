// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Reductions as users call them: types of results, axes from either end, keepdims, fusion, edges.
// The loops over all shapes and types are in reduction_test.cpp.
#include <support/caught.hpp>
#include <support/structured.hpp>
#include <weft/ops/elementwise.hpp>
#include <weft/ops/structured.hpp>

using namespace weft;
using namespace weft_test;

namespace {

template <class Expected, class E>
constexpr bool gives(const E&) {
    return std::is_same_v<result_of_t<E>, Expected>;
}

const tensor<float, 2, 3> k{{1, 2, 3}, {4, 5, 6}};
using rows = tensor<float, dyn, 3>;

}  // namespace

TEST_CASE("reductions have typed results") {
    test_graph g;
    const auto x = g.placeholder<tensor<float, dyn, 3, 4>>();
    const auto i = g.placeholder<tensor<std::int8_t, 3, 4>>();
    const auto b = g.placeholder<tensor<bool, 2, dyn>>();
    CHECK(gives<tensor<float>>(sum(x)));
    CHECK(gives<tensor<float, dyn, 4>>(sum<1>(x)));
    CHECK(gives<tensor<float, 3>>(sum<0, 2>(x)));
    CHECK(gives<tensor<float, 3>>(sum<2, 0>(x)));
    CHECK(gives<tensor<float, 3>>(sum<-1, 0>(x)));
    CHECK(gives<tensor<float, 1, 3, 1>>(sum<0, 2>(x, keepdims)));
    CHECK(gives<tensor<float, 1, 1, 1>>(sum(x, keepdims)));
    CHECK(gives<tensor<std::int8_t, 3>>(sum<1>(i)));
    CHECK(gives<tensor<std::int8_t>>(prod(i)));
    CHECK(gives<tensor<float, dyn, 3>>(mean<2>(x * 2.0f)));
    CHECK(gives<tensor<std::int8_t, 4>>(max<0>(i)));
    CHECK(gives<tensor<std::int8_t, 1, 4>>(min<0>(i, keepdims)));
    CHECK(gives<tensor<std::int64_t, dyn, 4>>(argmax<1>(x)));
    CHECK(gives<tensor<std::int64_t, dyn, 3, 1>>(argmin<-1>(x, keepdims)));
    CHECK(gives<tensor<std::int64_t>>(argmin(x)));
    CHECK(gives<tensor<bool, 2>>(any<1>(b)));
    CHECK(gives<tensor<bool>>(all(x > 0.0f)));
    CHECK(gives<tensor<float>>(sum(sum(x))));  // of a number: itself
}

TEST_CASE("sums over all axes and over each") {
    CHECK(run_op([](auto x) { return sum(x); }, k) == 21);
    CHECK(run_op([](auto x) { return sum<0>(x); }, k) == tensor<float, 3>{5, 7, 9});
    CHECK(run_op([](auto x) { return sum<-1>(x); }, k) == tensor<float, 2>{6, 15});
    CHECK(run_op([](auto x) { return sum<1>(x, keepdims); }, k) == tensor<float, 2, 1>{{6}, {15}});
    CHECK(run_op([](auto x) { return sum(x, keepdims); }, k) == tensor<float, 1, 1>{{21}});
    CHECK(run_op([](auto x) { return sum<1>(x); }, rows{{1, 2, 3}}) == tensor<float, dyn>{6});
    CHECK(run_op([](auto x) { return sum<0>(x); }, rows{}) == tensor<float, 3>{0, 0, 0});
    CHECK(run_op([](auto x) { return sum<1>(x); }, rows{}).size() == 0);
}

TEST_CASE("means, products and extrema") {
    CHECK(run_op([](auto x) { return mean(x); }, k) == 3.5f);
    CHECK(run_op([](auto x) { return mean<0>(x); }, k) == tensor<float, 3>{2.5f, 3.5f, 4.5f});
    CHECK(run_op([](auto x) { return prod<1>(x); }, k) == tensor<float, 2>{6, 120});
    CHECK(run_op([](auto x) { return max<0>(x); }, k) == tensor<float, 3>{4, 5, 6});
    CHECK(run_op([](auto x) { return max(x); }, k) == 6);
    CHECK(run_op([](auto x) { return min<1>(x); }, k) == tensor<float, 2>{1, 4});
    CHECK(run_op([](auto x) { return (min)(x, keepdims); }, k) == tensor<float, 1, 1>{{1}});
    CHECK(std::isnan(run_op([](auto x) { return mean(x); }, rows{})));
    using complex = std::complex<double>;
    const tensor<complex, 2> z{complex(1, 2), complex(3, -4)};
    CHECK(run_op([](auto x) { return mean(x); }, z) == tensor<complex>(complex(2, -1)));
    CHECK(run_op([](auto x) { return prod(x); }, z) == tensor<complex>(complex(11, 2)));
}

TEST_CASE("any and all") {
    const tensor<bool, dyn, 2> b{{true, false}, {false, false}, {true, true}};
    CHECK(run_op([](auto x) { return any<1>(x); }, b) == tensor<bool, dyn>{true, false, true});
    CHECK(run_op([](auto x) { return all<1>(x); }, b) == tensor<bool, dyn>{false, false, true});
    CHECK(run_op([](auto x) { return any<0>(x); }, b) == tensor<bool, 2>{true, true});
    CHECK(run_op([](auto x) { return all(x); }, b) == tensor<bool>(false));
    CHECK(run_op([](auto x) { return any(x > 5.0f); }, k) == tensor<bool>(true));
    CHECK(run_op([](auto x) { return all(x > 5.0f); }, k) == tensor<bool>(false));
    CHECK(run_op([](auto x) { return any(x); }, tensor<bool, 0>{}) == tensor<bool>(false));
    CHECK(run_op([](auto x) { return all(x); }, tensor<bool, 0>{}) == tensor<bool>(true));
    tensor<bool, dyn> long_one = tensor<bool, dyn>::zeros({5000});
    CHECK(run_op([](auto x) { return any(x); }, long_one) == tensor<bool>(false));
    long_one[4321] = true;
    CHECK(run_op([](auto x) { return any(x); }, long_one) == tensor<bool>(true));
}

TEST_CASE("an expression that a reduction reads is fused into it") {
    // run_op checks that it is one node.
    const auto a = sampled<tensor<float, dyn, 70>>({41, 70}, 1);
    const auto b = sampled<tensor<float, 70>>({70}, 2);
    const auto products = run_op([](auto x, auto y) { return x * y; }, a, b);
    const auto by_hand = [&](auto f) { return run_op(f, products); };
    CHECK(run_op([](auto x, auto y) { return sum<1>(x * y); }, a, b) ==
          by_hand([](auto p) { return sum<1>(p); }));
    CHECK(run_op([](auto x, auto y) { return sum<0>(x * y); }, a, b) ==
          by_hand([](auto p) { return sum<0>(p); }));
    CHECK(run_op([](auto x, auto y) { return argmax<0>(x * y); }, a, b) ==
          by_hand([](auto p) { return argmax<0>(p); }));
    CHECK(run_op([](auto x, auto y) { return max(x * y); }, a, b) ==
          by_hand([](auto p) { return max(p); }));
    CHECK(run_op([](auto x) { return sum(cast<std::int32_t>(x > 3.5f)); }, k) == 3);
}

TEST_CASE("an expression around a reduction is its epilogue") {
    CHECK(run_op([](auto x) { return sqrt(sum<1>(x * x) - 5.0f) * 2.0f; }, k) ==
          tensor<float, 2>{6, 2 * std::sqrt(72.0f)});
    CHECK(run_op([](auto x) { return x - max<1>(x, keepdims); }, k) ==
          tensor<float, 2, 3>{{-2, -1, 0}, {-2, -1, 0}});
}

TEST_CASE("two reductions in one expression are two nodes") {
    test_graph g;
    const auto x = g.placeholder<tensor<float, 2, 3>>();
    const node variance = mean(x * x) - mean(x) * mean(x);
    CHECK(g.size() == 4);
    CHECK(std::abs(run_all_ways(variance, with(x, k)) - 35.0f / 12) < 1e-5f);
}

TEST_CASE("an empty dimension has no largest element") {
    const auto fails = [](auto f, const char* text) {
        const failure* caught = nullptr;
        try {
            run_op(f, tensor<float, dyn, 3>{});
        } catch (const failure& e) {
            CHECK(e.code() == errc::invalid_argument);
            CHECK(std::string(e.what()) == text);
            caught = &e;
        }
        CHECK(caught != nullptr);
    };
    fails([](auto x) { return max<0>(x); },
          "max of a tensor of shape [0,3] over axis 0, which is empty, has no value");
    fails([](auto x) { return min(x); },
          "min of a tensor of shape [0,3] over axis 0, which is empty, has no value");
    fails([](auto x) { return argmax<0>(x); },
          "argmax of a tensor of shape [0,3] over axis 0, which is empty, has no value");
    fails([](auto x) { return argmin(x); },
          "argmin of a tensor of shape [0,3] over axis 0, which is empty, has no value");
    CHECK(run_op([](auto x) { return max<1>(x); }, tensor<float, dyn, 3>{}).size() == 0);
}
