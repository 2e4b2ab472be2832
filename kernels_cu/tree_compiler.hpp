// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Trees whose kernels no file of the program has: compiled by NVRTC when they first run, or taken
// from the cache of an earlier run, and launched. A kernel lives as long as the program. What
// cannot be compiled is tried once, said to the log, and from then on runs by its parts.
#pragma once

#include <weft/cuda/run_time_compiler.hpp>
#include <weft/kernel/context.hpp>
#include <weft/kernel/launch.hpp>

namespace weft::cuda {

// Whether a tree will be compiled, as far as is known; loads NVRTC.
bool compiles_tree(const launch_code& code);

// Launches it to the context's stream, on the current device, of that architecture (90 for sm_90).
// False: it has to run by its parts.
bool launch_compiled(context<gpu>& ctx, int architecture, const launch_code& code,
                     const tree_launch& what);

// Forgets all kernels, as if the program had just started; for tests, while nothing runs.
void forget_compiled();

}  // namespace weft::cuda
