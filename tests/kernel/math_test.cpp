// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Elementary functions of packs: the fast level against double, numbers against lanes bit by bit,
// special values, wide masks. The accurate level is checked with the ops (unary_functions.hpp).
#include <doctest/doctest.h>

#include <weft/kernel/math.hpp>

#include <cmath>
#include <cstdint>

using weft::accuracy;

namespace {

constexpr auto level = accuracy::fast;

template <class T>
using full_pack = weft::pack<T, weft::register_bytes / static_cast<int>(sizeof(T))>;

// Bits of the sort of numbers that Knuth's generator gives.
std::uint64_t next(std::uint64_t& state) {
    return state = state * 6364136223846793005u + 1442695040888963407u;
}

// f of packs with a lane of every kind, whose lanes f of numbers has to equal; returns the largest
// error in ULP where the exact result is normal.
template <class T, class F>
double error_of(F f, double (*exact)(double), double low, double high) {
    std::uint64_t state = 7;
    double worst = 0;
    int different = 0;
    for (int round = 0; round < 2000; ++round) {
        full_pack<T> x(T(0));
        for (int i = 0; i < x.size; ++i) {
            const double part = static_cast<double>(next(state) >> 11) * 0x1p-53;
            const double value = low + (high - low) * part;
            const int scale = static_cast<int>(next(state) >> 59);
            x.set(i, static_cast<T>(round % 2 == 0 ? value : std::ldexp(value, -scale)));
        }
        if (round == 0) x.set(1, static_cast<T>(NAN));
        if (round == 1) x.set(0, static_cast<T>(1e30));
        const full_pack<T> y = f(x);
        for (int i = 0; i < x.size; ++i) {
            const T lane = y[i], number = f(x[i]);
            different += std::memcmp(&lane, &number, sizeof lane) != 0 && lane == lane;
            const double want = exact(static_cast<double>(x[i]));
            if (!(std::fabs(want) >= 0x1p-125) || std::isinf(static_cast<float>(want))) continue;
            const double ulp = std::ldexp(1.0, std::ilogb(want) - (sizeof(T) == 4 ? 23 : 52));
            worst = std::fmax(worst, std::fabs(static_cast<double>(lane) - want) / ulp);
        }
    }
    CHECK(different == 0);
    return worst;
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double exact_gelu(double x) { return 0.5 * x * std::erfc(x * -0.70710678118654752440); }
double softplus(double x) { return std::log1p(std::exp(x)); }

}  // namespace

TEST_CASE("fast functions are off by a few units, and the same for numbers and packs") {
    const auto fast = [](auto f, double (*exact)(double), double low, double high) {
        return error_of<float>(f, exact, low, high);
    };
    const auto exp = [](auto x) { return weft::exp<level>(x); };
    CHECK(fast(
              exp, [](double x) { return std::exp(x); }, -86, 88) < 2);
    const auto expm1 = [](auto x) { return weft::expm1<level>(x); };
    CHECK(fast(
              expm1, [](double x) { return std::expm1(x); }, -20, 88) < 2.5);
    const auto log = [](auto x) { return weft::log<level>(x); };
    CHECK(fast(
              log, [](double x) { return std::log(x); }, 0, 3) < 2);
    const auto log1p = [](auto x) { return weft::log1p<level>(x); };
    CHECK(fast(
              log1p, [](double x) { return std::log1p(x); }, -1, 3) < 2);
    const auto tanh = [](auto x) { return weft::tanh<level>(x); };
    CHECK(fast(
              tanh, [](double x) { return std::tanh(x); }, -10, 10) < 7);
    CHECK(fast([](auto x) { return weft::sigmoid<level>(x); }, sigmoid, -80, 20) < 4);
    CHECK(fast([](auto x) { return weft::softplus<level>(x); }, softplus, -80, 30) < 4);
    const auto erf = [](auto x) { return weft::erf<level>(x); };
    CHECK(fast(
              erf, [](double x) { return std::erf(x); }, -4, 4) < 8);
    CHECK(fast([](auto x) { return weft::gelu<level>(x); }, exact_gelu, -12.5, 12.5) < 9);
    const auto erfc = [](auto x) { return weft::erfc<level>(x); };
    CHECK(fast(
              erfc, [](double x) { return std::erfc(x); }, -4, 9) < 9);
}

TEST_CASE("functions of doubles are the same for numbers and packs") {
    const auto sin = [](auto x) { return weft::sin(x); };
    CHECK(error_of<double>(
              sin, [](double x) { return std::sin(x); }, -1e6, 1.1e6) < 2);
    const auto gelu = [](auto x) { return weft::gelu(x); };
    CHECK(error_of<double>(gelu, exact_gelu, 1, 30) < 12);
}

TEST_CASE("fast functions of special values") {
    constexpr float inf = INFINITY;
    CHECK(weft::exp<accuracy::fast>(-inf) == 0.0f);
    CHECK(weft::exp<accuracy::fast>(inf) == inf);
    CHECK(weft::exp<accuracy::fast>(88.7f) == doctest::Approx(std::exp(88.7)));
    CHECK(std::isnan(weft::exp<accuracy::fast>(float(NAN))));
    CHECK(weft::log<accuracy::fast>(-0.0f) == -inf);
    CHECK(weft::log<accuracy::fast>(inf) == inf);
    CHECK(std::isnan(weft::log<accuracy::fast>(-1.0f)));
    CHECK(weft::log<accuracy::fast>(0x1p-149f) == doctest::Approx(std::log(0x1p-149)));
    CHECK(std::signbit(weft::tanh<accuracy::fast>(-0.0f)));
    CHECK(weft::tanh<accuracy::fast>(0x1p-149f) == 0x1p-149f);
    CHECK(weft::tanh<accuracy::fast>(-inf) == -1.0f);
    CHECK(std::signbit(weft::erf<accuracy::fast>(-0.0f)));
    CHECK(weft::sigmoid<accuracy::fast>(-inf) == 0.0f);
    CHECK(weft::gelu<accuracy::fast>(-inf) == 0.0f);
    CHECK(weft::gelu<accuracy::fast>(inf) == inf);
    CHECK(weft::gelu_tanh<accuracy::fast>(-inf) == 0.0f);
    CHECK(weft::softplus<accuracy::fast>(inf) == inf);
    CHECK(std::signbit(weft::gelu<accuracy::fast>(-inf)));
    CHECK(std::signbit(weft::gelu<accuracy::fast>(-0.0f)));
    CHECK_FALSE(std::signbit(weft::gelu<accuracy::fast>(0.0f)));
    CHECK(std::isnan(weft::gelu<accuracy::fast>(float(NAN))));
    CHECK(weft::erfc<accuracy::fast>(inf) == 0.0f);
    CHECK(weft::erfc<accuracy::fast>(-inf) == 2.0f);
    CHECK(std::signbit(weft::expm1<accuracy::fast>(-0.0f)));
}

TEST_CASE("fast tanh and erf end at 1, and nowhere above") {
    int above = 0;
    for (float x = 3.0f; x < 10.0f; x += 0.0007f)
        above += weft::tanh<level>(x) > 1.0f || weft::erf<level>(x) > 1.0f;
    CHECK(above == 0);
    CHECK(weft::tanh<level>(9.1f) == 1.0f);
    CHECK(weft::tanh<level>(-INFINITY) == -1.0f);
    CHECK(weft::erf<level>(4.1f) == 1.0f);
    CHECK(weft::erf<level>(-INFINITY) == -1.0f);
    CHECK(std::isnan(weft::tanh<level>(float(NAN))));
    CHECK(std::isnan(weft::erf<level>(float(NAN))));
}

TEST_CASE("powers follow the rules of the C library") {
    const float numbers[] = {0.0f,     -0.0f, 1.0f,  -1.0f, 2.0f, -2.0f, 3.0f,   0.5f,
                             INFINITY, -1e9f, 33.0f, -7.5f, NAN,  -3.0f, 1e-40f, -INFINITY};
    for (const float x : numbers)
        for (const float y : numbers) {
            CAPTURE(x);
            CAPTURE(y);
            const float got = weft::pow(x, y), want = std::pow(x, y);
            CHECK((got == want || (got != got && want != want) ||
                   std::fabs(got - want) < 0x1p-23f * std::fabs(want)));
            CHECK((got != got || std::signbit(got) == std::signbit(want)));
        }
}

TEST_CASE_TEMPLATE("roots of packs are those of numbers", T, float, double) {
    full_pack<T> x(T(0));
    const T values[] = {T(2), T(-0.0), T(INFINITY), T(-1), T(0x1p-120), T(NAN), T(3), T(1e30)};
    for (int i = 0; i < x.size; ++i) x.set(i, values[i % 8]);
    const full_pack<T> roots = weft::sqrt(x);
    for (int i = 0; i < x.size; ++i) {
        CHECK((roots[i] == std::sqrt(x[i]) || (roots[i] != roots[i] && !(x[i] >= 0))));
        CHECK((std::signbit(roots[i]) == std::signbit(x[i]) || !(x[i] >= 0)));
    }
}

TEST_CASE("masks of different widths go together") {
    using floats = weft::pack<float, 4>;
    using doubles = weft::pack<double, 4>;
    floats a(1.0f);
    a.set(2, -1.0f);
    const auto narrow = a < floats(0.0f);
    const auto wide = doubles(1.0) < doubles(2.0);
    const weft::pack<bool, 4> both = narrow && wide;
    for (int i = 0; i < 4; ++i) CHECK(both[i] == (i == 2));
    const doubles chosen = weft::select(narrow, doubles(1.0), doubles(2.0));
    for (int i = 0; i < 4; ++i) CHECK(chosen[i] == (i == 2 ? 1.0 : 2.0));
    CHECK((!narrow)[0]);
    CHECK(weft::convert<float>(narrow)[2] == 1.0f);
}
