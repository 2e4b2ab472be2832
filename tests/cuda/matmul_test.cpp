// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Products of matrices on CUDA GPUs against the CPU's, of whole numbers, whose sums no order of
// additions changes: all element types, shapes for each kernel, epilogues. cublasLt is a table of
// functions here that multiply column-major matrices as that library does, and note what they were
// asked.
#include "kernel_pair.hpp"

#include <kernels_cu/cublaslt.hpp>

#include <weft/cuda/matmul.hpp>
#include <weft/ops/matmul_source.hpp>

#include <cmath>

using namespace weft;
using namespace weft_test;
namespace lt = weft::cuda::cublaslt;

namespace {

template <class T, std::size_t Rank>
operand<T, Rank> whole(const dims& shape, unsigned seed) {
    operand<T, Rank> out(shape, patterned);
    for (std::size_t i = 0; i < shape.size(); ++i) {
        seed = seed * 1664525u + 1013904223u;
        const int x = static_cast<int>(seed >> 24) % 7 - 3;
        out.data()[i] = static_cast<T>(static_cast<compute_t<T>>(x));
    }
    return out;
}

template <class T, bool TransposeA, bool TransposeB, std::size_t A, std::size_t B>
void check_product(const dims& a, const dims& b) {
    const dims out = matmul_shape(swapped_if(TransposeA, a), swapped_if(TransposeB, b));
    constexpr std::size_t rank = A == 1 ? B - 1 : B == 1 ? A - 1 : (A > B ? A : B);
    check_same<T, rank>(out, kernels_of<ops::matmul, T>(matmul_form<TransposeA, TransposeB>{}),
                        whole<T, A>(a, 1), whole<T, B>(b, 2));
}
// All ways to read an m by k and a k by n matrix.
template <class T>
void check_matrices(std::size_t m, std::size_t k, std::size_t n) {
    check_product<T, false, false, 2, 2>({m, k}, {k, n});
    check_product<T, false, true, 2, 2>({m, k}, {n, k});
    check_product<T, true, false, 2, 2>({k, m}, {k, n});
    check_product<T, true, true, 2, 2>({k, m}, {n, k});
}
template <class T>
void check_type() {
    check_matrices<T>(33, 37, 70);
    check_matrices<T>(5, 48, 16);
    check_matrices<T>(40, 35, 3);
    check_matrices<T>(2, 64, 48);
    check_product<T, false, false, 2, 2>({128, 19}, {19, 256});
}

// What the library was asked for last, and how often.
struct operation_of_test {
    int transposes_a = 0, transposes_b = 0, epilogue = 1;
    const void* bias = nullptr;
};
struct layout_of_test {
    int type;
    std::uint64_t rows, columns;
    std::int64_t leading, offset = 0;
    int batches = 1;
};
int plans_made = 0, products_made = 0, operations_alive = 0;
bool finds_something = true;

struct column_major_task {
    operation_of_test of;
    layout_of_test a, b, d;
    const void *a_data, *b_data;
    void* d_data;
};
template <class T>
__global__ void multiply_column_major(column_major_task t) {
    using C = compute_t<T>;
    const T* const a = static_cast<const T*>(t.a_data);
    const T* const b = static_cast<const T*>(t.b_data);
    const auto depth = static_cast<std::int64_t>(t.of.transposes_a ? t.a.rows : t.a.columns);
    for (std::int64_t batch = 0; batch < t.d.batches; ++batch)
        for (std::int64_t c = 0; c < static_cast<std::int64_t>(t.d.columns); ++c)
            for (std::int64_t r = 0; r < static_cast<std::int64_t>(t.d.rows); ++r) {
                C sum{};
                for (std::int64_t k = 0; k < depth; ++k)
                    sum += static_cast<C>(a[batch * t.a.offset + (t.of.transposes_a
                                                                      ? r * t.a.leading + k
                                                                      : k * t.a.leading + r)]) *
                           static_cast<C>(b[batch * t.b.offset + (t.of.transposes_b
                                                                      ? k * t.b.leading + c
                                                                      : c * t.b.leading + k)]);
                if (t.of.epilogue & lt::epilogue_bias)
                    sum += static_cast<C>(static_cast<const T*>(t.of.bias)[r]);
                if (t.of.epilogue & lt::epilogue_relu) sum = sum < 0 ? C{} : sum;
                static_cast<T*>(t.d_data)[batch * t.d.offset + c * t.d.leading + r] =
                    static_cast<T>(sum);
            }
}

template <class To, class From>
To* as(From* from) {
    return reinterpret_cast<To*>(from);
}
template <class T>
void read_to(T& to, const void* from, std::size_t bytes) {
    REQUIRE(bytes == sizeof(T));
    std::memcpy(&to, from, bytes);
}
lt::status set_operation(lt::operation o, int attribute, const void* from, std::size_t bytes) {
    auto& to = *as<operation_of_test>(o);
    if (attribute == lt::transpose_a) read_to(to.transposes_a, from, bytes);
    if (attribute == lt::transpose_b) read_to(to.transposes_b, from, bytes);
    if (attribute == lt::epilogue_of) read_to(to.epilogue, from, bytes);
    if (attribute == lt::bias_pointer) read_to(to.bias, from, bytes);
    return 0;
}
lt::status set_layout(lt::layout l, int attribute, const void* from, std::size_t bytes) {
    auto& to = *as<layout_of_test>(l);
    if (attribute == lt::batch_count) read_to(to.batches, from, bytes);
    if (attribute == lt::batch_offset) read_to(to.offset, from, bytes);
    return 0;
}
lt::status multiply_as_asked(lt::handle, lt::operation o, const void*, const void* a,
                             lt::layout of_a, const void* b, lt::layout of_b, const void*,
                             const void*, lt::layout, void* d, lt::layout of_d,
                             const lt::algorithm*, void* workspace, std::size_t bytes,
                             cudaStream_t stream) {
    ++products_made;
    CHECK(workspace != nullptr);
    CHECK(bytes == 256);
    const column_major_task task{*as<operation_of_test>(o), *as<layout_of_test>(of_a),
                                 *as<layout_of_test>(of_b), *as<layout_of_test>(of_d), a, b, d};
    cudaLaunchConfig_t config{};
    config.gridDim = config.blockDim = dim3(1);
    config.stream = stream;
    auto* const kernel = task.d.type == lt::real_32   ? multiply_column_major<float>
                         : task.d.type == lt::real_64 ? multiply_column_major<double>
                         : task.d.type == lt::real_16 ? multiply_column_major<half>
                                                      : multiply_column_major<bfloat16>;
    return cudaLaunchKernelEx(&config, kernel, task) == cudaSuccess ? 0 : 1;
}

const lt::functions table{
    [](lt::handle* to) { return *to = as<lt::handle_of>(&plans_made), 0; },
    [](lt::operation* to, int, int) {
        return *to = as<lt::operation_of>(new operation_of_test), ++operations_alive, 0;
    },
    set_operation,
    [](lt::operation o) { return delete as<operation_of_test>(o), --operations_alive, 0; },
    [](lt::layout* to, int type, std::uint64_t rows, std::uint64_t columns, std::int64_t leading) {
        return *to = as<lt::layout_of>(new layout_of_test{type, rows, columns, leading}), 0;
    },
    set_layout,
    [](lt::layout l) { return delete as<layout_of_test>(l), 0; },
    [](lt::preference* to) { return *to = as<lt::preference_of>(&plans_made), 0; },
    [](lt::preference, int, const void*, std::size_t) { return 0; },
    [](lt::preference) { return 0; },
    [](lt::handle, lt::operation, lt::layout, lt::layout, lt::layout, lt::layout, lt::preference,
       int, lt::heuristic_result* how, int* found) {
        *found = finds_something ? 1 : 0;
        how->workspace_bytes = 256;
        how->state = 0;
        return ++plans_made, 0;
    },
    multiply_as_asked};

struct with_library {
    with_library() {
        plans_made = products_made = operations_alive = 0;
        finds_something = true;
        lt::replace(&table);
    }
    ~with_library() {
        lt::replace(nullptr);
        CHECK(operations_alive == 0);
    }
};

// The product and what an epilogue makes of it, where the columns are `n`.
template <class T>
void check_epilogue(std::size_t m, std::size_t k, std::size_t n, cuda::epilogue_kind kind) {
    const operand<T, 2> a = whole<T, 2>({m, k}, 3), b = whole<T, 2>({k, n}, 4);
    const operand<T, 1> bias = whole<T, 1>({n}, 5);
    const matmul_form<false, false> form;
    const auto product = run_on_cpu<T, 2>({m, n}, kernels_of<ops::matmul, T>(form), a, b);
    stream_context ctx;
    operand<T, 2> found({m, n}, patterned);
    T* const out = static_cast<T*>(ctx.place(found.data(), found.bytes(), 0));
    cuda::epilogue finish{kind, ctx.place(bias.data(), bias.bytes(), 0)};
    cuda::multiply<T>(ctx, {a.shape, false, b.shape, false},
                      static_cast<T*>(ctx.place(a.data(), a.bytes(), 0)),
                      static_cast<T*>(ctx.place(b.data(), b.bytes(), 0)), out, finish);
    ctx.collect(found.data(), out, found.bytes());
    bool same = true;
    for (std::size_t i = 0; i < m * n; ++i) {
        auto x = static_cast<double>(static_cast<compute_t<T>>(product.data()[i]));
        if (finish.has_bias())
            x += static_cast<double>(static_cast<compute_t<T>>(bias.data()[i % n]));
        using enum cuda::epilogue_kind;
        if (kind == relu || kind == bias_relu) x = x < 0 ? 0 : x;
        double most = 0;
        if (kind == gelu_tanh || kind == bias_gelu_tanh) {
            x = x / 2 * (1 + std::tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)));
            most = 1e-2 * std::abs(x) + 1e-6;
        }
        const auto y = static_cast<double>(static_cast<compute_t<T>>(found.data()[i]));
        same = same && std::abs(x - y) <= most;
    }
    INFO(name_of(dtype_of<T>), " ", m, " ", n, " ", static_cast<int>(kind));
    CHECK(same);
}

// check_product() multiplies so often, and for each alignment there is a plan.
constexpr int alignments = 3;

}  // namespace

TEST_CASE("products of CUDA GPUs are the CPU's for all elements") {
    check_type<float>();
    check_type<double>();
    check_type<half>();
    check_type<bfloat16>();
    check_type<std::int8_t>();
    check_matrices<std::int16_t>(33, 37, 70);
    check_type<std::int32_t>();
    check_matrices<std::int64_t>(33, 37, 70);
    check_matrices<std::uint8_t>(33, 37, 70);
    check_matrices<std::uint16_t>(5, 48, 3);
    check_matrices<std::uint32_t>(5, 48, 16);
    check_matrices<std::uint64_t>(2, 48, 16);
}

TEST_CASE("products of CUDA GPUs take vectors, batches and what is empty") {
    using T = float;
    check_product<T, false, false, 1, 1>({70}, {70});
    check_product<T, false, false, 2, 1>({33, 300}, {300});
    check_product<T, true, false, 2, 1>({300, 33}, {300});
    check_product<T, false, false, 1, 2>({65}, {65, 70});
    check_product<T, false, true, 1, 2>({65}, {70, 65});
    check_product<T, false, false, 3, 3>({3, 9, 17}, {3, 17, 20});
    check_product<T, false, true, 3, 3>({3, 9, 17}, {3, 20, 17});
    check_product<T, true, false, 3, 2>({3, 17, 9}, {17, 20});
    check_product<T, false, false, 2, 3>({9, 17}, {3, 17, 20});
    check_product<T, false, false, 4, 3>({2, 1, 9, 16}, {3, 16, 20});
    check_product<T, false, false, 3, 3>({4, 9, 17}, {4, 17, 2});
    check_product<T, false, false, 2, 2>({9, 0}, {0, 20});
    check_product<T, false, false, 2, 2>({9, 0}, {0, 2});
    check_product<T, false, false, 2, 2>({0, 5}, {5, 20});
}

TEST_CASE("epilogues of products") {
    using enum cuda::epilogue_kind;
    for (auto kind : {bias, relu, bias_relu, gelu_tanh, bias_gelu_tanh}) {
        check_epilogue<float>(20, 17, 37, kind);
        check_epilogue<float>(20, 17, 3, kind);
        check_epilogue<float>(2, 17, 37, kind);
        check_epilogue<half>(9, 17, 37, kind);
    }
    check_epilogue<double>(9, 17, 37, bias_gelu_tanh);
    check_epilogue<std::int8_t>(9, 7, 37, bias_relu);
}

TEST_CASE("cublasLt is asked for the transposed product, once for each form") {
    const with_library lib;
    check_matrices<float>(64, 65, 70);
    CHECK(products_made == 4 * alignments);
    CHECK(plans_made == 4 * alignments);
    check_matrices<float>(64, 65, 70);
    CHECK(products_made == 8 * alignments);
    CHECK(plans_made == 4 * alignments);
    check_product<half, false, true, 2, 2>({66, 64}, {80, 64});
    check_product<bfloat16, false, false, 2, 2>({66, 64}, {64, 80});
    check_product<double, true, false, 2, 2>({64, 66}, {64, 80});
    CHECK(products_made == 11 * alignments);
    check_product<float, false, false, 2, 2>({16, 16}, {16, 16});  // not worth it
    check_product<std::int32_t, false, false, 2, 2>({64, 64}, {64, 64});
    CHECK(products_made == 11 * alignments);
    using enum cuda::epilogue_kind;
    for (auto kind : {bias, relu, bias_relu}) check_epilogue<float>(64, 64, 66, kind);
    CHECK(products_made == 11 * alignments + 3);
}

TEST_CASE("cublasLt multiplies batches of one distance at once, others one after the other") {
    const with_library lib;
    check_product<float, false, false, 3, 3>({2, 64, 64}, {2, 64, 65});
    CHECK(products_made == alignments);
    check_product<float, false, true, 2, 3>({64, 64}, {2, 65, 64});
    CHECK(products_made == 2 * alignments);
    check_product<float, false, false, 4, 3>({2, 1, 64, 64}, {2, 64, 65});
    CHECK(products_made == 4 * alignments);
}

TEST_CASE("what cublasLt has no algorithm for is multiplied without it") {
    const with_library lib;
    finds_something = false;
    check_product<float, false, false, 2, 2>({64, 64}, {64, 65});
    check_product<float, false, false, 2, 2>({64, 64}, {64, 65});
    CHECK(products_made == 0);
    CHECK(plans_made == alignments);
}
