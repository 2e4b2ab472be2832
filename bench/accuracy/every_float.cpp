// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The largest error of elementary functions over all 2^32 floats, in ULP, against the C library's
// double. usage: every_float NAME...; about a minute a name on two cores. Fast results are counted
// apart where the exact one is below 2^-124, since they may be 0 there. Not run by ./dev bench:
// this is where the table of docs/accuracy.md comes from.
#include <weft/kernel/math.hpp>

#include <cmath>
#include <cstdio>
#include <limits>
#include <string>
#include <thread>
#include <vector>

namespace {

using weft::accuracy;
constexpr int lanes = weft::register_bytes / 4;
using floats = weft::pack<float, lanes>;

// Infinity where one is NaN or infinite and the other is not; overflow counts from the largest.
double error_in_ulp(float got, double want) {
    if (want != want || got != got)
        return (want != want) == (got != got) ? 0 : std::numeric_limits<double>::infinity();
    const float nearest = static_cast<float>(want);
    if (nearest == got) {
        if (std::isinf(got)) return 0;
    } else if (std::isinf(want)) {
        return std::numeric_limits<double>::infinity();
    }
    const int exponent = nearest == 0 ? -126 : std::max(std::ilogb(want), -126);
    const double value = std::isinf(got) ? std::copysign(0x1p128, got) : got;
    return std::ldexp(std::fabs(value - want), 23 - std::min(exponent, 127));
}

struct worst_case {
    double ulp = 0;
    float at = 0;
    void see(double error, float x) {
        if (error > ulp) ulp = error, at = x;
    }
};
struct outcome {
    worst_case high, fast, fast_small;
};

template <class High, class Fast>
void check(const char* name, High high, Fast fast, double (*exact)(double)) {
    const unsigned threads = std::max(1u, std::thread::hardware_concurrency());
    std::vector<outcome> found(threads);
    std::vector<std::thread> workers;
    for (unsigned t = 0; t < threads; ++t)
        workers.emplace_back([&, t] {
            outcome mine;
            for (std::uint64_t i = std::uint64_t{t} * lanes; i < (1ull << 32);
                 i += std::uint64_t{threads} * lanes) {
                floats x;
                for (int lane = 0; lane < lanes; ++lane) {
                    const auto bits = static_cast<std::uint32_t>(i) + static_cast<unsigned>(lane);
                    float value;
                    std::memcpy(&value, &bits, sizeof value);
                    x.set(lane, value);
                }
                const floats accurate = high(x), quick = fast(x);
                for (int lane = 0; lane < lanes; ++lane) {
                    const double want = exact(static_cast<double>(x[lane]));
                    mine.high.see(error_in_ulp(accurate[lane], want), x[lane]);
                    const bool small = std::fabs(want) < 0x1p-124;
                    (small ? mine.fast_small : mine.fast)
                        .see(error_in_ulp(quick[lane], want), x[lane]);
                }
            }
            found[t] = mine;
        });
    for (std::thread& worker : workers) worker.join();
    outcome all;
    for (const outcome& one : found) {
        all.high.see(one.high.ulp, one.high.at);
        all.fast.see(one.fast.ulp, one.fast.at);
        all.fast_small.see(one.fast_small.ulp, one.fast_small.at);
    }
    std::printf("%-10s high %.4g at %.9g, fast %.4g at %.9g, below 2^-124 %.4g at %.9g\n", name,
                all.high.ulp, static_cast<double>(all.high.at), all.fast.ulp,
                static_cast<double>(all.fast.at), all.fast_small.ulp,
                static_cast<double>(all.fast_small.at));
    std::fflush(stdout);
}

double sigmoid(double x) {
    return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x));
}
double softplus(double x) {
    return (x > 0 ? x : 0) + std::log1p(std::exp(-std::fabs(x))) + (x != x ? x : 0);
}
double gelu(double x) { return x < -40 ? -0.0 : 0.5 * x * std::erfc(x * -0.70710678118654752440); }
double gelu_tanh(double x) {
    return x < -40 ? -0.0 : x * sigmoid(1.5957691216057307 * (x + 0.044715 * x * x * x));
}

}  // namespace

#define WEFT_CHECK(function, exact)                            \
    if (name == #function)                                     \
    check(                                                     \
        #function, [](floats x) { return weft::function(x); }, \
        [](floats x) { return weft::function<accuracy::fast>(x); }, exact)

int main(int argc, char** argv) {
    for (const std::string& name : std::vector<std::string>(argv + 1, argv + argc)) {
        WEFT_CHECK(exp, [](double x) { return std::exp(x); });
        WEFT_CHECK(expm1, [](double x) { return std::expm1(x); });
        WEFT_CHECK(log, [](double x) { return std::log(x); });
        WEFT_CHECK(log1p, [](double x) { return std::log1p(x); });
        WEFT_CHECK(tanh, [](double x) { return std::tanh(x); });
        WEFT_CHECK(sigmoid, sigmoid);
        WEFT_CHECK(erf, [](double x) { return std::erf(x); });
        WEFT_CHECK(erfc, [](double x) { return std::erfc(x); });
        WEFT_CHECK(gelu, gelu);
        WEFT_CHECK(gelu_tanh, gelu_tanh);
        WEFT_CHECK(softplus, softplus);
        WEFT_CHECK(sin, [](double x) { return std::sin(x); });
        WEFT_CHECK(cos, [](double x) { return std::cos(x); });
    }
}
