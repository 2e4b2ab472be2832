// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The emulated machine: its driver and devices, and what every function of the API begins with.
// Shared by the sources of this folder; tests see cuda_on_cpu.hpp.
#pragma once

#include "cuda_on_cpu.hpp"
#include "runtime_api.hpp"
#include "stream.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace cuda_on_cpu {

struct device_state {
    int number = 0;
    std::atomic<int> failed_with = cudaSuccess;   // sticky
    std::atomic<std::size_t> used = 0;
    std::atomic<std::size_t> most_used = 0;
    std::atomic<std::uint64_t> release_threshold = 0;
    std::atomic<unsigned> peers = 0;              // bit i: may reach device i
    std::mutex mutex;
    std::vector<std::unique_ptr<CUstream_st>> streams;   // also those that were destroyed
    CUstream_st* null_stream = nullptr;

    cudaError_t fault() const {
        return static_cast<cudaError_t>(failed_with.load(std::memory_order_relaxed));
    }
    // Fails the device for good; the first error stays.
    void fail(cudaError_t error, const char* text);
    CUstream_st* open_stream();
    // Waits for all streams.
    void drain();
};

// One function of the API.
struct api_function {
    std::atomic<long> calls = 0;
    std::atomic<long> fails_in = 0;   // 0: never
    std::atomic<int> fails_with = cudaSuccess;
};

struct machine_state {
    options is;
    std::array<device_state, most_devices> devices;
    std::atomic<long> kernel_faults_in = 0;
    std::atomic<int> kernel_faults_with = cudaSuccess;
    std::mutex mutex;
    std::string fault_text;
};
machine_state& machine();

api_function& function(std::string_view name);
device_state& current_device();
void set_current_device(int device);
// The stream of a handle, that of the device for null; null if it was destroyed.
CUstream_st* stream_of(cudaStream_t stream);

// Remembers an error as the calling thread's last one.
cudaError_t finish(cudaError_t error);
// Counts a call, then gives the error that it has to end with at once: on demand, for want of a
// driver, of a device, or because the current device has failed.
cudaError_t begin(api_function& of);
cudaError_t begin_without_device(api_function& of);

inline std::uint64_t next_random(std::uint64_t x) {  // xorshift
    x ^= x << 13;
    x ^= x >> 7;
    return x ^ x << 17;
}

}  // namespace cuda_on_cpu
