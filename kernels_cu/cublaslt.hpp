// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The part of cublasLt that products use, as declarations of weft's own: the library is loaded when
// it is first wanted, so neither its header nor the library itself is needed to build a program or
// to start it. cublaslt.cu compares the numbers with the header where there is one. Tests put
// functions of their own in the table.
#pragma once

#include <weft/kernel/epilogue.hpp>
#include <weft/ops/matmul_shape.hpp>

#include <cuda_runtime.h>

#include <cstdint>

namespace weft::cuda {

namespace cublaslt {

using handle = struct handle_of*;
using operation = struct operation_of*;
using layout = struct layout_of*;
using preference = struct preference_of*;
using status = int;  // 0: success

struct algorithm {
    std::uint64_t data[8];
};
struct heuristic_result {
    algorithm of;
    std::size_t workspace_bytes;
    status state;
    float waves;
    int reserved[4];
};

// The numbers of cublasLt's enumerations.
inline constexpr int real_32 = 0, real_64 = 1, real_16 = 2, real_bf16 = 14;
inline constexpr int compute_32 = 68, compute_64 = 70;  // float as float, not as TF32
inline constexpr int transpose_a = 3, transpose_b = 4, epilogue_of = 7, bias_pointer = 8;
inline constexpr int batch_count = 5, batch_offset = 6;
inline constexpr int most_workspace = 1, reduction_schemes = 3, alignment_a = 5, alignment_b = 6,
                     alignment_c = 7, alignment_d = 8;
inline constexpr std::uint32_t reduce_in_compute_type = 3;  // or in place; both in a fixed order
inline constexpr int epilogue_none = 1, epilogue_relu = 2, epilogue_bias = 4, epilogue_gelu = 32;

// Its functions, without the prefix cublasLt.
struct functions {
    status (*create)(handle*);
    status (*create_operation)(operation*, int compute, int scale);
    status (*set_operation)(operation, int attribute, const void*, std::size_t);
    status (*destroy_operation)(operation);
    status (*create_layout)(layout*, int type, std::uint64_t rows, std::uint64_t columns,
                            std::int64_t leading);
    status (*set_layout)(layout, int attribute, const void*, std::size_t);
    status (*destroy_layout)(layout);
    status (*create_preference)(preference*);
    status (*set_preference)(preference, int attribute, const void*, std::size_t);
    status (*destroy_preference)(preference);
    status (*find)(handle, operation, layout a, layout b, layout c, layout d, preference,
                   int wanted, heuristic_result*, int* found);
    status (*multiply)(handle, operation, const void* alpha, const void* a, layout of_a,
                       const void* b, layout of_b, const void* beta, const void* c, layout of_c,
                       void* d, layout of_d, const algorithm*, void* workspace,
                       std::size_t workspace_bytes, cudaStream_t);
};

// The table in use, null without the library; loaded by the first call. Any thread.
const functions* loaded();
// Replaces it and forgets all plans, which belonged to the one before; for tests. Null: no library.
void replace(const functions*);

}  // namespace cublaslt

// A product as cublasLt is asked for it: of floating-point elements.
struct library_product {
    dtype type;
    const void* a;
    const void* b;
    void* out;
    matmul_sizes sizes;
    epilogue finish;
};

// Sends the product to the context's stream; false, and nothing is done, where the library is not
// there or has no way to compute it.
bool multiply_by_library(context<gpu>& ctx, const library_product& product);

}  // namespace weft::cuda
