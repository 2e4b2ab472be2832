// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Products of matrices on CUDA GPUs: by cublasLt, if that library can be loaded, where it is worth
// its call, else by kernels of weft's own. Both accumulate half and bfloat16 in float, others in
// their own type, and round once; float is never multiplied as TF32. What an epilogue does comes
// before the rounding. Which of both is taken depends on sizes and alignment, not on chance: the
// same operands give the same bits on the same GPU.
#pragma once

#include <weft/kernel/epilogue.hpp>
#include <weft/ops/matmul.hpp>

namespace weft {

namespace cuda {

// out = a * b for each matrix of a batch, in order with the context's stream.
template <class T>
void multiply(context<gpu>& ctx, const matmul_sizes& sizes, const T* a, const T* b, T* out,
              const epilogue& finish = {});

}  // namespace cuda

template <class T>
    requires(is_gpu_element<T> && !std::is_same_v<T, bool>)
struct kernel<ops::matmul, cuda_gpu, T> {
    static constexpr bool has_epilogue = true;

    template <class Form, class Out, class A, class B>
    static void run(context<gpu>& ctx, const Form&, const Out& out, const A& a, const B& b,
                    const cuda::epilogue& finish = {}) {
        const matmul_sizes sizes(a.shape(), Form::transpose_a, b.shape(), Form::transpose_b);
        cuda::multiply<T>(ctx, sizes, a.data(), b.data(), out.data(), finish);
    }
};

}  // namespace weft
