// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What nvcc compiles of this program: the kernels of models.hpp, and those by hand.
#include "kernels.hpp"
#include "models.hpp"

#include <cuda_runtime.h>

namespace bench {

namespace {

const vector_node& x();
template <class T>
const matrix_node<T>& product();
template <class T>
const row_node<T>& bias();

__global__ void wait_for_clock(long long cycles) {
    const long long begin = clock64();
    while (clock64() - begin < cycles) {
    }
}

__global__ void add_one_to_each(const float* in, float* out, std::size_t n) {
    const std::size_t i = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x;
    if (i < n) out[i] = in[i] + 1.0f;
}

cudaLaunchConfig_t blocks_of(cudaStream_t stream, std::size_t blocks, unsigned threads) {
    cudaLaunchConfig_t config{};
    config.gridDim = dim3(static_cast<unsigned>(blocks));
    config.blockDim = dim3(threads);
    config.stream = stream;
    return config;
}

}  // namespace

cudaError_t hold_back(cudaStream_t stream, long long cycles) {
    const cudaLaunchConfig_t config = blocks_of(stream, 1, 1);
    return cudaLaunchKernelEx(&config, wait_for_clock, cycles);
}

cudaError_t add_one(cudaStream_t stream, const float* in, float* out, std::size_t n) {
    const cudaLaunchConfig_t config = blocks_of(stream, (n + 255) / 256, 256);
    return cudaLaunchKernelEx(&config, add_one_to_each, in, out, n);
}

}  // namespace bench

#define COMPILE(...) WEFT_INSTANTIATE_GPU(decltype(__VA_ARGS__))
COMPILE(bench::multiply_add(bench::x(), bench::x(), bench::x()));
COMPILE(bench::activation(bench::x()));
COMPILE(bench::three_products(bench::x(), bench::x(), bench::x(), bench::x(), bench::x(),
                              bench::x()));
COMPILE(bench::incremented(bench::x()));
COMPILE(bench::biased(bench::product<float>(), bench::bias<float>()));
COMPILE(bench::biased_relu(bench::product<float>(), bench::bias<float>()));
COMPILE(bench::biased_relu(bench::product<weft::half>(), bench::bias<weft::half>()));
