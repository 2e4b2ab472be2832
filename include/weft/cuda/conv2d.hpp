// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Convolutions on CUDA GPUs, by kernels of weft's own: a product of filters and of windows that are
// read from the image tile by tile, a loop over the window where each channel has filters of its
// own, and a product of matrices where the window is one element. half and bfloat16 are accumulated
// in float and rounded once, after the epilogue, whose bias has a number for each filter.
#pragma once

#include <weft/kernel/epilogue.hpp>
#include <weft/ops/conv2d.hpp>

namespace weft {

namespace cuda {

// out = x convolved with w, in order with the context's stream.
template <class T>
void convolve(context<gpu>& ctx, const conv2d_sizes& sizes, const T* x, const T* w, T* out,
              const epilogue& finish = {});

}  // namespace cuda

template <class T>
    requires(is_floating<T>)
struct kernel<ops::conv2d, cuda_gpu, T> {
    static constexpr bool has_epilogue = true;

    template <class Form, class Out, class X, class W>
    static void run(context<gpu>& ctx, const Form&, const Out& out, const X& x, const W& w,
                    const cuda::epilogue& finish = {}) {
        const conv2d_sizes sizes(Form::options, x.shape(), w.shape());
        cuda::convolve<T>(ctx, sizes, x.data(), w.data(), out.data(), finish);
    }
};

}  // namespace weft
