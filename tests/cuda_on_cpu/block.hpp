// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Runs the grid of a kernel on the calling thread: one block after the other, the threads of a
// block as fibers that switch at barriers and warp operations only. A kernel without any is a plain
// loop on one fiber. For ThreadSanitizer each thread of a block is a thread of its own that nothing
// but barriers orders, so that a missing __syncthreads is a data race. Knows no stream and no
// device.
#pragma once

#include "vector_types.hpp"

#include <cstddef>

namespace cuda_on_cpu {

inline constexpr unsigned most_threads = 1024;  // of a block

// A kernel with its arguments.
class kernel_call {
public:
    kernel_call() = default;
    kernel_call(const kernel_call&) = delete;
    kernel_call& operator=(const kernel_call&) = delete;
    virtual ~kernel_call() = default;
    // What one thread does.
    virtual void run_thread() const = 0;
};

// Runs all threads of all blocks, at most `most_threads` in each. Null, or what went wrong: a
// divergent barrier, a trap, an exception; the rest of the grid is left out then. The text lives
// until the next call in this thread. With `backwards` blocks run in the opposite order, which
// CUDA leaves open.
const char* run_grid(dim3 grid, dim3 block, const kernel_call& kernel, bool backwards);

}  // namespace cuda_on_cpu
