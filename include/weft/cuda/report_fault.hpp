// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How a kernel of a GPU says what is wrong with its operands: the first to find something writes
// it, and the host looks when the run has ended. Which op it is the report does not say, but
// which node.
#pragma once

#include <weft/cuda/loop_index.hpp>
#include <weft/kernel/context.hpp>

#include <cuda_runtime.h>

namespace weft::cuda {

// `index` of `extent` where the fault is out_of_range.
WEFT_DEVICE void report_fault(const gpu_fault_place& to, gpu_fault fault, long long index = 0,
                              long long extent = 0) {
    if (fault == gpu_fault::none || to.report == nullptr) return;
    if (atomicCAS(&to.report->fault, 0u, static_cast<unsigned>(fault)) != 0u) return;
    to.report->node = to.node;
    to.report->index = index;
    to.report->extent = extent;
}

}  // namespace weft::cuda
