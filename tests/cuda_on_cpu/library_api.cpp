// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Libraries of kernels that are loaded while the program runs. No code is in them: a kernel is a
// function of this program, found by the name that it would have there.
#include "capture.hpp"
#include "machine.hpp"

#include <cstring>
#include <map>
#include <mutex>

// What a handle of a kernel points to; it stays.
struct CUkern_st {
    cuda_on_cpu::make_call make;
};
struct CUlib_st {};

namespace cuda_on_cpu {

namespace {

struct kernel_table {
    std::mutex mutex;
    std::map<std::string, CUkern_st> all;
};
kernel_table& kernels() {
    static kernel_table table;
    return table;
}

}  // namespace

void add_kernel(std::string name, make_call make) {
    const std::lock_guard lock(kernels().mutex);
    kernels().all.insert_or_assign(std::move(name), CUkern_st{std::move(make)});
}

}  // namespace cuda_on_cpu

using namespace cuda_on_cpu;

cudaError_t cudaLibraryLoadData(cudaLibrary_t* library, const void* code, cudaJitOption*, void**,
                                unsigned, cudaLibraryOption*, void**, unsigned) {
    static api_function& self = function("cudaLibraryLoadData");
    if (const cudaError_t error = begin(self)) return error;
    if (const cudaError_t error = refuse_in_capture()) return finish(error);
    if (std::strncmp(static_cast<const char*>(code), library_image, sizeof library_image - 1) != 0)
        return finish(cudaErrorInvalidKernelImage);
    static CUlib_st one;
    *library = &one;
    return cudaSuccess;
}

cudaError_t cudaLibraryGetKernel(cudaKernel_t* kernel, cudaLibrary_t library, const char* name) {
    static api_function& self = function("cudaLibraryGetKernel");
    if (const cudaError_t error = begin(self)) return error;
    if (library == nullptr) return finish(cudaErrorInvalidResourceHandle);
    const std::lock_guard lock(kernels().mutex);
    const auto found = kernels().all.find(name);
    if (found == kernels().all.end()) return finish(cudaErrorSymbolNotFound);
    *kernel = &found->second;
    return cudaSuccess;
}

// Counted as any launch is.
cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t* config, const void* kernel,
                                void** arguments) {
    return launch(*config, static_cast<const CUkern_st*>(kernel)->make(arguments));
}
