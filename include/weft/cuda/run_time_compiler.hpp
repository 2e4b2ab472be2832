// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Whether a GPU's kernels of fused expressions that no compiler for GPUs has seen are compiled when
// they first run, by NVRTC, and where they are kept for the next start of the program. It is one
// decision for the process, since a kernel is the process's. For programs that define WEFT_CUDA.
#pragma once

#include <string>

namespace weft {

struct run_time_compilation {
    // Otherwise, and where NVRTC is not found, such an expression runs by its parts.
    bool enabled = true;
    // A folder that is made when there is something to keep; "": kernels are not kept.
    std::string cache_folder = {};
};

// What is done unless the program says something else: by the environment, WEFT_RUN_TIME_COMPILER=0
// disables it and WEFT_KERNEL_CACHE names the folder, which else is $XDG_CACHE_HOME/weft or
// $HOME/.cache/weft.
run_time_compilation default_run_time_compilation();

// For expressions that have not run yet. May be called from any thread.
void set_run_time_compilation(run_time_compilation options);

}  // namespace weft
