// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Kernels that move elements on CUDA GPUs: the CPU's results, for elements of each size, shapes
// that lead to each of their paths, empty tensors, and data that are not aligned.
#include "kernel_pair.hpp"

#include <weft/cuda/arrays.hpp>

using namespace weft;
using namespace weft_test;

namespace {

template <class T>
void check_copies() {
    for (const dims& shape : {dims{0, 3}, dims{1, 1}, dims{3, 5}, dims{17, 64}, dims{40, 1031}}) {
        const operand<T, 2> x(shape);
        check_same<T, 2>(shape, kernels_of<ops::identity, T>(), x);
        check_same<T, 1>({shape.size()}, kernels_of<ops::reshape, T>(0), x);
    }
    check_same<T, 0>({}, kernels_of<ops::squeeze, T>(0), operand<T, 1>({1}));
    check_same<T, 3>({2, 1, 8}, kernels_of<ops::expand_dims, T>(0), operand<T, 2>({2, 8}));
}

template <class T>
void check_joins() {
    const operand<T, 2> a({3, 16}), b({3, 5}), none({3, 0}), c({3, 32});
    check_same<T, 2>({3, 53}, kernels_of<ops::concat, T>(along<1>{}), a, b, none, c);
    check_same<T, 2>({3, 48}, kernels_of<ops::concat, T>(along<1>{}), a, c);
    check_same<T, 2>({3, 16}, kernels_of<ops::concat, T>(along<1>{}), a);
    check_same<T, 1>({700}, kernels_of<ops::concat, T>(along<0>{}), operand<T, 1>({13}),
                     operand<T, 1>({687}));
    // More than one kernel takes.
    check_same<T, 2>({3, 160}, kernels_of<ops::concat, T>(along<1>{}), a, b, b, b, b, b, b, b, b, b,
                     b, b, b, b, b, b, c, c, b);
    const operand<T, 2> x({4, 24}), y({4, 24}), z({4, 24});
    check_same<T, 3>({3, 4, 24}, kernels_of<ops::stack, T>(along<0>{}), x, y, z);
    check_same<T, 3>({4, 3, 24}, kernels_of<ops::stack, T>(along<1>{}), x, y, z);
    check_same<T, 3>({4, 24, 3}, kernels_of<ops::stack, T>(along<2>{}), x, y, z);
    check_same<T, 1>({2}, kernels_of<ops::stack, T>(along<0>{}), operand<T, 0>({}),
                     operand<T, 0>({}));
    check_same<T, 2>({2, 0}, kernels_of<ops::stack, T>(along<0>{}), operand<T, 1>({0}),
                     operand<T, 1>({0}));
}

template <class T>
void check_parts() {
    const operand<T, 3> x({6, 10, 16});
    for (std::size_t part = 0; part < 2; ++part) {
        check_same<T, 3>({3, 10, 16}, kernels_of<ops::split, T>(axis_part<0, 2>{part}), x);
        check_same<T, 3>({6, 5, 16}, kernels_of<ops::split, T>(axis_part<1, 2>{part}), x);
        check_same<T, 3>({6, 10, 8}, kernels_of<ops::split, T>(axis_part<2, 2>{part}), x);
    }
    check_same<T, 3>({6, 10, 11}, kernels_of<ops::slice, T>(axis_range<2, 3, 14>{}), x);
    check_same<T, 3>({6, 7, 16}, kernels_of<ops::slice, T>(axis_range<1, 3, dyn>{}), x);
    check_same<T, 3>({1, 10, 16}, kernels_of<ops::slice, T>(axis_range<0, 5, 6>{}), x);
    check_same<T, 3>({6, 0, 16}, kernels_of<ops::slice, T>(axis_range<1, 4, 4>{}), x);
    const T value = *operand<T, 1>({1}).data();
    check_same<T, 3>({6, 13, 16}, kernels_of<ops::pad, T>(axis_padding<1, 1, 2, T>{value}), x);
    check_same<T, 3>({6, 10, 19}, kernels_of<ops::pad, T>(axis_padding<2, 3, 0, T>{value}), x);
    check_same<T, 3>({38, 10, 16}, kernels_of<ops::pad, T>(axis_padding<0, 0, 32, T>{value}), x);
    check_same<T, 2>({7, 3}, kernels_of<ops::pad, T>(axis_padding<0, 3, 4, T>{value}),
                     operand<T, 2>({0, 3}));
    check_same<T, 2>({0, 5}, kernels_of<ops::pad, T>(axis_padding<1, 1, 1, T>{value}),
                     operand<T, 2>({0, 3}));
}

template <class T>
void check_broadcasts() {
    const auto to = kernels_of<ops::broadcast_to, T>(0);
    check_same<T, 3>({5, 3, 64}, to, operand<T, 0>({}));
    check_same<T, 3>({5, 3, 7}, to, operand<T, 0>({}));
    check_same<T, 3>({5, 3, 64}, to, operand<T, 1>({64}));
    check_same<T, 3>({5, 3, 7}, to, operand<T, 1>({7}));
    check_same<T, 3>({5, 3, 64}, to, operand<T, 2>({3, 1}));
    check_same<T, 3>({5, 3, 7}, to, operand<T, 2>({3, 1}));
    check_same<T, 4>({2, 5, 3, 32}, to, operand<T, 4>({2, 1, 3, 32}));
    check_same<T, 4>({2, 5, 3, 32}, to, operand<T, 4>({1, 5, 1, 32}));
    check_same<T, 6>({2, 3, 2, 3, 2, 8}, to, operand<T, 6>({2, 1, 2, 1, 2, 1}));
    check_same<T, 2>({40, 300}, to, operand<T, 2>({40, 300}));
    check_same<T, 2>({0, 4}, to, operand<T, 1>({4}));
}

template <class T, std::size_t... Axes>
void check_transposition(const dims& shape) {
    using order = axis_order<Axes...>;
    check_same<T, sizeof...(Axes)>(order::apply(shape), kernels_of<ops::transpose, T>(order{}),
                                   operand<T, sizeof...(Axes)>(shape));
}
template <class T>
void check_transpositions() {
    for (const dims& shape : {dims{3, 5}, dims{64, 64}, dims{33, 129}, dims{1000, 3}, dims{3, 1000},
                              dims{2, 700}, dims{130, 60}, dims{70, 40}, dims{1, 9}, dims{0, 4}})
        check_transposition<T, 1, 0>(shape);
    check_transposition<T, 0, 2, 1>({3, 40, 50});
    check_transposition<T, 0, 2, 1>({40, 40, 50});  // more tiles than blocks
    check_transposition<T, 0, 2, 1>({300, 2, 3});
    check_transposition<T, 1, 0, 2>({5, 7, 32});
    check_transposition<T, 1, 0, 2>({5, 7, 3});
    check_transposition<T, 2, 1, 0>({20, 3, 33});
    check_transposition<T, 1, 2, 0>({4, 5, 64});
    check_transposition<T, 0, 1, 2>({4, 5, 6});
    check_transposition<T, 0, 2, 1, 3>({2, 9, 4, 16});
    check_transposition<T, 3, 0, 2, 1>({3, 24, 2, 20});
    check_transposition<T, 5, 4, 3, 2, 1, 0>({2, 3, 4, 3, 2, 40});
    check_transposition<T, 4, 0, 2, 1, 3>({18, 2, 3, 2, 31});
    check_transposition<T, 0>({12});
}

}  // namespace

TEST_CASE_TEMPLATE("copies, parts and joined tensors on a GPU", T, bool, half, float,
                   std::int64_t) {
    check_copies<T>();
    check_joins<T>();
    check_parts<T>();
}

TEST_CASE_TEMPLATE("broadcasts and transpositions on a GPU", T, bool, half, float, std::int64_t) {
    check_broadcasts<T>();
    check_transpositions<T>();
}

TEST_CASE("a copy to where its operand is does nothing") {
    stream_context ctx;
    const operand<float, 1> x({5});
    void* const data = ctx.place(x.data(), x.bytes(), 0);
    cuda_on_cpu::reset_calls();
    cuda::copy_elements(ctx, data, data, 5, sizeof(float));
    CHECK(cuda_on_cpu::calls("cudaLaunchKernelEx") == 0);
}
