// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The GPUs of this machine, as CUDA counts them: /gpu:0 of a session is the first. Asking never
// fails. Without a driver, with one that is too old, or where no GPU may be used there are none,
// and a sentence says why. Defined in the library that is built with CUDA.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace weft {

struct cuda_device_info {
    int index = 0;
    std::string name{};  // "NVIDIA H100 80GB HBM3"
    int major = 0;       // compute capability
    int minor = 0;
    std::size_t total_memory = 0;  // bytes
    std::size_t free_memory = 0;   // now, with what other processes use taken off
    int multiprocessors = 0;
};

// All of them, in the order of their numbers. The first call for a GPU makes CUDA ready on it, for
// its free memory, which takes some tenths of a second and some memory there; a session does that
// in any case. Any thread.
std::vector<cuda_device_info> cuda_devices();

// Why cuda_devices() is empty, and what to do; empty where it is not. Any thread.
std::string cuda_unavailable_reason();

}  // namespace weft
