// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The kernel of CUDA GPUs for layer_norm. As on the CPU the mean is a double in two parts and the
// variance is made of differences to it; at most 8 elements, or squares, are added up in float,
// those sums in double. Nothing here knows how rows are divided among threads.
#pragma once

#include <weft/kernel/context.hpp>
#include <weft/ops/layer_norm.hpp>

namespace weft {

namespace cuda {

// `rows` rows of n elements; all is in the device's memory. T: float, double, half, bfloat16.
template <class T>
struct normalized_rows {
    const T* in;
    const T* scale;
    const T* shift;
    T* out;
    std::size_t rows, n;
    double epsilon;
};
template <class T>
void normalize_rows(context<gpu>& ctx, const normalized_rows<T>& rows);

}  // namespace cuda

template <class T>
    requires(is_floating<T>)
struct kernel<ops::layer_norm, cuda_gpu, T> {
    template <class Out, class Scale, class Shift>
    static void run(context<gpu>& ctx, const layer_norm_parameters& p, const Out& out,
                    const source<T>& in, const Scale& scale, const Shift& shift) {
        const std::size_t n = scale.size(), rows = n == 0 ? 0 : in.size() / n;
        cuda::normalize_rows<T>(
            ctx, {in.data(), scale.data(), shift.data(), out.data(), rows, n, p.epsilon});
    }
};

}  // namespace weft
