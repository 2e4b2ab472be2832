// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// cumsum against running sums in long double, along every axis, for all element types; fusion.
#include <support/structured.hpp>
#include <weft/ops/cumsum.hpp>
#include <weft/ops/elementwise.hpp>

using namespace weft;
using namespace weft_test;

namespace {

template <class T, std::size_t Axis>
void check_axis(const dims& shape) {
    CAPTURE(dims_text(shape).chars);
    const auto x = sampled<tensor<T, dyn, dyn, dyn>>(shape, shape.size(), 50);
    const axis_view view(shape, Axis);
    for (std::size_t cut : {1, 4}) {
        backward_context ctx(cut);
        auto got = tensor<T, dyn, dyn, dyn>::uninitialized(shape);
        kernel<ops::cumsum, cpu, T>::run(ctx, along<Axis>{}, got.view(),
                                         source<T>(x.data(), shape));
        for (std::size_t o = 0; o < view.outer; ++o)
            for (std::size_t i = 0; i < view.inner; ++i) {
                long double sum = 0;
                std::uint64_t wrapped = 0;
                for (std::size_t k = 0; k < view.n; ++k) {
                    const std::size_t at = (o * view.n + k) * view.inner + i;
                    if constexpr (is_integer<T>) {
                        wrapped += static_cast<std::uint64_t>(x.data()[at]);
                        REQUIRE(got.data()[at] == static_cast<T>(wrapped));
                    } else {
                        sum += exact(x.data()[at]);
                        REQUIRE(std::abs(exact(got.data()[at]) - sum) <=
                                0.501L * ulp_at<T>(sum) + 0x1p-34L);
                    }
                }
            }
    }
}

}  // namespace

TEST_CASE_TEMPLATE("along every axis", T, float, double, half, bfloat16, std::int8_t, std::uint16_t,
                   std::int64_t) {
    for (const dims& shape : {dims{2, 3, 4}, dims{1, 1, 1}, dims{2, 0, 3}, dims{5, 33, 7},
                              dims{2, 3, 300}, dims{2, 5, 2500}}) {
        check_axis<T, 0>(shape);
        check_axis<T, 1>(shape);
        check_axis<T, 2>(shape);
    }
}

TEST_CASE("types, complex numbers, fusion") {
    const tensor<float, 2, 3> k{{1, 2, 3}, {4, 5, 6}};
    CHECK(run_op([](auto x) { return cumsum<1>(x); }, k) ==
          tensor<float, 2, 3>{{1, 3, 6}, {4, 9, 15}});
    CHECK(run_op([](auto x) { return cumsum<-2>(x); }, k) ==
          tensor<float, 2, 3>{{1, 2, 3}, {5, 7, 9}});
    CHECK(run_op([](auto x) { return cumsum<1>(x * x) - 1.0f; }, k) ==
          tensor<float, 2, 3>{{0, 4, 13}, {15, 40, 76}});
    using complex = std::complex<float>;
    CHECK(run_op([](auto x) { return cumsum<0>(x); },
                 tensor<complex, 2>{complex(1, 2), complex(3, -1)}) ==
          tensor<complex, 2>{complex(1, 2), complex(4, 1)});
    CHECK(run_op([](auto x) { return cumsum<0>(x); }, tensor<float, dyn>{}).size() == 0);
}

TEST_CASE("NaN stays in what follows, infinities cancel to NaN") {
    const float nan = std::numeric_limits<float>::quiet_NaN(),
                inf = std::numeric_limits<float>::infinity();
    const auto got = run_op([](auto x) { return cumsum<0>(x); }, tensor<float, 4>{1, inf, -inf, 1});
    CHECK((got[0] == 1 && got[1] == inf && std::isnan(got[2]) && std::isnan(got[3])));
    CHECK(std::isnan(run_op([](auto x) { return cumsum<0>(x); }, tensor<float, 3>{nan, 1, 2})[2]));
}
