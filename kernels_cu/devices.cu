// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Which GPUs there are, and why not.
#include "architecture.hpp"
#include "handles.hpp"

#include <weft/cuda/devices.hpp>
#include <weft/runtime/device_factory.hpp>

#include <span>

namespace weft {

namespace cuda {

namespace {

// What the library was compiled for, as 900 for sm_90.
#if defined(__CUDA_ARCH_LIST__)
constexpr int architectures[] = {__CUDA_ARCH_LIST__};
#else
constexpr std::span<const int> architectures;
#endif

// Is there for every architecture, or for none.
__global__ void any_kernel() {}

std::string version_text(int version) {
    return std::to_string(version / 1000) + '.' + std::to_string(version % 1000 / 10);
}

// The number of GPUs, and the reason where that is 0. CUDA leaves the number as it is where it
// fails.
int count(cudaError_t& why) noexcept {
    int found = 0;
    why = cudaGetDeviceCount(&found);
    if (why == cudaSuccess) return found;
    static_cast<void>(cudaGetLastError());
    return 0;
}

}  // namespace

error error_of_gpu(const std::string& device, const std::string& why) {
    return error(errc::unavailable, device + " cannot be used: " + why);
}

void check_architecture(const std::string& device, const std::string& gpu, int major, int minor) {
    cudaFuncAttributes attributes{};
    const cudaError_t state = cudaFuncGetAttributes(&attributes, any_kernel);
    if (state == cudaSuccess) return;
    static_cast<void>(cudaGetLastError());
    if (state != cudaErrorNoKernelImageForDevice && state != cudaErrorInvalidDeviceFunction)
        throw error_of_gpu(device, std::string(cudaGetErrorString(state)) + " (" +
                                       cudaGetErrorName(state) + ')');
    std::string built;
    for (int one : architectures)
        (built += built.empty() ? "sm_" : ", sm_") += std::to_string(one / 10);
    const std::string own = std::to_string(major) + std::to_string(minor);
    throw error_of_gpu(device, gpu + " is an sm_" + own + ", and weft was built for " + built +
                                   "; build it with the Meson option gpu_archs=" + own +
                                   ", or leave the GPU out with CUDA_VISIBLE_DEVICES");
}

}  // namespace cuda

int cuda_device_count() noexcept {
    cudaError_t why = cudaSuccess;
    return cuda::count(why);
}

std::vector<cuda_device_info> cuda_devices() {
    std::vector<cuda_device_info> out;
    for (int i = 0; i < cuda_device_count(); ++i) {
        cudaDeviceProp properties{};
        if (cudaGetDeviceProperties(&properties, i) != cudaSuccess) {
            static_cast<void>(cudaGetLastError());
            continue;  // nothing is known of it; a session that asks for it is told why
        }
        const cuda::current_device here(i);
        std::size_t available = 0, total = properties.totalGlobalMem;
        // A GPU that is full or lost is there all the same.
        if (cudaMemGetInfo(&available, &total) != cudaSuccess)
            static_cast<void>(cudaGetLastError());
        out.push_back({i, properties.name, properties.major, properties.minor,
                       properties.totalGlobalMem, available, properties.multiProcessorCount});
    }
    return out;
}

std::string cuda_unavailable_reason() {
    cudaError_t why = cudaSuccess;
    if (cuda::count(why) > 0) return {};
    int driver = 0, runtime = 0;
    static_cast<void>(cudaDriverGetVersion(&driver));
    static_cast<void>(cudaRuntimeGetVersion(&runtime));
    static_cast<void>(cudaGetLastError());
    if (why == cudaErrorInsufficientDriver && driver == 0)
        return "there is no NVIDIA driver on this machine; install one for CUDA " +
               cuda::version_text(runtime) + " or later where there is a GPU";
    if (why == cudaErrorInsufficientDriver)
        return "the NVIDIA driver of this machine knows CUDA up to " + cuda::version_text(driver) +
               ", and this program was built with CUDA " + cuda::version_text(runtime) +
               "; install a newer driver, or build with a toolkit that is no newer than it";
    if (why == cudaErrorNoDevice || why == cudaSuccess)
        return "the NVIDIA driver of this machine shows no GPU to this program; look at "
               "nvidia-smi, and at CUDA_VISIBLE_DEVICES in the environment";
    return std::string("CUDA does not start: ") + cudaGetErrorString(why) + " (" +
           cudaGetErrorName(why) + "); look at nvidia-smi";
}

}  // namespace weft
