// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Kernels of CUDA GPUs that move elements without looking at them: copies, parts of tensors and
// tensors of parts, broadcasts, transpositions. What the library has for them knows how many bytes
// an element has, and no type: kernels_cu/spans.cu and strides.cu. Operands and results do not
// overlap, but that one that is only copied may be the result already.
#pragma once

#include <weft/kernel/context.hpp>
#include <weft/ops/broadcast_to.hpp>
#include <weft/ops/concat.hpp>
#include <weft/ops/expand_dims.hpp>
#include <weft/ops/identity.hpp>
#include <weft/ops/pad.hpp>
#include <weft/ops/slice.hpp>
#include <weft/ops/split.hpp>
#include <weft/ops/squeeze.hpp>
#include <weft/ops/stack.hpp>
#include <weft/ops/transpose.hpp>

namespace weft {

namespace cuda {

// Spans of an operand and where they go.
struct operand_spans {
    const void* data;
    spans of;
};
// The spans of all operands to `out`; distances and lengths are in elements.
void copy_spans(context<gpu>& ctx, const operand_spans* operands, std::size_t count, void* out,
                std::size_t element_bytes);
// All elements, unless they are there.
void copy_elements(context<gpu>& ctx, const void* in, void* out, std::size_t size,
                   std::size_t element_bytes);

// Rows with elements before and after them: `outer` rows of `middle` elements of `in`.
struct padded_rows {
    std::size_t outer, first, middle, last;
};
void pad_rows(context<gpu>& ctx, const void* in, const padded_rows& rows, const void* element,
              void* out, std::size_t element_bytes);

void broadcast_elements(context<gpu>& ctx, const void* in, const dims& from, void* out,
                        const dims& to, std::size_t element_bytes);
// Axis i of the result is axis order[i] of the operand, whose shape is `shape`.
void transpose_elements(context<gpu>& ctx, const void* in, const dims& shape, const dims& order,
                        void* out, std::size_t element_bytes);

// Ops whose result has the elements of their operand, in the same order.
template <class Op>
inline constexpr bool keeps_elements =
    std::is_same_v<Op, ops::identity> || std::is_same_v<Op, ops::reshape> ||
    std::is_same_v<Op, ops::expand_dims> || std::is_same_v<Op, ops::squeeze>;

}  // namespace cuda

template <class Op, class T>
    requires(cuda::keeps_elements<Op>&& is_gpu_element<T>)
struct kernel<Op, cuda_gpu, T> {
    template <class Out>
    static void run(context<gpu>& ctx, const Out& out, const source<T>& in) {
        cuda::copy_elements(ctx, in.data(), out.data(), in.size(), sizeof(T));
    }
    template <class Parameters, class Out>
    static void run(context<gpu>& ctx, const Parameters&, const Out& out, const source<T>& in) {
        run(ctx, out, in);
    }
};

template <class T>
    requires(is_gpu_element<T>)
struct kernel<ops::broadcast_to, cuda_gpu, T> {
    template <class Target, class Out, class In>
    static void run(context<gpu>& ctx, const Target&, const Out& out, const In& in) {
        cuda::broadcast_elements(ctx, in.data(), in.shape(), out.data(), out.shape(), sizeof(T));
    }
};

template <class T>
    requires(is_gpu_element<T>)
struct kernel<ops::transpose, cuda_gpu, T> {
    template <class Order, class Out, class In>
    static void run(context<gpu>& ctx, const Order&, const Out& out, const In& in) {
        cuda::transpose_elements(ctx, in.data(), in.shape(), Order::value, out.data(), sizeof(T));
    }
};

template <class T>
    requires(is_gpu_element<T>)
struct kernel<ops::concat, cuda_gpu, T> {
    template <std::size_t Axis, class Out, class... In>
    static void run(context<gpu>& ctx, const along<Axis>&, const Out& out, const In&... in) {
        const axis_view to(out.shape(), Axis);
        const std::size_t lengths[] = {in.extent(Axis) * to.inner...};
        cuda::operand_spans parts[] = {{in.data(), {}}...};
        std::size_t at = 0;
        for (std::size_t i = 0; i < sizeof...(In); at += lengths[i++])
            parts[i].of = {to.outer, lengths[i], 0, lengths[i], at, to.n * to.inner};
        cuda::copy_spans(ctx, parts, sizeof...(In), out.data(), sizeof(T));
    }
};

template <class T>
    requires(is_gpu_element<T>)
struct kernel<ops::stack, cuda_gpu, T> {
    template <std::size_t Axis, class Out, class... In>
    static void run(context<gpu>& ctx, const along<Axis>&, const Out& out, const In&... in) {
        const axis_view to(out.shape(), Axis);
        cuda::operand_spans parts[] = {{in.data(), {}}...};
        for (std::size_t i = 0; i < sizeof...(In); ++i)
            parts[i].of = {to.outer, to.inner, 0, to.inner, i * to.inner, to.n * to.inner};
        cuda::copy_spans(ctx, parts, sizeof...(In), out.data(), sizeof(T));
    }
};

template <class T>
    requires(is_gpu_element<T>)
struct kernel<ops::split, cuda_gpu, T> {
    template <class Part, class Out>
    static void run(context<gpu>& ctx, const Part& part, const Out& out, const source<T>& in) {
        const axis_view view(in.shape(), Part::axis);
        const std::size_t length = out.extent(Part::axis) * view.inner;
        const cuda::operand_spans all{
            in.data(), {view.outer, length, part.part * length, view.n * view.inner, 0, length}};
        cuda::copy_spans(ctx, &all, 1, out.data(), sizeof(T));
    }
};

template <class T>
    requires(is_gpu_element<T>)
struct kernel<ops::slice, cuda_gpu, T> {
    template <class Range, class Out>
    static void run(context<gpu>& ctx, const Range&, const Out& out, const source<T>& in) {
        const axis_view view(in.shape(), Range::axis);
        const std::size_t length = out.extent(Range::axis) * view.inner;
        const cuda::operand_spans all{
            in.data(),
            {view.outer, length, Range::first * view.inner, view.n * view.inner, 0, length}};
        cuda::copy_spans(ctx, &all, 1, out.data(), sizeof(T));
    }
};

template <class T>
    requires(is_gpu_element<T>)
struct kernel<ops::pad, cuda_gpu, T> {
    template <class Padding, class Out>
    static void run(context<gpu>& ctx, const Padding& p, const Out& out, const source<T>& in) {
        const axis_view view(in.shape(), p.axis);
        const cuda::padded_rows rows{view.outer, p.before * view.inner, view.n * view.inner,
                                     p.after * view.inner};
        cuda::pad_rows(ctx, in.data(), rows, &p.value, out.data(), sizeof(T));
    }
};

}  // namespace weft
