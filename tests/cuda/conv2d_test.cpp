// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Convolutions on CUDA GPUs against the CPU's, of whole numbers, whose sums no order of additions
// changes: both layouts, strides, paddings, dilations, groups, and the epilogue.
#include "kernel_pair.hpp"

#include <weft/cuda/conv2d.hpp>
#include <weft/ops/conv2d_source.hpp>

using namespace weft;
using namespace weft_test;

namespace {

template <class T, std::size_t Rank>
operand<T, Rank> whole(const dims& shape, unsigned seed) {
    operand<T, Rank> out(shape, patterned);
    for (std::size_t i = 0; i < shape.size(); ++i) {
        seed = seed * 1664525u + 1013904223u;
        const int x = static_cast<int>(seed >> 24) % 5 - 2;
        out.data()[i] = static_cast<T>(static_cast<compute_t<T>>(x));
    }
    return out;
}

template <class T, conv2d_options Options>
void check_conv(const dims& x, const dims& w) {
    check_same<T, 4>(conv2d_shape(Options, x, w),
                     kernels_of<ops::conv2d, T>(conv2d_form<Options>{}), whole<T, 4>(x, 1),
                     whole<T, 4>(w, 2));
}
template <class T>
void check_type() {
    constexpr auto last = image_layout::nhwc;
    check_conv<T, conv2d_options{.padding = padding2d::same}>({2, 5, 9, 7}, {6, 5, 3, 3});
    check_conv<T, conv2d_options{.padding = padding2d::same, .layout = last}>({2, 9, 7, 5},
                                                                             {3, 3, 5, 6});
    check_conv<T, conv2d_options{.stride = 2, .padding = 1, .dilation = 2, .groups = 2}>(
        {1, 6, 11, 12}, {70, 3, 3, 2});
    check_conv<T, conv2d_options{
                      .stride = 2, .padding = 1, .dilation = 2, .groups = 2, .layout = last}>(
        {1, 11, 12, 6}, {3, 2, 3, 70});
    check_conv<T, conv2d_options{.padding = 1, .groups = 4}>({2, 4, 6, 7}, {8, 1, 3, 3});
    check_conv<T, conv2d_options{.padding = 1, .groups = 4, .layout = last}>({2, 6, 7, 4},
                                                                            {3, 3, 1, 8});
    check_conv<T, conv2d_options{}>({2, 8, 5, 6}, {7, 8, 1, 1});
    check_conv<T, conv2d_options{.layout = last}>({2, 5, 6, 8}, {1, 1, 8, 7});
}

template <image_layout Layout>
void check_bias(const dims& x, const dims& w) {
    constexpr conv2d_options options{.layout = Layout};
    const operand<float, 4> images = whole<float, 4>(x, 3), filters = whole<float, 4>(w, 4);
    const conv2d_sizes sizes(options, x, w);
    const dims shape = conv2d_shape(options, x, w);
    const operand<float, 1> bias = whole<float, 1>({sizes.out.channels}, 5);
    auto wanted = run_on_cpu<float, 4>(
        shape, kernels_of<ops::conv2d, float>(conv2d_form<options>{}), images, filters);
    const std::size_t inner = Layout == image_layout::nhwc ? 1 : sizes.pixels();
    for (std::size_t i = 0; i < shape.size(); ++i) {
        float& to = wanted.data()[i];
        to += bias.data()[i / inner % sizes.out.channels];
        to = to < 0 ? 0 : to;
    }
    stream_context ctx;
    operand<float, 4> found(shape, patterned);
    auto place = [&](const auto& of) {
        return static_cast<float*>(ctx.place(of.data(), of.bytes(), 0));
    };
    float* const out = place(found);
    cuda::convolve<float>(ctx, sizes, place(images), place(filters), out,
                          {cuda::epilogue_kind::bias_relu, place(bias)});
    ctx.collect(found.data(), out, found.bytes());
    ctx.check(found.data(), wanted.data(), wanted.bytes(), dtype::float32, shape, {});
}

}  // namespace

TEST_CASE("convolutions of CUDA GPUs are the CPU's") {
    check_type<float>();
    check_type<double>();
    check_type<half>();
    check_type<bfloat16>();
}

TEST_CASE("convolutions with a dimension of no elements") {
    check_conv<float, conv2d_options{}>({0, 3, 5, 5}, {4, 3, 3, 3});
    check_conv<float, conv2d_options{}>({1, 0, 5, 5}, {4, 0, 3, 3});
}

TEST_CASE("the bias of a convolution has a number for each filter") {
    check_bias<image_layout::nchw>({2, 3, 6, 5}, {5, 3, 3, 2});
    check_bias<image_layout::nhwc>({2, 6, 5, 3}, {3, 2, 3, 5});
    check_bias<image_layout::nchw>({2, 3, 6, 5}, {5, 3, 1, 1});
    check_bias<image_layout::nhwc>({2, 6, 5, 3}, {1, 1, 3, 5});
}
