// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The functions of the API about devices and errors, and the launch of a kernel.
#include "capture.hpp"
#include "machine.hpp"

#include <cstdio>

using cuda_on_cpu::api_function;
using cuda_on_cpu::begin;
using cuda_on_cpu::begin_without_device;
using cuda_on_cpu::current_device;
using cuda_on_cpu::device_state;
using cuda_on_cpu::finish;
using cuda_on_cpu::function;
using cuda_on_cpu::machine;

namespace {

struct error_entry {
    cudaError_t code;
    const char* name;
    const char* text;
};
constexpr error_entry errors[] = {
    {cudaSuccess, "cudaSuccess", "no error"},
    {cudaErrorInvalidValue, "cudaErrorInvalidValue", "invalid argument"},
    {cudaErrorMemoryAllocation, "cudaErrorMemoryAllocation", "out of memory"},
    {cudaErrorInitializationError, "cudaErrorInitializationError", "initialization error"},
    {cudaErrorInvalidConfiguration, "cudaErrorInvalidConfiguration",
     "invalid configuration argument"},
    {cudaErrorInsufficientDriver, "cudaErrorInsufficientDriver",
     "CUDA driver version is insufficient for CUDA runtime version"},
    {cudaErrorNoDevice, "cudaErrorNoDevice", "no CUDA-capable device is detected"},
    {cudaErrorInvalidDevice, "cudaErrorInvalidDevice", "invalid device ordinal"},
    {cudaErrorECCUncorrectable, "cudaErrorECCUncorrectable",
     "uncorrectable ECC error encountered"},
    {cudaErrorInvalidResourceHandle, "cudaErrorInvalidResourceHandle", "invalid resource handle"},
    {cudaErrorNotReady, "cudaErrorNotReady", "device not ready"},
    {cudaErrorIllegalAddress, "cudaErrorIllegalAddress",
     "an illegal memory access was encountered"},
    {cudaErrorLaunchOutOfResources, "cudaErrorLaunchOutOfResources",
     "too many resources requested for launch"},
    {cudaErrorLaunchFailure, "cudaErrorLaunchFailure", "unspecified launch failure"},
    {cudaErrorNotSupported, "cudaErrorNotSupported", "operation not supported"},
    {cudaErrorStreamCaptureUnsupported, "cudaErrorStreamCaptureUnsupported",
     "operation not permitted when stream is capturing"},
    {cudaErrorStreamCaptureInvalidated, "cudaErrorStreamCaptureInvalidated",
     "operation failed due to a previous error during capture"},
    {cudaErrorStreamCaptureUnjoined, "cudaErrorStreamCaptureUnjoined",
     "capturing stream has unjoined work"},
    {cudaErrorGraphExecUpdateFailure, "cudaErrorGraphExecUpdateFailure",
     "the graph update was not performed because it included changes which violated constraints"},
    {cudaErrorUnknown, "cudaErrorUnknown", "unknown error"},
};

const error_entry& entry_of(cudaError_t error) {
    static constexpr error_entry other = {cudaErrorUnknown, "a CUDA error",
                                          "one that the tests have no text for"};
    for (const error_entry& each : errors)
        if (each.code == error) return each;
    return other;
}

bool is_device(int number) { return number >= 0 && number < machine().is.devices; }

}  // namespace

const char* cudaGetErrorName(cudaError_t error) { return entry_of(error).name; }
const char* cudaGetErrorString(cudaError_t error) { return entry_of(error).text; }

cudaError_t cudaDriverGetVersion(int* version) {
    *version = machine().is.driver;
    return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int* version) {
    *version = 13000;
    return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int* count) {
    static api_function& self = function("cudaGetDeviceCount");
    if (const cudaError_t error = begin_without_device(self)) return error;
    *count = machine().is.devices;
    return cudaSuccess;
}

cudaError_t cudaSetDevice(int device) {
    static api_function& self = function("cudaSetDevice");
    if (const cudaError_t error = begin_without_device(self)) return error;
    if (!is_device(device)) return finish(cudaErrorInvalidDevice);
    cuda_on_cpu::set_current_device(device);
    return finish(current_device().fault());
}

cudaError_t cudaGetDevice(int* device) {
    static api_function& self = function("cudaGetDevice");
    if (const cudaError_t error = begin_without_device(self)) return error;
    *device = current_device().number;
    return cudaSuccess;
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
    static api_function& self = function("cudaGetDeviceProperties");
    if (const cudaError_t error = begin_without_device(self)) return error;
    if (!is_device(device)) return finish(cudaErrorInvalidDevice);
    *properties = {};
    std::snprintf(properties->name, sizeof properties->name, "CUDA on the CPU %d", device);
    properties->totalGlobalMem = machine().is.memory;
    properties->sharedMemPerBlock = 48 * 1024;
    properties->regsPerBlock = 65536;
    properties->warpSize = 32;
    properties->maxThreadsPerBlock = static_cast<int>(cuda_on_cpu::most_threads);
    properties->maxThreadsDim[0] = properties->maxThreadsDim[1] = 1024;
    properties->maxThreadsDim[2] = 64;
    properties->maxGridSize[0] = 0x7fffffff;
    properties->maxGridSize[1] = properties->maxGridSize[2] = 65535;
    properties->major = 9;
    properties->multiProcessorCount = machine().is.multiprocessors;
    properties->concurrentKernels = 1;
    properties->pciBusID = device + 1;
    properties->asyncEngineCount = 2;
    properties->unifiedAddressing = 1;
    properties->l2CacheSize = 1 << 20;
    properties->maxThreadsPerMultiProcessor = 2048;
    properties->memoryPoolsSupported = 1;
    return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int device) {
    static api_function& self = function("cudaDeviceGetAttribute");
    if (const cudaError_t error = begin_without_device(self)) return error;
    if (!is_device(device)) return finish(cudaErrorInvalidDevice);
    switch (attribute) {
    case cudaDevAttrMaxThreadsPerBlock: *value = static_cast<int>(cuda_on_cpu::most_threads); break;
    case cudaDevAttrMaxSharedMemoryPerBlock: *value = 48 * 1024; break;
    case cudaDevAttrWarpSize: *value = 32; break;
    case cudaDevAttrMultiProcessorCount: *value = machine().is.multiprocessors; break;
    case cudaDevAttrL2CacheSize: *value = 1 << 20; break;
    case cudaDevAttrMaxThreadsPerMultiProcessor: *value = 2048; break;
    case cudaDevAttrAsyncEngineCount: *value = 2; break;
    case cudaDevAttrComputeCapabilityMajor: *value = 9; break;
    case cudaDevAttrComputeCapabilityMinor: *value = 0; break;
    case cudaDevAttrClockRate:
    case cudaDevAttrMemoryClockRate: *value = 1'000'000; break;   // kHz
    case cudaDevAttrGlobalMemoryBusWidth: *value = 128; break;    // bits
    case cudaDevAttrConcurrentKernels:
    case cudaDevAttrUnifiedAddressing:
    case cudaDevAttrMemoryPoolsSupported: *value = 1; break;
    }
    return cudaSuccess;
}

cudaError_t cudaDeviceSynchronize() {
    static api_function& self = function("cudaDeviceSynchronize");
    if (const cudaError_t error = begin(self)) return error;
    if (const cudaError_t error = cuda_on_cpu::refuse_in_capture()) return finish(error);
    current_device().drain();
    return finish(current_device().fault());
}

cudaError_t cudaDeviceCanAccessPeer(int* can, int device, int peer) {
    static api_function& self = function("cudaDeviceCanAccessPeer");
    if (const cudaError_t error = begin_without_device(self)) return error;
    if (!is_device(device) || !is_device(peer)) return finish(cudaErrorInvalidDevice);
    *can = machine().is.peers && device != peer ? 1 : 0;
    return cudaSuccess;
}

cudaError_t cudaDeviceEnablePeerAccess(int peer, unsigned flags) {
    static api_function& self = function("cudaDeviceEnablePeerAccess");
    if (const cudaError_t error = begin(self)) return error;
    if (flags != 0) return finish(cudaErrorInvalidValue);
    if (!is_device(peer) || peer == current_device().number) return finish(cudaErrorInvalidDevice);
    if (!machine().is.peers) return finish(cudaErrorPeerAccessUnsupported);
    const unsigned bit = 1u << peer;
    const bool already = (current_device().peers.fetch_or(bit) & bit) != 0;
    return finish(already ? cudaErrorPeerAccessAlreadyEnabled : cudaSuccess);
}

cudaError_t cudaMemGetInfo(std::size_t* free_bytes, std::size_t* total_bytes) {
    static api_function& self = function("cudaMemGetInfo");
    if (const cudaError_t error = begin(self)) return error;
    *total_bytes = machine().is.memory;
    *free_bytes = machine().is.memory - current_device().used.load();
    return cudaSuccess;
}

namespace cuda_on_cpu {

namespace {

void run_kernel(device_state& device, const cudaLaunchConfig_t& config, const kernel_call& call,
                bool backwards) {
    machine_state& all = machine();
    if (all.kernel_faults_in.load(std::memory_order_relaxed) > 0 &&
        all.kernel_faults_in.fetch_sub(1, std::memory_order_relaxed) == 1) {
        const int error = all.kernel_faults_with.load(std::memory_order_relaxed);
        return device.fail(static_cast<cudaError_t>(error), "a fault that the test asked for");
    }
    const char* const text = run_grid(config.gridDim, config.blockDim, call, backwards);
    if (text != nullptr) device.fail(cudaErrorLaunchFailure, text);
}

bool fits(const dim3& grid, const dim3& block) {
    const std::uint64_t threads = std::uint64_t{block.x} * block.y * block.z;
    const bool block_fits = block.x <= 1024 && block.y <= 1024 && block.z <= 64 && threads >= 1 &&
                            threads <= most_threads;
    return block_fits && grid.x >= 1 && grid.y >= 1 && grid.z >= 1 && grid.x <= 0x7fffffff &&
           grid.y <= 65535 && grid.z <= 65535;
}

}  // namespace

cudaError_t look_at_kernel(cudaFuncAttributes* attributes) {
    static api_function& self = function("cudaFuncGetAttributes");
    if (const cudaError_t error = begin(self)) return error;
    *attributes = {};
    attributes->maxThreadsPerBlock = static_cast<int>(most_threads);
    attributes->binaryVersion = 90;
    attributes->ptxVersion = 90;
    return cudaSuccess;
}

cudaError_t launch(const cudaLaunchConfig_t& config, std::shared_ptr<const kernel_call> call) {
    static api_function& self = function("cudaLaunchKernelEx");
    if (const cudaError_t error = begin(self)) return error;
    if (!fits(config.gridDim, config.blockDim)) return finish(cudaErrorInvalidConfiguration);
    if (config.dynamicSmemBytes != 0 || config.numAttrs != 0) return finish(cudaErrorNotSupported);
    CUstream_st* const stream = stream_of(config.stream);
    device_state& device = current_device();
    if (stream == nullptr || &stream->device != &device)
        return finish(cudaErrorInvalidResourceHandle);
    const std::uint64_t seed = machine().is.seed;
    const auto launches = static_cast<std::uint64_t>(self.calls.load());
    const bool backwards = seed != 0 && next_random(seed + launches) % 2 == 1;
    return finish(submit(*stream, cudaGraphNodeTypeKernel, [&device, config, call, backwards] {
        run_kernel(device, config, *call, backwards);
    }));
}

}  // namespace cuda_on_cpu
