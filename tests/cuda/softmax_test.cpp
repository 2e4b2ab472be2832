// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The softmax family, layer_norm and cumsum on CUDA GPUs beside the CPU's: rows of all lengths that
// are divided differently, other axes, masks, NaN, infinities, and labels that are no class.
#include "kernel_pair.hpp"

#include <weft/cuda/cumsum.hpp>
#include <weft/cuda/layer_norm.hpp>
#include <weft/cuda/softmax.hpp>

#include <cmath>

using namespace weft;
using namespace weft_test;

namespace {

template <class T>
double number(T x) {
    return static_cast<double>(static_cast<compute_t<T>>(x));
}
template <class T>
constexpr double digits = std::is_same_v<T, half>       ? 0x1p-10
                          : std::is_same_v<T, bfloat16> ? 0x1p-7
                          : std::is_same_v<T, float>    ? 0x1p-23
                                                        : 0x1p-52;

// Both kernels' results: within `ulp` units of the larger of the value and `least`.
template <class R, std::size_t Rank, class Kernels, class... In>
void check(const dims& shape, double ulp, double least, const Kernels& kernels, const In&... in) {
    const auto wanted = run_on_cpu<R, Rank>(shape, kernels, in...);
    for (std::size_t shift = 0; shift < 2; ++shift) {
        stream_context ctx;
        const auto out = run_on_gpu<R, Rank>(ctx, shifted{shift, shift}, shape, kernels, in...);
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < shape.size(); ++i) {
            const double a = number(out.data()[i]), b = number(wanted.data()[i]);
            if ((a != a && b != b) || a == b) continue;
            const double size = std::abs(b) < least ? least : std::abs(b);
            wrong += !(std::abs(a - b) <= (is_floating<R> ? ulp * digits<R> * size : 0));
        }
        INFO(name_of(dtype_of<R>), " ", dims_text(shape).chars, " ", shift);
        CHECK(wrong == 0);
        CHECK(ctx.report().fault == 0);
    }
}

// The subnormal results of the CPU's fast exponential are 0.
template <class T>
constexpr double tiny = std::is_same_v<T, half> ? 0x1p-14 : 1e-30;

template <std::size_t Axis, class T, std::size_t Rank>
void check_softmax(const operand<T, Rank>& x) {
    const dims& shape = x.shape;
    check<T, Rank>(shape, 40, tiny<T>, kernels_of<ops::softmax, T>(along<Axis>{}), x);
    check<T, Rank>(shape, 8, 4, kernels_of<ops::log_softmax, T>(along<Axis>{}), x);
    check<T, Rank - 1>(without_axis(shape, Axis), 4, 1,
                       kernels_of<ops::logsumexp, T>(reduced_axes<1u << Axis, false>{}), x);
}
template <class T, class Label>
void check_losses(const operand<T, 2>& x) {
    const std::size_t rows = x.shape[0];
    std::vector<int> labels(rows);
    for (std::size_t r = 0; r < rows; ++r) labels[r] = static_cast<int>(r * 7 % x.shape[1]);
    check<T, 1>({rows}, 4, 32, kernels_of<ops::softmax_cross_entropy, T, Label>(), x,
                operand<Label, 1>({rows}, labels));
}
template <class T>
void check_norm(const dims& shape) {
    const std::size_t n = shape[1];
    const operand<T, 1> scale({n}), shift({n + 0});
    check<T, 2>(shape, 4, 64, kernels_of<ops::layer_norm, T>(layer_norm_parameters{1e-5}),
                operand<T, 2>(shape), scale, shift);
}
template <class T>
void check_sums() {
    const auto sums = [](const dims& shape, auto axis) {
        const double size = static_cast<double>(shape[axis.axis]) * 20;
        check<T, 3>(shape, 2, std::is_same_v<T, double> ? size : 1,
                    kernels_of<ops::cumsum, T>(axis), operand<T, 3>(shape));
    };
    sums({3, 2, 1}, along<1>{});
    sums({2, 1, 4500}, along<2>{});
    sums({2, 301, 5}, along<1>{});
    sums({3, 0, 5}, along<1>{});
}

}  // namespace

TEST_CASE_TEMPLATE("the softmax family of rows of all lengths", T, float, double, half, bfloat16) {
    cuda_on_cpu::set_up();
    for (const std::size_t n : {1, 3, 31, 32, 33, 257, 1000}) {
        check_softmax<1>(operand<T, 2>({5, n}));
        check_losses<T, std::int32_t>(operand<T, 2>({5, n}));
    }
    check_softmax<1>(operand<T, 2>({1, 1200}));
    check_losses<T, std::int64_t>(operand<T, 2>({2, 8200}));
    check_softmax<1>(operand<T, 2>({1, 8200}));
    check_softmax<1>(operand<T, 2>({1, 8201}));
    check_softmax<1>(operand<T, 2>({3, 0}));
    check_softmax<0>(operand<T, 2>({0, 3}));
    check_softmax<0>(operand<T, 2>({40, 37}));
    check_softmax<1>(operand<T, 3>({2, 5, 6}));
}

TEST_CASE("masks, NaN and infinities") {
    cuda_on_cpu::set_up();
    const float nan = __builtin_nanf(""), infinite = __builtin_inff();
    for (const std::size_t n : {4, 40, 700, 8300}) {
        operand<float, 2> x({7, n});
        float* const at = x.data();
        for (std::size_t i = 0; i < n; ++i) at[i] = i % 3 == 0 ? -infinite : at[i];
        for (std::size_t i = 0; i < n; ++i) at[n + i] = -infinite;
        for (std::size_t i = 0; i + 1 < n; ++i) at[2 * n + i] = -infinite;
        at[3 * n + n / 2] = nan, at[4 * n + n / 2] = infinite;
        at[5 * n] = nan, at[5 * n + n - 1] = infinite;
        check_softmax<1>(x);
        operand<float, 2> columns({n, 7});
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < 7; ++j) columns.data()[i * 7 + j] = at[j * n + i];
        check_softmax<0>(columns);
    }
}

TEST_CASE("a label that is no class is reported, and its loss not written") {
    cuda_on_cpu::set_up();
    stream_context ctx;
    const operand<float, 2> x({3, 5});
    run_on_gpu<float, 1>(ctx, {}, {3},
                         kernels_of<ops::softmax_cross_entropy, float, std::int32_t>(), x,
                         operand<std::int32_t, 1>({3}, {0, 5, 4}));
    CHECK(ctx.report().fault == static_cast<unsigned>(gpu_fault::out_of_range));
    CHECK(ctx.report().index == 5);
    CHECK(ctx.report().extent == 5);
}

TEST_CASE_TEMPLATE("layer_norm of rows of all lengths", T, float, double, half, bfloat16) {
    cuda_on_cpu::set_up();
    for (const std::size_t n : {2, 3, 31, 32, 33, 257, 1000, 1200, 8200, 8201})
        check_norm<T>({3, n});
    check_norm<T>({0, 3});
    check_norm<T>({3, 0});
}

TEST_CASE("running sums of all element types") {
    cuda_on_cpu::set_up();
    check_sums<float>();
    check_sums<double>();
    check_sums<half>();
    check_sums<bfloat16>();
    check_sums<std::int8_t>();
    check_sums<std::int16_t>();
    check_sums<std::int32_t>();
    check_sums<std::int64_t>();
    check_sums<std::uint8_t>();
    check_sums<std::uint16_t>();
    check_sums<std::uint32_t>();
    check_sums<std::uint64_t>();
}
