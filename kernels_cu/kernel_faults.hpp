// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What kernels of a GPU find wrong with their operands, in memory of the host that they can write:
// looking at it costs nothing where nothing was found. Says what the CPU kernel would have said,
// and names the node. Runs side by side share it: the first to end after a fault is told of it.
#pragma once

#include <weft/graph/record.hpp>
#include <weft/runtime/node_error.hpp>

#include <cuda_runtime.h>

#include <atomic>
#include <string>

namespace weft::cuda {

class kernel_faults {
public:
    kernel_faults() = default;
    kernel_faults(const kernel_faults&) = delete;
    kernel_faults& operator=(const kernel_faults&) = delete;
    ~kernel_faults() {
        if (report_ != nullptr) static_cast<void>(cudaFreeHost(report_));
    }

    cudaError_t make() {
        void* memory = nullptr;
        const cudaError_t error = cudaHostAlloc(&memory, sizeof(gpu_fault_report),
                                                cudaHostAllocMapped | cudaHostAllocPortable);
        if (error == cudaSuccess) report_ = ::new (memory) gpu_fault_report{};
        return error;
    }
    gpu_fault_place place(const node_record* of) const noexcept { return {report_, of}; }

    // Throws error for the first fault since the last call; the kernels before have ended.
    void throw_first(const std::string& device) {
        // Acquire: the rest was written before the GPU said that it was done, which the caller saw.
        std::atomic_ref<unsigned> fault(report_->fault);
        if (fault.load(std::memory_order_acquire) == 0) return;
        const gpu_fault_report found = *report_;
        fault.store(0, std::memory_order_release);
        const auto kind = static_cast<gpu_fault>(found.fault);
        throw weft::detail::node_error(
            kind == gpu_fault::out_of_range ? errc::out_of_range : errc::invalid_argument,
            text_of(kind, found).c_str(), *static_cast<const node_record*>(found.node), device);
    }

private:
    static std::string text_of(gpu_fault kind, const gpu_fault_report& found) {
        switch (kind) {
            case gpu_fault::division_by_zero: return "division of integers by zero";
            case gpu_fault::negative_exponent:
                return "an integer to a negative power; write cast<float>(x)";
            default:
                return "index " + std::to_string(found.index) + " is out of range: there are " +
                       std::to_string(found.extent);
        }
    }

    gpu_fault_report* report_ = nullptr;
};

}  // namespace weft::cuda
