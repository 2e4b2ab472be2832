// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Whether a GPU can run the kernels of this library: they were compiled for some architectures, and
// CUDA notices a GPU of another one only when the first kernel is started. Asked once per device,
// before there is a stream.
#pragma once

#include <weft/core/error.hpp>

#include <string>

namespace weft::cuda {

// The error of a GPU that cannot be used at all.
error error_of_gpu(const std::string& device, const std::string& why);

// Throws that error unless the library has kernels for the current device, which is called `gpu`
// and has that compute capability.
void check_architecture(const std::string& device, const std::string& gpu, int major, int minor);

}  // namespace weft::cuda
