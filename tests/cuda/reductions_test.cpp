// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Reductions on CUDA GPUs beside the CPU's, over rows, columns and axes of all kinds. Integers,
// extrema and their places are the same; sums of floats are off by their groups' rounding.
#include "kernel_pair.hpp"

#include <weft/cuda/reductions.hpp>

#include <cmath>

using namespace weft;
using namespace weft_test;

namespace {

template <class T>
bool near(T a, T b, double allowed) {
    const auto x = static_cast<double>(static_cast<compute_t<T>>(a));
    const auto y = static_cast<double>(static_cast<compute_t<T>>(b));
    if ((x != x && y != y) || x == y) return true;
    return std::abs(x - y) <= allowed;
}

// What a result of T may be off by, where the magnitudes of what is added up have that sum.
template <class T>
double rounding(double magnitudes) {
    if constexpr (!is_floating<T>) return 0;
    const double digits = std::is_same_v<T, half>       ? 0x1p-11
                          : std::is_same_v<T, bfloat16> ? 0x1p-8
                          : std::is_same_v<T, float>    ? 0x1p-21
                                                        : 0x1p-49;
    return magnitudes * digits;
}

template <class Op, class T, class R, unsigned Mask, std::size_t Rank>
void check(const operand<T, Rank>& x, double allowed) {
    constexpr std::size_t left =
        Rank - static_cast<std::size_t>(__builtin_popcount(Mask & ((1u << Rank) - 1)));
    const auto kernels = kernels_of<Op, T>(reduced_axes<Mask, false>{});
    const dims shape = reduced_shape(x.shape, Mask, false);
    const auto wanted = run_on_cpu<R, left>(shape, kernels, x);
    for (std::size_t shift = 0; shift < 2; ++shift) {
        stream_context ctx;
        const auto out = run_on_gpu<R, left>(ctx, shifted{shift, shift}, shape, kernels, x);
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < shape.size(); ++i)
            wrong += !near(out.data()[i], wanted.data()[i], allowed);
        INFO(Op::name, " ", name_of(dtype_of<T>), " ", dims_text(x.shape).chars, " ", Mask);
        CHECK(wrong == 0);
    }
}

template <class T, unsigned Mask, std::size_t Rank>
void check_all(const operand<T, Rank>& x) {
    std::size_t n = 1;
    for (std::size_t axis = 0; axis < Rank; ++axis)
        n *= (Mask >> axis & 1u) != 0 ? x.shape[axis] : 1;
    const double size = static_cast<double>(n);
    check<ops::sum, T, T, Mask>(x, rounding<T>(20 * size));
    if constexpr (is_floating<T>) check<ops::mean, T, T, Mask>(x, rounding<T>(20));
    if (n == 0) return;
    check<ops::max, T, T, Mask>(x, 0);
    check<ops::min, T, T, Mask>(x, 0);
    if constexpr (is_integer<T>) check<ops::prod, T, T, Mask>(x, 0);
    if constexpr (__builtin_popcount(Mask) == 1 || Mask + 1 == 1u << Rank) {
        check<ops::argmax, T, std::int64_t, Mask>(x, 0);
        check<ops::argmin, T, std::int64_t, Mask>(x, 0);
    }
}

template <class T>
void check_shapes() {
    for (const std::size_t n : {1, 3, 33, 257, 1000}) check_all<T, 2>(operand<T, 2>({5, n}));
    for (const std::size_t n : {2, 31, 300}) check_all<T, 1>(operand<T, 2>({n, 37}));
    check_all<T, 1>(operand<T, 2>({70, 64}));
    check_all<T, 3>(operand<T, 2>({3, 0}));
    check_all<T, 1>(operand<T, 2>({3, 0}));
    check_all<T, 0>(operand<T, 0>({}));
    check_all<T, 0b101>(operand<T, 3>({3, 5, 7}));
    check_all<T, 0b1010>(operand<T, 4>({2, 3, 4, 16}));
}

// A row's path and a column's: the kernels of a type differ from others' by that type alone.
template <class T>
void check_paths() {
    check_all<T, 2>(operand<T, 2>({5, 257}));
    check_all<T, 1>(operand<T, 2>({31, 37}));
}

}  // namespace

TEST_CASE("reductions of all element types over all kinds of axes") {
    cuda_on_cpu::set_up();
    check_shapes<float>();
    check_paths<double>();
    check_shapes<half>();
    check_paths<bfloat16>();
    check_paths<std::int8_t>();
    check_paths<std::int16_t>();
    check_paths<std::int32_t>();
    check_shapes<std::int64_t>();
    check_paths<std::uint8_t>();
    check_paths<std::uint16_t>();
    check_paths<std::uint32_t>();
    check_paths<std::uint64_t>();
}

TEST_CASE("what has few results is cut into chunks") {
    cuda_on_cpu::set_up();
    check_all<float, 1>(operand<float, 1>({40013}));
    check_all<std::int16_t, 1>(operand<std::int16_t, 1>({40013}));
    check_all<float, 1>(operand<float, 2>({4001, 5}));
    check_all<double, 1>(operand<double, 2>({4001, 6}));
    check<ops::sum, half, half, 2>(operand<half, 2>({2050, 1032}), rounding<half>(20000));
}

TEST_CASE("products of floats, and bools") {
    cuda_on_cpu::set_up();
    operand<float, 2> x({3, 40});
    for (std::size_t i = 0; i < 120; ++i) x.data()[i] = 1 + static_cast<float>(i % 7) / 16;
    check<ops::prod, float, float, 2>(x, 1e-2);
    check<ops::prod, float, float, 1>(x, 1e-5);
    for (const std::size_t n : {0, 1, 3, 200}) {
        operand<bool, 2> b({9, n});
        for (std::size_t i = 0; i < b.shape.size(); ++i) b.data()[i] = i % 41 != 7;
        check<ops::all, bool, bool, 2>(b, 0);
        check<ops::any, bool, bool, 2>(b, 0);
        check<ops::all, bool, bool, 1>(b, 0);
        for (std::size_t i = 0; i < b.shape.size(); ++i) b.data()[i] = i % 41 == 7;
        check<ops::any, bool, bool, 2>(b, 0);
        check<ops::any, bool, bool, 3>(b, 0);
    }
}

TEST_CASE("NaN is the extremum, and of equal ones the first counts") {
    cuda_on_cpu::set_up();
    const float nan = __builtin_nanf(""), infinite = __builtin_inff();
    for (const std::size_t n : {4, 40, 700}) {
        operand<float, 2> x({6, n});
        float* const at = x.data();
        for (std::size_t i = 0; i < n; ++i)
            at[i] = 2, at[n + i] = -infinite, at[2 * n + i] = infinite;
        at[3 * n + n / 2] = at[3 * n + n - 1] = nan;
        at[4 * n] = infinite, at[4 * n + n - 1] = -infinite, at[4 * n + n / 2] = nan;
        check_all<float, 2>(x);
        check_all<float, 1>(x);
    }
}
