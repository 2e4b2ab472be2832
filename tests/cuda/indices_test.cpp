// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Kernels of CUDA GPUs that an index steers: the CPU's results, whatever is hit how often, and
// indices out of range, which read and write nothing and are reported.
#include "kernel_pair.hpp"

#include <weft/core/complex.hpp>
#include <weft/cuda/indices.hpp>

using namespace weft;
using namespace weft_test;

namespace {

// Numbers below `extent`; every second one below `few`, so that these are hit again and again.
std::vector<int> index_of(std::size_t count, unsigned extent, unsigned few) {
    std::vector<int> out(count);
    unsigned state = 12345;
    for (std::size_t i = 0; i < count; ++i) {
        state = state * 1103515245 + 12345;
        out[i] = static_cast<int>((state >> 8) % (i % 2 == 0 ? few : extent));
    }
    return out;
}

template <class T, class I>
void check_gathers() {
    const operand<T, 3> x({4, 9, 16});
    const operand<I, 1> index({13}, index_of(13, 9, 2));
    const operand<I, 2> table({2, 3}, index_of(6, 4, 4));
    check_same<T, 3>({4, 13, 16}, kernels_of<ops::gather, T, I>(along<1>{}), x, index);
    check_same<T, 3>({4, 9, 13}, kernels_of<ops::gather, T, I>(along<2>{}), x, index);
    check_same<T, 4>({2, 3, 9, 16}, kernels_of<ops::gather, T, I>(along<0>{}), x, table);
    check_same<T, 1>({5}, kernels_of<ops::gather, T, I>(along<0>{}), operand<T, 2>({9, 5}),
                     operand<I, 0>({}, {7}));
    check_same<T, 3>({4, 0, 16}, kernels_of<ops::gather, T, I>(along<1>{}), x, operand<I, 1>({0}));
    check_same<T, 2>({13, 0}, kernels_of<ops::gather, T, I>(along<0>{}), operand<T, 2>({9, 0}),
                     index);
}

template <class T, class I>
void check_scatters() {
    const auto add_rows = kernels_of<ops::scatter_add, T, I>(along<0>{});
    const auto check = [&](std::size_t rows, std::size_t inner, std::size_t count, unsigned few) {
        const auto extent = static_cast<unsigned>(rows);
        check_same<T, 2>({rows, inner}, add_rows, operand<T, 2>({rows, inner}),
                         operand<I, 1>({count}, index_of(count, extent, few)),
                         operand<T, 2>({count, inner}));
    };
    check(5, 3, 40, 2);    // searched
    check(9, 70, 257, 9);  // sorted in one pass
    check(4, 0, 3, 2);
    check(4, 3, 0, 2);
    if constexpr (std::is_same_v<T, float>) {
        check(300, 1, 3000, 1);   // in two, one row hit 1500 times
        check(70000, 1, 600, 5);  // in three
    }
    const auto index = index_of(300, 6, 3);
    check_same<T, 3>({2, 6, 5}, kernels_of<ops::scatter_add, T, I>(along<1>{}),
                     operand<T, 3>({2, 6, 5}), operand<I, 1>({300}, index),
                     operand<T, 3>({2, 300, 5}));
}

template <class T, class I>
void check_one_hot() {
    const operand<I, 1> labels({7}, {0, 3, -1, 2, 4, 9, 1});
    check_same<T, 2>({7, 4}, kernels_of<ops::one_hot, I>(one_hot_depth<4>{}), labels);
    check_same<T, 2>({7, 300}, kernels_of<ops::one_hot, I>(one_hot_depth<300>{}), labels);
    check_same<T, 2>({7, 1}, kernels_of<ops::one_hot, I>(one_hot_depth<1>{}), labels);
    check_same<T, 2>({0, 4}, kernels_of<ops::one_hot, I>(one_hot_depth<4>{}), operand<I, 1>({0}));
    check_same<T, 1>({4}, kernels_of<ops::one_hot, I>(one_hot_depth<4>{}), operand<I, 0>({}, {2}));
}

// What is reported of an index of some rows, and that what can be done is done.
template <class Op, class T, std::size_t Rank, class... In>
void check_refused(long long index, long long extent, const dims& shape, const In&... in) {
    stream_context ctx;
    run_on_gpu<T, Rank>(ctx, {}, shape, kernels_of<Op, T, std::int32_t>(along<0>{}), in...);
    CHECK(ctx.report().fault == static_cast<unsigned>(gpu_fault::out_of_range));
    CHECK(ctx.report().node == &ctx);
    CHECK(ctx.report().index == index);
    CHECK(ctx.report().extent == extent);
}

}  // namespace

TEST_CASE_TEMPLATE("gather on a GPU", T, bool, half, float, std::int64_t) {
    check_gathers<T, std::int32_t>();
    check_gathers<T, std::int64_t>();
}

TEST_CASE_TEMPLATE("scatter_add on a GPU adds in the order of the index", T, float, double, half,
                   bfloat16, std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t,
                   std::uint16_t, std::uint32_t, std::uint64_t) {
    check_scatters<T, std::int32_t>();
}
TEST_CASE("scatter_add on a GPU with a wide index") { check_scatters<float, std::int64_t>(); }

TEST_CASE("scatter_add on a GPU to where its operand is") {
    stream_context ctx;
    const operand<float, 1> x({3}, {1, 2, 3}), updates({2}, {10, 20});
    const operand<std::int32_t, 1> index({2}, {1, 1});
    const auto place = [&ctx](const auto& in) { return ctx.place(in.data(), in.bytes(), 0); };
    void* const data = place(x);
    const cuda::index_values where(static_cast<const std::int32_t*>(place(index)), 2);
    cuda::scatter_add<float>(ctx, {data, axis_view({3}, 0), where, place(updates), data});
    float out[3];
    ctx.collect(out, data, sizeof out);
    CHECK(out[0] == 1);
    CHECK(out[1] == 32);
    CHECK(out[2] == 3);
}

TEST_CASE_TEMPLATE("one_hot on a GPU", T, bool, bfloat16, float, std::int64_t,
                   std::complex<double>) {
    check_one_hot<T, std::int32_t>();
    check_one_hot<T, std::int64_t>();
}

TEST_CASE("an index out of range is reported, and nothing beyond the operand is read or written") {
    const operand<float, 2> x({5, 4}), empty({0, 4}), thin({5, 0});
    const operand<std::int32_t, 1> past({4}, {0, 5, 1, 2}), negative({3}, {4, -1, 4}),
        far({1}, {0x7fffffff}), zero({1}, {0});
    check_refused<ops::gather, float, 2>(5, 5, {4, 4}, x, past);
    check_refused<ops::gather, float, 2>(-1, 5, {3, 4}, x, negative);
    check_refused<ops::gather, float, 2>(0x7fffffff, 5, {1, 4}, x, far);
    check_refused<ops::gather, float, 2>(0, 0, {1, 4}, empty, zero);
    check_refused<ops::gather, float, 2>(5, 5, {4, 0}, thin, past);
    check_refused<ops::scatter_add, float, 2>(5, 5, {5, 4}, x, past, operand<float, 2>({4, 4}));
    check_refused<ops::scatter_add, std::int32_t, 2>(-1, 5, {5, 4},
                                                     operand<std::int32_t, 2>({5, 4}), negative,
                                                     operand<std::int32_t, 2>({3, 4}));
    check_refused<ops::scatter_add, float, 2>(5, 5, {5, 0}, thin, past, operand<float, 2>({4, 0}));
    check_refused<ops::scatter_add, float, 2>(0, 0, {0, 4}, empty, zero, operand<float, 2>({1, 4}));
    std::vector<int> many = index_of(400, 5, 5);
    many[333] = 77;
    check_refused<ops::scatter_add, float, 2>(
        77, 5, {5, 4}, x, operand<std::int32_t, 1>({400}, many), operand<float, 2>({400, 4}));
}
