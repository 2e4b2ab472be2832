// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Ops without operands: zeros, ones, full, iota, eye, and the random ones: what they give, and for
// random numbers that elements depend on seed and position alone, moments, and distributions.
#include <support/structured.hpp>
#include <weft/ops/structured.hpp>

#include <algorithm>

using namespace weft;
using namespace weft_test;

namespace {

// The value of an op without operands.
template <class E>
auto value_of(const E& e) {
    test_graph g;
    const node<result_of_t<E>> n(
        g, make_node<default_kinds>(g, e, {}, std::source_location::current()));
    return run_all_ways(n);
}

struct moments {
    long double mean = 0, variance = 0, skew = 0, kurtosis = 0;
};
template <class Tensor>
moments moments_of(const Tensor& x) {
    moments m;
    const auto n = static_cast<long double>(x.size());
    for (auto e : x) m.mean += exact(e) / n;
    for (auto e : x) m.variance += (exact(e) - m.mean) * (exact(e) - m.mean) / n;
    for (auto e : x) {
        const long double z = (exact(e) - m.mean) / std::sqrt(m.variance);
        m.skew += z * z * z / n;
        m.kurtosis += z * z * z * z / n;
    }
    return m;
}

// The largest distance of the empirical distribution from `distribution` (Kolmogorov-Smirnov),
// times sqrt(n): above 1.95 once in a thousand.
template <class Tensor, class F>
long double distance(const Tensor& x, F distribution) {
    std::vector<long double> sorted;
    for (auto e : x) sorted.push_back(exact(e));
    std::sort(sorted.begin(), sorted.end());
    long double worst = 0;
    const auto n = static_cast<long double>(sorted.size());
    for (std::size_t i = 0; i < sorted.size(); ++i)
        worst = std::max(
            worst, std::abs(distribution(sorted[i]) - (static_cast<long double>(i) + 0.5L) / n));
    return worst * std::sqrt(n);
}

}  // namespace

TEST_CASE("constants of a shape") {
    CHECK(value_of(zeros<float, 2, 2>()) == tensor<float, 2, 2>{{0, 0}, {0, 0}});
    CHECK(value_of(zeros<bool, 2>()) == tensor<bool, 2>{false, false});
    CHECK(value_of(zeros<double>()) == 0);
    CHECK(value_of(ones<half, 2>()) == tensor<half, 2>{half(1), half(1)});
    CHECK(value_of(ones<bool, 1>()) == tensor<bool, 1>{true});
    CHECK(value_of(ones<std::complex<float>, 1>()) == tensor<std::complex<float>, 1>{{1, 0}});
    CHECK(value_of(full<float, 3>(2.5f)) == tensor<float, 3>{2.5f, 2.5f, 2.5f});
    CHECK(value_of(full<std::int8_t>(-7)) == -7);
    CHECK(value_of(full<bfloat16, 1>(bfloat16(3))) == tensor<bfloat16, 1>{bfloat16(3)});
    CHECK(value_of(ones<float, 0, 3>()).size() == 0);
}

TEST_CASE("iota and eye") {
    CHECK(value_of(iota<std::int32_t, 4>()) == tensor<std::int32_t, 4>{0, 1, 2, 3});
    CHECK(value_of(iota<double, 3>()) == tensor<double, 3>{0, 1, 2});
    CHECK(value_of(iota<std::uint8_t, 300>())[299] == 43);
    CHECK(value_of(eye<float, 2>()) == tensor<float, 2, 2>{{1, 0}, {0, 1}});
    CHECK(value_of(eye<std::int8_t, 2, 3>()) == tensor<std::int8_t, 2, 3>{{1, 0, 0}, {0, 1, 0}});
    CHECK(value_of(eye<bool, 2, 1>()) == tensor<bool, 2, 1>{{true}, {false}});
}

TEST_CASE("constants are found by the element that they produce") {
    CHECK(placeable_on<decltype(zeros<std::int32_t, 2>()), gpu>);
    CHECK(!placeable_on<decltype(uniform<std::int32_t, 2>(1)), cpu>);
    CHECK(!placeable_on<decltype(iota<bool, 2>()), cpu>);
}

TEST_CASE("random elements depend on seed, distribution and position alone") {
    const auto long_one = value_of(normal<float, 1003>(5));
    const auto short_one = value_of(normal<float, 17>(5));
    for (std::size_t i = 0; i < 17; ++i) CHECK(long_one[i] == short_one[i]);
    const auto matrix = value_of(uniform<double, 7, 3>(5));
    CHECK(std::memcmp(matrix.data(), value_of(uniform<double, 21>(5)).data(),
                      sizeof(double) * 21) == 0);
    CHECK(!(value_of(uniform<float, 8>(5)) == value_of(uniform<float, 8>(6))));
    CHECK(!(value_of(uniform<float, 8>(5)) ==
            value_of(uniform<float, 8>(5 + (std::uint64_t{1} << 32)))));
}

TEST_CASE_TEMPLATE("uniform numbers", T, float, double, half, bfloat16) {
    const auto x = value_of(uniform<T, 40'000>(42));
    for (T e : x) REQUIRE((exact(e) >= 0 && exact(e) < 1));
    const moments m = moments_of(x);
    const long double grain =
        std::is_same_v<T, bfloat16> ? 0x1p-9L : 0x1p-12L;  // half a step of it
    CHECK(std::abs(m.mean - 0.5L) < 0.006L + grain);
    CHECK(std::abs(m.variance - 1 / 12.0L) < 0.003L);
    if (sizeof(T) > 2) CHECK(distance(x, [](long double u) { return u; }) < 1.95L);
    const auto y = value_of(uniform<T, 3000>(1, -3, 5));
    for (T e : y) REQUIRE((exact(e) >= -3 && exact(e) <= 5));
    CHECK(std::abs(moments_of(y).mean - 1) < 0.2L);
}

TEST_CASE_TEMPLATE("normal numbers", T, float, double, half) {
    const auto x = value_of(normal<T, 40'000>(7));
    const moments m = moments_of(x);
    CHECK(std::abs(m.mean) < 0.02L);
    CHECK(std::abs(m.variance - 1) < 0.03L);
    CHECK(std::abs(m.skew) < 0.05L);
    CHECK(std::abs(m.kurtosis - 3) < 0.1L);
    if (sizeof(T) > 2)
        CHECK(distance(x, [](long double z) { return std::erfc(-z / std::sqrt(2.0L)) / 2; }) <
              1.95L);
    long double products = 0;  // neighbours come from one pair of fractions
    for (std::size_t i = 0; i + 1 < x.size(); i += 2) products += exact(x[i]) * exact(x[i + 1]);
    CHECK(std::abs(products / 20'000) < 0.03L);
    const moments shifted = moments_of(value_of(normal<T, 4000>(7, 10, 0.5)));
    CHECK(std::abs(shifted.mean - 10) < 0.05L);
    CHECK(std::abs(shifted.variance - 0.25L) < 0.03L);
}

TEST_CASE("bernoulli") {
    const auto share = [](const auto& x) {
        double n = 0;
        for (bool e : x) n += e;
        return n / static_cast<double>(x.size());
    };
    CHECK(std::abs(share(value_of(bernoulli<200, 100>(3, 0.25))) - 0.25) < 0.015);
    CHECK(share(value_of(bernoulli<1000>(3, 0))) == 0);
    CHECK(share(value_of(bernoulli<1000>(3, 1))) == 1);
    for (double p : {-0.1, 1.5, std::nan("")}) {
        errc code = errc::ok;
        try {
            value_of(bernoulli<3>(1, p));
        } catch (const failure& e) {
            code = e.code();
            CHECK(std::string(e.what()).find("is no probability") != std::string::npos);
        }
        CHECK(code == errc::invalid_argument);
    }
}
