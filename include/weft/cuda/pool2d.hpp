// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Pooling on CUDA GPUs: a thread for each element of the result, which goes through its window in
// the order of the CPU's kernel, so that results are the same to the bit. NaN is the maximum where
// there is one.
#pragma once

#include <weft/ops/avg_pool2d.hpp>
#include <weft/ops/max_pool2d.hpp>

namespace weft {

namespace cuda {

// The largest element of each window, and the mean, of padding as zeros or without it.
template <class T>
void pool_maxima(context<gpu>& ctx, const window_sizes& sizes, const T* x, T* out);
template <class T>
void pool_means(context<gpu>& ctx, const window_sizes& sizes, bool count_padding, const T* x,
                T* out);

}  // namespace cuda

template <class T>
    requires(is_real<T>)
struct kernel<ops::max_pool2d, cuda_gpu, T> {
    template <class Form, class Out, class X>
    static void run(context<gpu>& ctx, const Form&, const Out& out, const X& x) {
        cuda::pool_maxima<T>(ctx, Form::sizes(x.shape()), x.data(), out.data());
    }
};

template <class T>
    requires(is_floating<T>)
struct kernel<ops::avg_pool2d, cuda_gpu, T> {
    template <class Form, class Out, class X>
    static void run(context<gpu>& ctx, const Form&, const Out& out, const X& x) {
        cuda::pool_means<T>(ctx, Form::sizes(x.shape()), Form::count_padding, x.data(),
                            out.data());
    }
};

}  // namespace weft
