// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Kernels of CUDA GPUs that elements of an index steer: gather, scatter_add, one_hot. An index that
// is out of range reads and writes nothing; of one_hot it gives zeros, of the others it is reported
// to the context's faults: what is found first is told, and the device fails when it looks.
#pragma once

#include <weft/kernel/context.hpp>
#include <weft/ops/gather.hpp>
#include <weft/ops/one_hot.hpp>
#include <weft/ops/scatter_add.hpp>

namespace weft {

namespace cuda {

// The elements of an index, in the memory of the device.
struct index_values {
    const void* data;
    std::size_t count;
    bool wide;  // std::int64_t, else std::int32_t

    template <class I>
    index_values(const I* values, std::size_t size)
        : data(values), count(size), wide(sizeof(I) == 8) {}
};

// Reports an index that is out of range; for operands without elements.
void check_index(context<gpu>& ctx, const index_values& index, std::size_t extent);

void gather_elements(context<gpu>& ctx, const void* in, const axis_view& view,
                     const index_values& index, void* out, std::size_t element_bytes);

// The operands of a scatter_add along an axis of `view`.
struct scattered {
    const void* in;  // or the result itself
    axis_view view;
    index_values index;
    const void* updates;
    void* out;
};
// Adds in the order of the index, whatever the device. T: float, double, half, bfloat16; of
// integers those without a sign.
template <class T>
void scatter_add(context<gpu>& ctx, const scattered& operands);

// One integer is added like another of its size.
template <class T>
struct added_as {
    using type = T;
};
template <class T>
    requires(is_integer<T>)
struct added_as<T> {
    using type = std::make_unsigned_t<T>;
};

// Rows of `depth` elements, 0 but for `one` where the index says.
void one_hot(context<gpu>& ctx, const index_values& index, std::size_t depth, const void* one,
             void* out, std::size_t element_bytes);

}  // namespace cuda

template <class T, class I>
    requires(is_gpu_element<T>&& is_index<I>)
struct kernel<ops::gather, cuda_gpu, T, I> {
    template <std::size_t Axis, class Out, class In, class Index>
    static void run(context<gpu>& ctx, const along<Axis>&, const Out& out, const In& in,
                    const Index& index) {
        cuda::gather_elements(ctx, in.data(), axis_view(in.shape(), Axis),
                              {index.data(), index.size()}, out.data(), sizeof(T));
    }
};

template <class T, class I>
    requires(is_gpu_element<T> && !std::is_same_v<T, bool> && is_index<I>)
struct kernel<ops::scatter_add, cuda_gpu, T, I> {
    template <std::size_t Axis, class Out, class Index, class Updates>
    static void run(context<gpu>& ctx, const along<Axis>&, const Out& out, const source<T>& in,
                    const Index& index, const Updates& updates) {
        cuda::scatter_add<typename cuda::added_as<T>::type>(ctx, {in.data(),
                                                                  axis_view(out.shape(), Axis),
                                                                  {index.data(), index.size()},
                                                                  updates.data(),
                                                                  out.data()});
    }
};

template <class I>
    requires(is_index<I>)
struct kernel<ops::one_hot, cuda_gpu, I> {
    template <class Depth, class Out>
    static void run(context<gpu>& ctx, const Depth& p, const Out& out, const source<I>& index) {
        using T = typename Out::value_type;
        const T one = element_from<T>(1);
        cuda::one_hot(ctx, {index.data(), index.size()}, p.depth, &one, out.data(), sizeof(T));
    }
};

}  // namespace weft
