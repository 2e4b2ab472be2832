// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The kernel of CUDA GPUs for cumsum: as on the CPU, sums of floating-point elements are double and
// rounded once each, though not added in the same order; integers wrap around. Nothing here knows
// how an axis is divided among threads.
#pragma once

#include <weft/cuda/reductions.hpp>
#include <weft/ops/cumsum.hpp>

namespace weft {

namespace cuda {

// Along the axis of `view`. T: floating-point, or integers without a sign.
template <class T>
void running_sums(context<gpu>& ctx, const T* in, const axis_view& view, T* out);

}  // namespace cuda

template <class T>
    requires(is_real<T>)
struct kernel<ops::cumsum, cuda_gpu, T> {
    template <class Along, class Out>
    static void run(context<gpu>& ctx, const Along&, const Out& out, const source<T>& in) {
        cuda::running_sums(ctx, cuda::reduced_elements(in.data()),
                           axis_view(in.shape(), Along::axis), cuda::reduced_elements(out.data()));
    }
};

}  // namespace weft
