// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Kernels by hand, beside those of weft: compiled by nvcc, called from files that g++ compiles.
// Each call starts one on a stream, from which graphs by hand are recorded too, and returns before
// it has run. Nothing here is of weft.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>

namespace bench {

// Keeps the stream busy for so many cycles of the GPU's clock.
cudaError_t hold_back(cudaStream_t stream, long long cycles);

// out = in + 1, n elements.
cudaError_t add_one(cudaStream_t stream, const float* in, float* out, std::size_t n);

}  // namespace bench
