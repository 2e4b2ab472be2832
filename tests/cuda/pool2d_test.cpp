// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Pooling on CUDA GPUs: the CPU's results to the bit, in both layouts, for windows that overlap,
// leave elements out, and reach into the padding.
#include "kernel_pair.hpp"

#include <weft/cuda/pool2d.hpp>
#include <weft/ops/pool2d_source.hpp>

using namespace weft;
using namespace weft_test;

namespace {

template <class Op, class T, extent2d Window, pool2d_options Options>
void check_pool(const dims& x) {
    using form = pool2d_form<Window, Options>;
    check_same<T, 4>(form::shape(x), kernels_of<Op, T>(form{}), operand<T, 4>(x));
}
template <class Op, class T>
void check_type() {
    constexpr auto last = image_layout::nhwc;
    check_pool<Op, T, extent2d(2), pool2d_options{}>({2, 3, 9, 8});
    check_pool<Op, T, extent2d(3, 2), pool2d_options{.stride = 1, .padding = padding2d::same}>(
        {2, 3, 7, 5});
    check_pool<Op, T, extent2d(3), pool2d_options{.stride = 2, .padding = 1, .layout = last}>(
        {2, 9, 8, 5});
    check_pool<Op, T, extent2d(2),
               pool2d_options{.stride = 3, .padding = 1, .count_padding = true}>({1, 2, 11, 10});
    check_pool<Op, T, extent2d(2), pool2d_options{.layout = last}>({0, 4, 4, 3});
}

}  // namespace

TEST_CASE("maxima of windows on CUDA GPUs are the CPU's") {
    check_type<ops::max_pool2d, float>();
    check_type<ops::max_pool2d, double>();
    check_type<ops::max_pool2d, half>();
    check_type<ops::max_pool2d, std::int8_t>();
    check_type<ops::max_pool2d, std::uint64_t>();
}

TEST_CASE("means of windows on CUDA GPUs are the CPU's") {
    check_type<ops::avg_pool2d, float>();
    check_type<ops::avg_pool2d, double>();
    check_type<ops::avg_pool2d, bfloat16>();
}

TEST_CASE("a maximum is NaN where the window has one") {
    using form = pool2d_form<extent2d(2), pool2d_options{}>;
    operand<float, 4> x({1, 1, 4, 4});
    x.data()[5] = __builtin_nanf("");
    const auto found = [&] {
        stream_context ctx;
        return run_on_gpu<float, 4>(ctx, {}, {1, 1, 2, 2},
                                    kernels_of<ops::max_pool2d, float>(form{}), x);
    }();
    CHECK(found.data()[0] != found.data()[0]);
    CHECK(found.data()[1] == found.data()[1]);
}
