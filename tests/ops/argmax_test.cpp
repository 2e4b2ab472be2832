// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// argmax and argmin: which of equal extrema, NaN and infinities, long vectors, all element types.
#include <support/structured.hpp>
#include <weft/ops/elementwise.hpp>
#include <weft/ops/structured.hpp>

using namespace weft;
using namespace weft_test;

TEST_CASE_TEMPLATE("the first of equal extrema, and NaN before all", T, float, double, half,
                   std::int8_t, std::uint32_t) {
    const auto number = [](int x) { return static_cast<T>(static_cast<compute_t<T>>(x)); };
    for (std::size_t n : {1, 2, 5, 33, 64, 100, 5000}) {
        tensor<T, dyn, dyn> x =
            filled<tensor<T, dyn, dyn>>({n, 2}, [&](std::size_t) { return number(1); });
        CHECK(run_op([](auto a) { return argmax<0>(a); }, x) == tensor<std::int64_t, dyn>{0, 0});
        x(n / 2, 0) = x(n - 1, 0) = x(n - 1, 1) = number(9);
        const auto half_of = static_cast<std::int64_t>(n / 2),
                   last = static_cast<std::int64_t>(n - 1);
        CHECK(run_op([](auto a) { return argmax<0>(a); }, x) ==
              tensor<std::int64_t, dyn>{half_of, last});
        CHECK(run_op([](auto a) { return argmax(a); }, x) == 2 * half_of);
        const tensor<T, dyn, dyn> flat = tensor<T, dyn, dyn>::copy_of(x.data(), {2, n});
        const auto rows_of = run_op([](auto a) { return argmin<1>(a); }, flat);
        for (std::size_t row = 0; row < 2; ++row) {
            std::size_t first = 0;
            for (std::size_t i = 1; i < n; ++i)
                if (exact(flat(row, i)) < exact(flat(row, first))) first = i;
            CHECK(rows_of[row] == static_cast<std::int64_t>(first));
        }
    }
}

TEST_CASE("NaN is the extremum, and the first one counts") {
    const float nan = std::numeric_limits<float>::quiet_NaN(),
                inf = std::numeric_limits<float>::infinity();
    const tensor<float, 2, 4> x{{1, nan, inf, nan}, {-inf, -inf, -inf, -inf}};
    CHECK(run_op([](auto a) { return argmax<1>(a); }, x) == tensor<std::int64_t, 2>{1, 0});
    CHECK(run_op([](auto a) { return argmin<1>(a); }, x) == tensor<std::int64_t, 2>{1, 0});
    CHECK(run_op([](auto a) { return argmax<0>(a); }, x) == tensor<std::int64_t, 4>{0, 0, 0, 0});
    CHECK(run_op([](auto a) { return argmin(a); }, x) == 1);
}

TEST_CASE("the extremum of a long vector is found in pieces") {
    auto x = sampled<tensor<float, dyn>>({200'000}, 4);
    x[150'001] = x[150'003] = x[199'999] = 9;
    x[77] = x[199'998] = -9;
    CHECK(run_op([](auto a) { return argmax(a); }, x) == 150'001);
    CHECK(run_op([](auto a) { return argmin(a); }, x) == 77);
    CHECK(run_op([](auto a) { return argmin(a * -1.0f); }, x) == 150'001);
}
