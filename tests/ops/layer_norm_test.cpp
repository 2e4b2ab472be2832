// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// layer_norm against long double for rows of 1 to 5000 elements, constant rows, large offsets;
// fusion, types and errors.
#include <support/structured.hpp>
#include <weft/ops/elementwise.hpp>
#include <weft/ops/layer_norm.hpp>

using namespace weft;
using namespace weft_test;

TEST_CASE_TEMPLATE("rows of all lengths", T, float, double, half, bfloat16) {
    for (std::size_t n : {1, 2, 7, 64, 1001, 5000}) {
        CAPTURE(n);
        const auto x = sampled<tensor<T, dyn, dyn>>({3, n}, n, 30);
        const auto scale = sampled<tensor<T, dyn>>({n}, n + 1, 2);
        const auto shift = sampled<tensor<T, dyn>>({n}, n + 2, 2);
        const auto got = run_op([](auto a, auto b, auto c) { return layer_norm(a, b, c, 1e-3); }, x,
                                scale, shift);
        for (std::size_t row = 0; row < 3; ++row) {
            long double sum = 0, squares = 0;
            for (std::size_t i = 0; i < n; ++i) sum += exact(x(row, i));
            const long double mean = sum / static_cast<long double>(n);
            for (std::size_t i = 0; i < n; ++i)
                squares += (exact(x(row, i)) - mean) * (exact(x(row, i)) - mean);
            const long double deviation = std::sqrt(squares / static_cast<long double>(n) + 1e-3L);
            for (std::size_t i = 0; i < n; ++i) {
                const long double expected =
                    (exact(x(row, i)) - mean) / deviation * exact(scale[i]) + exact(shift[i]);
                REQUIRE(std::abs(exact(got(row, i)) - expected) <=
                        0.51L * ulp_at<T>(expected) + 2 * ulp_at<compute_t<T>>(8) + 1e-14L);
            }
        }
    }
}

TEST_CASE("a large offset does not spoil the variance") {
    const auto x = filled<tensor<float, 1, 100>>(
        {1, 100}, [](std::size_t i) { return 1'000'000.0f + static_cast<float>(i % 2); });
    const auto ones = filled<tensor<float, 100>>({100}, [](std::size_t) { return 1.0f; });
    const auto got =
        run_op([](auto a, auto b, auto c) { return layer_norm(a, b, c, 0); }, x, ones, ones);
    for (std::size_t i = 0; i < 100; ++i) CHECK(got(0, i) == (i % 2 == 0 ? 0.0f : 2.0f));
}

TEST_CASE("rows that hardly differ from a large mean have finite results") {
    for (std::size_t n : {33, 1000, 4099}) {
        const auto x = filled<tensor<float, dyn, dyn>>(
            {1, n}, [](std::size_t i) { return i == 7 ? 99999.0078125f : 99999.0f; });
        const auto one = filled<tensor<float, dyn>>({n}, [](std::size_t) { return 1.0f; });
        const auto got =
            run_op([](auto a, auto b, auto c) { return layer_norm(a, b, c); }, x, one, one);
        for (std::size_t i = 0; i < n; ++i) REQUIRE(std::isfinite(got(0, i)));
        CHECK(got(0, 7) > got(0, 8));
    }
}

TEST_CASE("constant rows are the shift") {
    const tensor<float, dyn, 2> x{{5, 5}, {-1, -1}};
    const tensor<float, 2> scale{3, 4}, shift{1, 2};
    CHECK(run_op([](auto a, auto b, auto c) { return layer_norm(a, b, c); }, x, scale, shift) ==
          tensor<float, dyn, 2>{{1, 2}, {1, 2}});
    CHECK(run_op([](auto a, auto b, auto c) { return layer_norm(a, b, c); },
                 tensor<float, dyn, 2>{}, scale, shift)
              .size() == 0);
}

TEST_CASE("what it reads is fused, what reads it is its epilogue") {
    const auto x = sampled<tensor<float, 4, 50>>({4, 50}, 1);
    const auto v = sampled<tensor<float, 50>>({50}, 2);
    const auto z = run_op([](auto a, auto b) { return a * b + 1.0f; }, x, v);
    CHECK(run_op([](auto a, auto b) { return layer_norm(a * b + 1.0f, b, b, 1e-5f); }, x, v) ==
          run_op([](auto a, auto b) { return layer_norm(a, b, b, 1e-5f); }, z, v));
    CHECK(run_op([](auto a, auto b) { return relu(layer_norm(a, b, b)); }, x, v).size() == 200);
}

TEST_CASE("scale and shift of another size") {
    const tensor<float, 2, dyn> x = tensor<float, 2, dyn>::zeros({2, 3});
    const tensor<float, dyn> three{1, 1, 1}, two{1, 1};
    std::string text;
    try {
        run_op([](auto a, auto b, auto c) { return layer_norm(a, b, c); }, x, three, two);
    } catch (const failure& e) {
        CHECK(e.code() == errc::invalid_argument);
        text = e.what();
    }
    CHECK(text ==
          "layer_norm of shape [2,3]: scale and shift have 3 and 2 elements where the last axis "
          "has 3");
}
