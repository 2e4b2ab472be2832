// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Products by cublasLt, which knows matrices in column-major order: a row-major one is its
// transpose there, and out = a * b is asked for as out' = b' * a'. What is asked, with the
// algorithm that the library proposes, is kept for the next product of the same sizes; a step that
// is captured finds it there, or makes it, as no call but the product itself uses the stream.
#include "cublaslt.hpp"

#include "optional_library.hpp"

#include <weft/cuda/launch.hpp>

#include <cstring>
#include <map>
#include <mutex>

#if defined(__CUDACC__) && __has_include(<cublasLt.h>)
#include <cublasLt.h>
static_assert(CUDA_R_32F == weft::cuda::cublaslt::real_32 &&
              CUDA_R_64F == weft::cuda::cublaslt::real_64 &&
              CUDA_R_16F == weft::cuda::cublaslt::real_16 &&
              CUDA_R_16BF == weft::cuda::cublaslt::real_bf16);
static_assert(CUBLAS_COMPUTE_32F == weft::cuda::cublaslt::compute_32 &&
              CUBLAS_COMPUTE_64F == weft::cuda::cublaslt::compute_64 && CUBLAS_OP_T == 1);
static_assert(CUBLASLT_MATMUL_DESC_TRANSA == weft::cuda::cublaslt::transpose_a &&
              CUBLASLT_MATMUL_DESC_TRANSB == weft::cuda::cublaslt::transpose_b &&
              CUBLASLT_MATMUL_DESC_EPILOGUE == weft::cuda::cublaslt::epilogue_of &&
              CUBLASLT_MATMUL_DESC_BIAS_POINTER == weft::cuda::cublaslt::bias_pointer);
static_assert(CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT == weft::cuda::cublaslt::batch_count &&
              CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET == weft::cuda::cublaslt::batch_offset);
static_assert(
    CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES == weft::cuda::cublaslt::most_workspace &&
    CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK == weft::cuda::cublaslt::reduction_schemes &&
    CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES == weft::cuda::cublaslt::alignment_a &&
    CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES == weft::cuda::cublaslt::alignment_d);
static_assert((CUBLASLT_REDUCTION_SCHEME_INPLACE | CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE) ==
              weft::cuda::cublaslt::reduce_in_compute_type);
static_assert(CUBLASLT_EPILOGUE_DEFAULT == weft::cuda::cublaslt::epilogue_none &&
              CUBLASLT_EPILOGUE_RELU == weft::cuda::cublaslt::epilogue_relu &&
              CUBLASLT_EPILOGUE_BIAS == weft::cuda::cublaslt::epilogue_bias &&
              CUBLASLT_EPILOGUE_GELU == weft::cuda::cublaslt::epilogue_gelu);
static_assert(sizeof(cublasLtMatmulAlgo_t) == sizeof(weft::cuda::cublaslt::algorithm) &&
              sizeof(cublasLtMatmulHeuristicResult_t) ==
                  sizeof(weft::cuda::cublaslt::heuristic_result));
#endif

namespace weft::cuda {

namespace {

using namespace cublaslt;

constexpr std::size_t workspace_limit = std::size_t{32} << 20;

// Batches of one distance from matrix to matrix, and the rest of a batch.
struct batch_form {
    std::size_t count = 1, a = 0, b = 0;  // of one call
    std::size_t calls = 1;

    // The last axes that are one.
    explicit batch_form(const matmul_sizes& s) {
        std::size_t axis = s.batch_shape.rank;
        for (; axis > 0; --axis) {
            const std::size_t extent = s.batch_shape[axis - 1];
            const std::size_t to_a = s.a_batch[axis - 1], to_b = s.b_batch[axis - 1];
            if (extent == 1) continue;
            if (count > 1 && (to_a != count * a || to_b != count * b)) break;
            if (count == 1) a = to_a, b = to_b;
            count *= extent;
        }
        for (; axis > 0; --axis) calls *= s.batch_shape[axis - 1];
    }
};

// All that a plan depends on; without padding, as it is compared byte by byte.
struct plan_key {
    std::uint64_t columns, rows, depth, leading_a, leading_b, batches, step_a, step_b;
    std::uint32_t alignment_a, alignment_b, alignment_out;
    std::int32_t type, epilogue, swaps_a, swaps_b, device;

    friend bool operator<(const plan_key& x, const plan_key& y) {
        return std::memcmp(&x, &y, sizeof x) < 0;
    }
};
static_assert(std::has_unique_object_representations_v<plan_key>);

struct plan {
    operation of = nullptr;
    layout a = nullptr, b = nullptr, out = nullptr;
    heuristic_result how{};
    bool is_usable = false;
};

// Plans live as long as the program: as many as it has sizes.
struct library {
    std::mutex mutex;
    optional_functions<functions> table;
    std::map<int, handle> handles;  // of devices
    std::map<plan_key, plan> plans;
};
library& the_library() {
    static library* const one = new library;  // outlives whatever multiplies at exit
    return *one;
}

bool load(functions& f) {
    void* const lib = open_library({"libcublasLt.so.13", "libcublasLt.so.12"});
    return lib != nullptr && find_function(lib, "cublasLtCreate", f.create) &&
           find_function(lib, "cublasLtMatmulDescCreate", f.create_operation) &&
           find_function(lib, "cublasLtMatmulDescSetAttribute", f.set_operation) &&
           find_function(lib, "cublasLtMatmulDescDestroy", f.destroy_operation) &&
           find_function(lib, "cublasLtMatrixLayoutCreate", f.create_layout) &&
           find_function(lib, "cublasLtMatrixLayoutSetAttribute", f.set_layout) &&
           find_function(lib, "cublasLtMatrixLayoutDestroy", f.destroy_layout) &&
           find_function(lib, "cublasLtMatmulPreferenceCreate", f.create_preference) &&
           find_function(lib, "cublasLtMatmulPreferenceSetAttribute", f.set_preference) &&
           find_function(lib, "cublasLtMatmulPreferenceDestroy", f.destroy_preference) &&
           find_function(lib, "cublasLtMatmulAlgoGetHeuristic", f.find) &&
           find_function(lib, "cublasLtMatmul", f.multiply);
}

std::uint32_t alignment_of(const void* data) {
    const auto address = reinterpret_cast<std::uintptr_t>(data) | 256;
    return static_cast<std::uint32_t>(address & (~address + 1));
}

int type_of(dtype type) {
    switch (type) {
        case dtype::float64: return real_64;
        case dtype::float16: return real_16;
        case dtype::bfloat16: return real_bf16;
        default: return real_32;
    }
}
int number_of(epilogue_kind kind) {
    switch (kind) {
        case epilogue_kind::bias: return epilogue_bias;
        case epilogue_kind::relu: return epilogue_relu;
        case epilogue_kind::bias_relu: return epilogue_relu | epilogue_bias;
        case epilogue_kind::gelu_tanh: return epilogue_gelu;
        case epilogue_kind::bias_gelu_tanh: return epilogue_gelu | epilogue_bias;
        default: return epilogue_none;
    }
}

plan_key key_of(const library_product& p, const batch_form& batches, int device) {
    const matmul_sizes& s = p.sizes;
    plan_key key{};
    key.columns = s.columns, key.rows = s.rows, key.depth = s.depth;
    key.swaps_a = s.a_column != 1, key.swaps_b = s.b_column != 1;
    key.leading_a = key.swaps_a != 0 ? s.a_column : s.a_row;
    key.leading_b = key.swaps_b != 0 ? s.b_column : s.b_row;
    key.batches = batches.count, key.step_a = batches.a, key.step_b = batches.b;
    const std::size_t bytes = p.type == dtype::float64 ? 8 : p.type == dtype::float32 ? 4 : 2;
    key.alignment_a = alignment_of(p.a), key.alignment_b = alignment_of(p.b);
    key.alignment_out = alignment_of(p.out);
    if (batches.calls > 1)
        key.alignment_a = key.alignment_b = key.alignment_out = static_cast<std::uint32_t>(bytes);
    key.type = type_of(p.type), key.epilogue = number_of(p.finish.kind), key.device = device;
    return key;
}

template <class Set, class Of, class T>
bool set(Set call, Of of, int attribute, const T& value) {
    return call(of, attribute, &value, sizeof value) == 0;
}

// A matrix of the library's: the transpose of a row-major one.
bool make_layout(const functions& f, layout& out, const plan_key& key, std::uint64_t rows,
                 std::uint64_t columns, std::uint64_t leading, std::uint64_t step) {
    return f.create_layout(&out, key.type, rows, columns, static_cast<std::int64_t>(leading)) ==
               0 &&
           set(f.set_layout, out, batch_count, static_cast<std::int32_t>(key.batches)) &&
           set(f.set_layout, out, batch_offset, static_cast<std::int64_t>(step));
}

bool describe(const functions& f, plan& made, const plan_key& k) {
    const bool is_double = k.type == real_64;
    const std::uint64_t m = k.columns, n = k.rows;
    return f.create_operation(&made.of, is_double ? compute_64 : compute_32,
                              is_double ? real_64 : real_32) == 0 &&
           set(f.set_operation, made.of, transpose_a, k.swaps_b) &&
           set(f.set_operation, made.of, transpose_b, k.swaps_a) &&
           set(f.set_operation, made.of, epilogue_of, k.epilogue) &&
           make_layout(f, made.b, k, k.swaps_b != 0 ? k.depth : m, k.swaps_b != 0 ? m : k.depth,
                       k.leading_b, k.step_b) &&
           make_layout(f, made.a, k, k.swaps_a != 0 ? n : k.depth, k.swaps_a != 0 ? k.depth : n,
                       k.leading_a, k.step_a) &&
           make_layout(f, made.out, k, m, n, m, m * n);
}

bool find_algorithm(const functions& f, handle with, plan& made, const plan_key& k) {
    preference wanted = nullptr;
    if (f.create_preference(&wanted) != 0) return false;
    int found = 0;
    const bool is_found =
        set(f.set_preference, wanted, most_workspace, std::uint64_t{workspace_limit}) &&
        set(f.set_preference, wanted, reduction_schemes, reduce_in_compute_type) &&
        set(f.set_preference, wanted, alignment_a, k.alignment_b) &&
        set(f.set_preference, wanted, alignment_b, k.alignment_a) &&
        set(f.set_preference, wanted, alignment_c, k.alignment_out) &&
        set(f.set_preference, wanted, alignment_d, k.alignment_out) &&
        f.find(with, made.of, made.b, made.a, made.out, made.out, wanted, 1, &made.how, &found) ==
            0 &&
        found > 0 && made.how.state == 0;
    f.destroy_preference(wanted);
    return is_found;
}

const plan& plan_for(library& lib, const functions& f, handle with, const plan_key& key,
                     const void* bias) {
    const auto [at, is_new] = lib.plans.try_emplace(key);
    plan& made = at->second;
    if (!is_new) return made;
    // A bias has to be there when algorithms are looked for.
    made.is_usable =
        describe(f, made, key) &&
        (bias == nullptr || set(f.set_operation, made.of, bias_pointer, bias)) &&
        find_algorithm(f, with, made, key);
    return made;
}

handle handle_for(library& lib, const functions& f, int device) {
    handle& made = lib.handles[device];
    if (made == nullptr && f.create(&made) != 0) made = nullptr;
    return made;
}

}  // namespace

namespace cublaslt {

const functions* loaded() {
    library& lib = the_library();
    const std::lock_guard lock(lib.mutex);
    return lib.table.get(load);
}

void replace(const functions* table) {
    library& lib = the_library();
    const std::lock_guard lock(lib.mutex);
    if (const functions* const f = lib.table.current())
        for (auto& [key, made] : lib.plans) {
            if (made.of != nullptr) f->destroy_operation(made.of);
            for (layout of : {made.a, made.b, made.out})
                if (of != nullptr) f->destroy_layout(of);
        }
    lib.plans.clear();
    lib.handles.clear();
    lib.table.replace(table);
}

}  // namespace cublaslt

bool multiply_by_library(context<gpu>& ctx, const library_product& p) {
    library& lib = the_library();
    // Also while the operation has this product's bias.
    const std::lock_guard lock(lib.mutex);
    const functions* const f = lib.table.get(load);
    if (f == nullptr) return false;
    int device = 0;
    check(cudaGetDevice(&device), "cudaGetDevice");
    const handle with = handle_for(lib, *f, device);
    if (with == nullptr) return false;
    const batch_form batches(p.sizes);
    const void* const bias = p.finish.has_bias() ? p.finish.bias : nullptr;
    if (batches.count >= std::size_t{1} << 31) return false;
    const plan& made = plan_for(lib, *f, with, key_of(p, batches, device), bias);
    if (!made.is_usable) return false;
    if (bias != nullptr && !set(f->set_operation, made.of, bias_pointer, bias)) return false;
    const std::size_t bytes = made.how.workspace_bytes;
    void* const workspace = bytes > 0 ? ctx.scratch(bytes) : nullptr;
    const float one = 1, zero = 0;
    const double long_one = 1, long_zero = 0;
    const bool is_double = p.type == dtype::float64;
    const std::size_t size = is_double ? 8 : p.type == dtype::float32 ? 4 : 2;
    for (std::size_t call = 0; call < batches.calls; ++call) {
        const matmul_batch at = p.sizes.batch(call * batches.count);
        char* const out = static_cast<char*>(p.out) + at.out * size;
        const status result = f->multiply(
            with, made.of, is_double ? static_cast<const void*>(&long_one) : &one,
            static_cast<const char*>(p.b) + at.b * size, made.b,
            static_cast<const char*>(p.a) + at.a * size, made.a,
            is_double ? static_cast<const void*>(&long_zero) : &zero, out, made.out, out, made.out,
            &made.how.of, workspace, bytes, static_cast<cudaStream_t>(ctx.stream()));
        if (result != 0 && call == 0) return false;
        if (result != 0)
            fail(errc::internal, "a product by cublasLt failed with status %d", result);
    }
    return true;
}

}  // namespace weft::cuda
