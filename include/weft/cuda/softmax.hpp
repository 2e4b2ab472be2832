// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Kernels of CUDA GPUs for softmax, log_softmax, logsumexp and softmax_cross_entropy. -inf, NaN and
// rows of nothing are as on the CPU; at most 8 exponentials are added up in float, those sums in
// double. A label that is no class is reported to the context's faults, and its loss is not
// written. Nothing here knows how rows are divided among threads: see kernels_cu/softmax.cu.
#pragma once

#include <weft/kernel/context.hpp>
#include <weft/ops/log_softmax.hpp>
#include <weft/ops/logsumexp.hpp>
#include <weft/ops/softmax.hpp>
#include <weft/ops/softmax_cross_entropy.hpp>

namespace weft {

namespace cuda {

// What is made of a row: an element for each of its elements, or one for all.
enum class softmax_result : unsigned { share, log_share, log_sum, loss };

// Of `loss` only, one label for each row, in the device's memory.
struct row_labels {
    const void* data = nullptr;
    bool wide = false;  // std::int64_t, else std::int32_t
};

// Rows along the axis of `view`. T: float, double, half, bfloat16.
template <class T>
void softmax_rows(context<gpu>& ctx, softmax_result result, const T* in, const axis_view& view,
                  T* out, const row_labels& labels = {});

}  // namespace cuda

template <class Op, class T>
    requires((std::is_same_v<Op, ops::softmax> || std::is_same_v<Op, ops::log_softmax>)&&  //
             is_floating<T>)
struct kernel<Op, cuda_gpu, T> {
    template <class Along, class Out>
    static void run(context<gpu>& ctx, const Along&, const Out& out, const source<T>& in) {
        using result = cuda::softmax_result;
        cuda::softmax_rows(ctx,
                           std::is_same_v<Op, ops::softmax> ? result::share : result::log_share,
                           in.data(), axis_view(in.shape(), Along::axis), out.data());
    }
};

template <class T>
    requires(is_floating<T>)
struct kernel<ops::logsumexp, cuda_gpu, T> {
    template <class Axes, class Out>
    static void run(context<gpu>& ctx, const Axes&, const Out& out, const source<T>& in) {
        const axis_view view(in.shape(), static_cast<std::size_t>(__builtin_ctz(Axes::mask)));
        cuda::softmax_rows(ctx, cuda::softmax_result::log_sum, in.data(), view, out.data());
    }
};

template <class T, class Label>
    requires(is_floating<T>&& is_index<Label>)
struct kernel<ops::softmax_cross_entropy, cuda_gpu, T, Label> {
    template <class Out, class Labels>
    static void run(context<gpu>& ctx, const Out& out, const source<T>& logits,
                    const Labels& labels) {
        cuda::softmax_rows(ctx, cuda::softmax_result::loss, logits.data(),
                           axis_view(logits.shape(), logits.shape().rank - 1), out.data(),
                           {labels.data(), sizeof(Label) == 8});
    }
};

}  // namespace weft
