// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A program for ThreadSanitizer: right as it is, and with one of these wrong that it has to find.
// WEFT_RACE=1: a block's threads read shared memory without a barrier. WEFT_RACE=2: a stream reads
// what another writes, without an event. WEFT_RACE=3: the host reads what was copied to it, without
// waiting. tools/expect_race.py builds and runs them.
#include <cuda_runtime.h>

#include "cuda_on_cpu.hpp"

#include <cstdio>
#include <vector>

#if !defined(WEFT_RACE)
#define WEFT_RACE 0
#endif

namespace {

constexpr unsigned threads = 256;

__global__ void sum_block(const float* in, float* out) {
    __shared__ float parts[threads / 32];
    float sum = in[blockIdx.x * threads + threadIdx.x];
    for (int by = 16; by > 0; by /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, by);
    if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = sum;
    if (WEFT_RACE != 1) __syncthreads();
    if (threadIdx.x != 0) return;
    sum = 0;
    for (float each : parts) sum += each;
    out[blockIdx.x] = sum;
}

void launch(cudaStream_t stream, unsigned blocks, const float* in, float* out) {
    cudaLaunchConfig_t config{};
    config.gridDim = blocks;
    config.blockDim = threads;
    config.stream = stream;
    static_cast<void>(cudaLaunchKernelEx(&config, sum_block, in, out));
}

}  // namespace

int main() {
    cudaStream_t first = nullptr;
    cudaStream_t second = nullptr;
    cudaEvent_t written = nullptr;
    cudaStreamCreateWithFlags(&first, cudaStreamNonBlocking);
    cudaStreamCreateWithFlags(&second, cudaStreamNonBlocking);
    cudaEventCreateWithFlags(&written, cudaEventDisableTiming);
    const std::vector<float> values(threads * threads, 0.5f);
    const std::size_t bytes = values.size() * sizeof(float);
    float* in = nullptr;
    float* sums = nullptr;
    float* total = nullptr;
    float result = 0;
    cudaMallocAsync(&in, bytes, first);
    cudaMallocAsync(&sums, threads * sizeof(float), first);
    cudaMallocAsync(&total, sizeof(float), first);
    cudaMemcpyAsync(in, values.data(), bytes, cudaMemcpyHostToDevice, first);
    launch(first, threads, in, sums);
    cudaEventRecord(written, first);
    if (WEFT_RACE != 2) cudaStreamWaitEvent(second, written);
    launch(second, 1, sums, total);
    cudaMemcpyAsync(&result, total, sizeof result, cudaMemcpyDeviceToHost, second);
    if (WEFT_RACE == 3) std::printf("%g\n", static_cast<double>(result));
    cudaStreamSynchronize(first);
    cudaStreamSynchronize(second);
    std::printf("%g\n", static_cast<double>(result));
    for (float* each : {in, sums, total}) cudaFree(each);
    cudaEventDestroy(written);
    cudaStreamDestroy(first);
    cudaStreamDestroy(second);
    return result == 0.5f * threads * threads ? 0 : 1;
}
