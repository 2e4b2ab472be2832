// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Kernels of CUDA GPUs that reduce axes: sum, mean, prod, max, min, all, any, argmax, argmin; their
// results are those of the CPU's but for the order of additions. Sums and products are accumulated
// in double; at most 8 floats are added in float before. kernels_cu/reduce_pass.hpp says how work
// is divided; nothing here knows.
#pragma once

#include <weft/kernel/context.hpp>
#include <weft/ops/all.hpp>
#include <weft/ops/any.hpp>
#include <weft/ops/argmax.hpp>
#include <weft/ops/argmin.hpp>
#include <weft/ops/mean.hpp>
#include <weft/ops/min.hpp>
#include <weft/ops/prod.hpp>

namespace weft {

namespace cuda {

// Addresses are the device's. T of sums and products: floating-point, or integers without a sign.
template <class T>
void reduce_sum(context<gpu>& ctx, const T* in, const dims& shape, unsigned mask, T* out,
                bool is_mean);
template <class T>
void reduce_product(context<gpu>& ctx, const T* in, const dims& shape, unsigned mask, T* out);
template <class T>
void reduce_extreme(context<gpu>& ctx, const T* in, const dims& shape, unsigned mask, T* out,
                    bool largest);
template <class T>
void find_extreme(context<gpu>& ctx, const T* in, const dims& shape, unsigned mask,
                  std::int64_t* out, bool largest);

// One integer is added and multiplied like another of its size, and bools are 0 or 1.
template <class T>
struct reduced_as {
    using type = T;
};
template <class T>
    requires(is_integer<T>)
struct reduced_as<T> {
    using type = std::make_unsigned_t<T>;
};
template <>
struct reduced_as<bool> {
    using type = std::uint8_t;
};
template <class T>
const auto* reduced_elements(const T* x) {
    return reinterpret_cast<const typename reduced_as<T>::type*>(x);
}
template <class T>
auto* reduced_elements(T* x) {
    return reinterpret_cast<typename reduced_as<T>::type*>(x);
}

}  // namespace cuda

template <class Op, class T>
    requires((std::is_same_v<Op, ops::sum> ||
              std::is_same_v<Op, ops::mean>)&&is_real<T>&& has_kernel<Op, cpu, T>)
struct kernel<Op, cuda_gpu, T> {
    template <class Axes, class Out>
    static void run(context<gpu>& ctx, const Axes&, const Out& out, const source<T>& in) {
        cuda::reduce_sum(ctx, cuda::reduced_elements(in.data()), in.shape(), Axes::mask,
                         cuda::reduced_elements(out.data()), std::is_same_v<Op, ops::mean>);
    }
};

template <class T>
    requires(is_real<T>)
struct kernel<ops::prod, cuda_gpu, T> {
    template <class Axes, class Out>
    static void run(context<gpu>& ctx, const Axes&, const Out& out, const source<T>& in) {
        cuda::reduce_product(ctx, cuda::reduced_elements(in.data()), in.shape(), Axes::mask,
                             cuda::reduced_elements(out.data()));
    }
};

template <class Op, class T>
    requires((std::is_same_v<Op, ops::max> || std::is_same_v<Op, ops::min>)&&is_real<T>)
struct kernel<Op, cuda_gpu, T> {
    template <class Axes, class Out>
    static void run(context<gpu>& ctx, const Axes&, const Out& out, const source<T>& in) {
        cuda::reduce_extreme(ctx, in.data(), in.shape(), Axes::mask, out.data(),
                             std::is_same_v<Op, ops::max>);
    }
};

template <class Op, class T>
    requires((std::is_same_v<Op, ops::argmax> || std::is_same_v<Op, ops::argmin>)&&is_real<T>)
struct kernel<Op, cuda_gpu, T> {
    template <class Axes, class Out>
    static void run(context<gpu>& ctx, const Axes&, const Out& out, const source<T>& in) {
        cuda::find_extreme(ctx, in.data(), in.shape(), Axes::mask, out.data(),
                           std::is_same_v<Op, ops::argmax>);
    }
};

// Of 0 and 1, all is the product, and any the largest, which of nothing is 0.
template <class T>
    requires(std::is_same_v<T, bool>)
struct kernel<ops::all, cuda_gpu, T> {
    template <class Axes, class Out>
    static void run(context<gpu>& ctx, const Axes&, const Out& out, const source<T>& in) {
        cuda::reduce_product(ctx, cuda::reduced_elements(in.data()), in.shape(), Axes::mask,
                             cuda::reduced_elements(out.data()));
    }
};
template <class T>
    requires(std::is_same_v<T, bool>)
struct kernel<ops::any, cuda_gpu, T> {
    template <class Axes, class Out>
    static void run(context<gpu>& ctx, const Axes&, const Out& out, const source<T>& in) {
        cuda::reduce_extreme(ctx, cuda::reduced_elements(in.data()), in.shape(), Axes::mask,
                             cuda::reduced_elements(out.data()), true);
    }
};

}  // namespace weft
