// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How host code starts a kernel: on the stream of its context, with arguments converted to the
// kernel's parameters, through the typed call of the runtime and never `<<<...>>>`, so that a C++
// compiler can read the file too. What CUDA refuses becomes a failure. Knows no op and no element
// type. For files that a compiler for GPUs compiles.
#pragma once

#include <weft/core/failure.hpp>
#include <weft/kernel/context.hpp>

#include <cuda_runtime.h>

#include <cstddef>

namespace weft::cuda {

// The code of a CUDA error: only what the caller did wrong is internal.
inline errc code_of(cudaError_t error) {
    switch (error) {
        case cudaSuccess: return errc::ok;
        case cudaErrorMemoryAllocation:
        case cudaErrorLaunchOutOfResources: return errc::resource_exhausted;
        case cudaErrorInvalidValue:
        case cudaErrorInvalidConfiguration:
        case cudaErrorInvalidResourceHandle:
        case cudaErrorInvalidDeviceFunction: return errc::internal;
        default: return errc::unavailable;
    }
}

// Fails if `error` is one; `what` names the call. The error is taken back from the runtime, which
// would hand it to the next caller of cudaGetLastError; those that a device keeps stay.
inline void check(cudaError_t error, const char* what) {
    if (error == cudaSuccess) return;
    static_cast<void>(cudaGetLastError());
    fail(code_of(error), "%s: %s (%s)", what, cudaGetErrorName(error), cudaGetErrorString(error));
}

// Starts `kernel` on the context's stream with `blocks` blocks of `threads` threads; it runs later.
// Without blocks nothing is started.
template <class... P, class... A>
void launch(context<gpu>& ctx, void (*kernel)(P...), unsigned blocks, unsigned threads,
            const A&... args) {
    static_assert(sizeof...(P) == sizeof...(A), "weft: a kernel needs one argument per parameter");
    if (blocks == 0) return;
    cudaLaunchConfig_t config{};
    config.gridDim = dim3(blocks);
    config.blockDim = dim3(threads);
    config.stream = static_cast<cudaStream_t>(ctx.stream());
    check(cudaLaunchKernelEx(&config, kernel, static_cast<P>(args)...), "launch of a kernel");
}

// The blocks for a kernel that strides over `n` items, `per_block` of them in one step of a block:
// as many as needed, but no more than `waves` for each multiprocessor. None for no items.
inline unsigned blocks_for(const context<gpu>& ctx, std::size_t n, std::size_t per_block,
                           unsigned waves = 16) {
    const std::size_t needed = n / per_block + (n % per_block != 0 ? 1 : 0);
    const auto multiprocessors = static_cast<std::size_t>(ctx.multiprocessors());
    const std::size_t most = (multiprocessors == 0 ? 1 : multiprocessors) * waves;
    return static_cast<unsigned>(needed < most ? needed : most);
}

}  // namespace weft::cuda
