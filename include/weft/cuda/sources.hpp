// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Kernels of CUDA GPUs for what has no elements to read: zeros, ones, full, iota, eye, shape and
// size, and random numbers: those of the CPU, from the same words of Philox. uniform and bernoulli
// give the same bits where the CPU's instructions do not multiply and add with one rounding, normal
// what CUDA's logarithm, sine and cosine give.
#pragma once

#include <weft/kernel/context.hpp>
#include <weft/ops/bernoulli.hpp>
#include <weft/ops/eye.hpp>
#include <weft/ops/full.hpp>
#include <weft/ops/iota.hpp>
#include <weft/ops/normal.hpp>
#include <weft/ops/ones.hpp>
#include <weft/ops/shape.hpp>
#include <weft/ops/uniform.hpp>
#include <weft/ops/zeros.hpp>

namespace weft {

namespace cuda {

// `element`, which the host has, everywhere; or where row and column are the same, 0 elsewhere.
void fill_elements(context<gpu>& ctx, const void* element, void* out, std::size_t size,
                   std::size_t element_bytes);
void fill_diagonal(context<gpu>& ctx, const void* element, void* out, std::size_t rows,
                   std::size_t columns, std::size_t element_bytes);

// For all element types of ops::iota on GPUs, and for floating-point ones.
template <class T>
void write_numbers(context<gpu>& ctx, T* out, std::size_t size);
template <class T>
void write_uniform(context<gpu>& ctx, const uniform_parameters& p, T* out, std::size_t size);
template <class T>
void write_normal(context<gpu>& ctx, const normal_parameters& p, T* out, std::size_t size);
// True for words below `below`.
void write_bernoulli(context<gpu>& ctx, std::uint64_t seed, std::uint64_t below, bool* out,
                     std::size_t size);

}  // namespace cuda

template <class T>
    requires(is_gpu_element<T>)
struct kernel<ops::zeros, cuda_gpu, T> {
    template <class Out>
    static void run(context<gpu>& ctx, const Out& out) {
        const T zero{};
        cuda::fill_elements(ctx, &zero, out.data(), out.size(), sizeof(T));
    }
};
template <class T>
    requires(is_gpu_element<T>)
struct kernel<ops::ones, cuda_gpu, T> {
    template <class Out>
    static void run(context<gpu>& ctx, const Out& out) {
        const T one = element_from<T>(1);
        cuda::fill_elements(ctx, &one, out.data(), out.size(), sizeof(T));
    }
};
template <class T>
    requires(is_gpu_element<T>)
struct kernel<ops::full, cuda_gpu, T> {
    template <class Out>
    static void run(context<gpu>& ctx, const fill_value<T>& parameters, const Out& out) {
        cuda::fill_elements(ctx, &parameters.value, out.data(), out.size(), sizeof(T));
    }
};
template <class T>
    requires(is_gpu_element<T>)
struct kernel<ops::eye, cuda_gpu, T> {
    template <class Out>
    static void run(context<gpu>& ctx, const Out& out) {
        const T one = element_from<T>(1);
        cuda::fill_diagonal(ctx, &one, out.data(), out.extent(0), out.extent(1), sizeof(T));
    }
};
template <class T>
    requires(is_gpu_element<T> && !std::is_same_v<T, bool>)
struct kernel<ops::iota, cuda_gpu, T> {
    template <class Out>
    static void run(context<gpu>& ctx, const Out& out) {
        cuda::write_numbers(ctx, out.data(), out.size());
    }
};

// They are known to the host.
template <class T>
    requires(is_gpu_element<T>)
struct kernel<ops::shape, cuda_gpu, T> {
    template <class Out, class In>
    static void run(context<gpu>& ctx, const Out& out, const In& in) {
        std::int64_t sizes[max_rank] = {};
        for (std::size_t axis = 0; axis < in.rank; ++axis)
            sizes[axis] = static_cast<std::int64_t>(in.extent(axis));
        if constexpr (In::rank > 0) ctx.upload(out.data(), sizes, In::rank * sizeof(std::int64_t));
    }
};
template <class T>
    requires(is_gpu_element<T>)
struct kernel<ops::size, cuda_gpu, T> {
    template <class Out, class In>
    static void run(context<gpu>& ctx, const Out& out, const In& in) {
        const auto size = static_cast<std::int64_t>(in.size());
        ctx.upload(out.data(), &size, sizeof size);
    }
};

template <class T>
    requires(is_floating<T>)
struct kernel<ops::uniform, cuda_gpu, T> {
    template <class Out>
    static void run(context<gpu>& ctx, const uniform_parameters& p, const Out& out) {
        cuda::write_uniform(ctx, p, out.data(), out.size());
    }
};
template <class T>
    requires(is_floating<T>)
struct kernel<ops::normal, cuda_gpu, T> {
    template <class Out>
    static void run(context<gpu>& ctx, const normal_parameters& p, const Out& out) {
        cuda::write_normal(ctx, p, out.data(), out.size());
    }
};
template <class T>
    requires(std::is_same_v<T, bool>)
struct kernel<ops::bernoulli, cuda_gpu, T> {
    template <class Out>
    static void run(context<gpu>& ctx, const bernoulli_parameters& p, const Out& out) {
        cuda::write_bernoulli(ctx, p.seed, bernoulli_threshold(p.p), out.data(), out.size());
    }
};

}  // namespace weft
