// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Kernels of CUDA GPUs without operands, and those that look at shapes: the CPU's results. Random
// numbers are the same bits where no elementary function is in them. And that all of these ops
// have kernels of CUDA GPUs for the elements that the graph's GPU kernels have.
#include "kernel_pair.hpp"

#include <weft/core/complex.hpp>
#include <weft/cuda/arrays.hpp>
#include <weft/cuda/indices.hpp>
#include <weft/cuda/sources.hpp>
#include <weft/ops/coverage.hpp>

#include <cmath>

using namespace weft;
using namespace weft_test;

namespace {

template <class Op, class... T>
constexpr bool same_elements(type_list<T...>) {
    return ((has_kernel<Op, cuda_gpu, T> == has_kernel<Op, gpu, T>)&&...) &&
           ((has_kernel<Op, cuda_gpu, T, std::int32_t> ==
             has_kernel<Op, gpu, T, std::int32_t>)&&...);
}
template <class... Op>
constexpr bool same_elements_of_all(type_list<Op...>) {
    return (same_elements<Op>(all_elements{}) && ...);
}
using ops_here =
    type_list<ops::bernoulli, ops::broadcast_to, ops::concat, ops::expand_dims, ops::eye, ops::full,
              ops::gather, ops::identity, ops::iota, ops::normal, ops::one_hot, ops::ones, ops::pad,
              ops::reshape, ops::scatter_add, ops::shape, ops::size, ops::slice, ops::split,
              ops::squeeze, ops::stack, ops::transpose, ops::uniform, ops::zeros>;
static_assert(same_elements_of_all(ops_here{}));

// Sizes around those of stores and of blocks of random numbers.
constexpr std::size_t sizes[] = {0, 1, 2, 3, 4, 5, 15, 16, 17, 2050};

template <class T, class Kernels>
void check_sizes(const Kernels& kernels) {
    for (std::size_t size : sizes) check_same<T, 1>({size}, kernels);
}

// What a type tells from 1.
template <class T>
constexpr double step_of() {
    return std::is_same_v<T, double>  ? 0x1p-52
           : std::is_same_v<T, float> ? 0x1p-23
           : std::is_same_v<T, half>  ? 0x1p-10
                                      : 0x1p-7;
}

// Results are within four steps of the larger of 1 and what is wanted.
template <class T, class Kernels>
void check_close(const Kernels& kernels) {
    for (std::size_t size : sizes) {
        const auto wanted = run_on_cpu<T, 1>({size}, kernels);
        stream_context ctx;
        const auto out = run_on_gpu<T, 1>(ctx, {0, size % 2}, {size}, kernels);
        for (std::size_t i = 0; i < size; ++i) {
            const auto a = static_cast<double>(static_cast<compute_t<T>>(out.data()[i]));
            const auto b = static_cast<double>(static_cast<compute_t<T>>(wanted.data()[i]));
            CHECK(std::fabs(a - b) <= 4 * step_of<T>() * std::fmax(1, std::fabs(b)));
        }
    }
}

}  // namespace

TEST_CASE_TEMPLATE("constants on a GPU", T, bool, half, float, std::int64_t) {
    check_sizes<T>(kernels_of<ops::zeros, T>());
    check_sizes<T>(kernels_of<ops::ones, T>());
    check_sizes<T>(kernels_of<ops::full, T>(fill_value<T>{*operand<T, 1>({1}).data()}));
    check_same<T, 0>({}, kernels_of<ops::ones, T>());
    for (const dims& shape :
         {dims{0, 3}, dims{3, 0}, dims{1, 1}, dims{7, 7}, dims{3, 90}, dims{90, 3}, dims{40, 64}})
        check_same<T, 2>(shape, kernels_of<ops::eye, T>());
}

TEST_CASE_TEMPLATE("iota on a GPU", T, float, double, half, bfloat16, std::int8_t, std::int16_t,
                   std::int32_t, std::int64_t, std::uint8_t, std::uint16_t, std::uint32_t,
                   std::uint64_t) {
    check_sizes<T>(kernels_of<ops::iota, T>());
}

TEST_CASE("shapes and sizes on a GPU") {
    check_same<std::int64_t, 1>({3}, kernels_of<ops::shape, float>(), operand<float, 3>({4, 0, 2}));
    check_same<std::int64_t, 1>({0}, kernels_of<ops::shape, bool>(), operand<bool, 0>({}));
    check_same<std::int64_t, 0>({}, kernels_of<ops::size, half>(), operand<half, 2>({4, 3}));
}

TEST_CASE_TEMPLATE("uniform numbers on a GPU are the CPU's", T, float, double, half, bfloat16) {
    check_sizes<T>(kernels_of<ops::uniform, T>(uniform_parameters{42, 0, 1}));
    const auto other = kernels_of<ops::uniform, T>(uniform_parameters{~std::uint64_t{0}, -3, 10});
    if (has_fused_multiply_add)
        check_close<T>(other);
    else
        check_sizes<T>(other);
}

TEST_CASE_TEMPLATE("normal numbers on a GPU are close to the CPU's", T, float, double, half,
                   bfloat16) {
    check_close<T>(kernels_of<ops::normal, T>(normal_parameters{7, 0, 1}));
    check_close<T>(kernels_of<ops::normal, T>(normal_parameters{9, -2, 0.5}));
}

TEST_CASE("truth by chance on a GPU is the CPU's, and probabilities are checked") {
    for (double p : {0.0, 0.3, 1.0})
        check_sizes<bool>(kernels_of<ops::bernoulli, bool>(bernoulli_parameters{5, p}));
    stream_context ctx;
    const auto wrong = kernels_of<ops::bernoulli, bool>(bernoulli_parameters{5, 1.5});
    CHECK_THROWS_AS((run_on_gpu<bool, 1>(ctx, {}, {3}, wrong)), failure);
}
