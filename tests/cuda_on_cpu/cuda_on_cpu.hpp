// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How tests steer "CUDA on the CPU": which GPUs and driver there are, what fails and when, and what
// was called. Members may be called from any thread, but set_up() only while nothing uses a device.
#pragma once

#include "runtime_types.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cuda_on_cpu {

inline constexpr int most_devices = 8;
inline constexpr bool counts_calls = true;  // see tests/gpu

struct options {
    int devices = 1;                                // 0 to most_devices
    std::size_t memory = std::size_t{1} << 30;      // bytes of each
    int multiprocessors = 4;
    int driver = 13000;                             // 0: no driver is installed
    bool peers = true;                              // whether devices reach each other's memory
    // Not 0: work waits for random times before it begins, blocks of kernels run in either order,
    // and so do nodes of graphs as far as their edges allow.
    std::uint64_t seed = 0;
};

// Begins anew: no faults, no failures on demand, counts of calls at 0. Waits for all streams.
void set_up(const options& machine = {});

// How often the function of that name was called since set_up() or reset_calls(): "cudaMalloc".
long calls(std::string_view name);
void reset_calls();

// The n-th call of that function from now on, the first being 1, gives `error` and does nothing.
void fail_call(std::string_view name, long n, cudaError_t error);
// The n-th kernel that begins from now on fails with `error` when it runs, and its device with it.
void fault_kernel(long n, cudaError_t error = cudaErrorIllegalAddress);
// Every call for that device gives `error` from now on.
void lose_device(int device, cudaError_t error = cudaErrorECCUncorrectable);

// Allocations of device and pinned memory that were not freed.
std::size_t live_allocations();
// What was found wrong with memory since the last call, the first such finding; looks at all
// guards. Empty if nothing was.
std::string violation();
// What made a kernel fail, since set_up(): the first text. Empty if none did.
std::string fault_text();

}  // namespace cuda_on_cpu
