// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// That "CUDA on the CPU" does what CUDA promises: kernels with barriers, warp operations, what
// happens to those that are wrong.
#include <cuda_runtime.h>

#include "cuda_on_cpu.hpp"
#include "fixture.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numeric>
#include <vector>

using weft_test::device_array;
using weft_test::in_stream;
using weft_test::launch;

namespace {

__global__ void number_threads(int* out) {
    const unsigned block = blockIdx.x + gridDim.x * (blockIdx.y + gridDim.y * blockIdx.z);
    const unsigned thread = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
    const unsigned threads = blockDim.x * blockDim.y * blockDim.z;
    out[block * threads + thread] = static_cast<int>(block * 1000 + thread);
}

// The sum of each block's row.
__global__ void sum_rows(const float* in, int n, float* out) {
    __shared__ float parts[32];
    float sum = 0;
    for (int i = static_cast<int>(threadIdx.x); i < n; i += static_cast<int>(blockDim.x))
        sum += in[static_cast<int>(blockIdx.x) * n + i];
    for (int by = 16; by > 0; by /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, by);
    if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = sum;
    __syncthreads();
    if (threadIdx.x >= 32) return;
    sum = threadIdx.x < (blockDim.x + 31) / 32 ? parts[threadIdx.x] : 0.0f;
    for (unsigned by = 16; by > 0; by /= 2) sum += __shfl_down_sync(0xffffffffu, sum, by);
    if (threadIdx.x == 0) out[blockIdx.x] = sum;
}

// Each element moves by one place through shared memory, again and again.
__global__ void rotate(int* values, int times) {
    __shared__ int shared[256];
    int mine = values[threadIdx.x];
    for (int i = 0; i < times; ++i) {
        shared[(threadIdx.x + 1) % blockDim.x] = mine;
        __syncthreads();
        mine = shared[threadIdx.x];
        __syncthreads();
    }
    values[threadIdx.x] = mine;
}

__global__ void ask_warps(unsigned* out) {
    const unsigned lane = threadIdx.x % 32;
    out[0 * 64 + threadIdx.x] = __ballot_sync(0xffffffffu, lane % 3 == 0);
    out[1 * 64 + threadIdx.x] = static_cast<unsigned>(__any_sync(0xffffffffu, threadIdx.x == 40));
    out[2 * 64 + threadIdx.x] = static_cast<unsigned>(__all_sync(0xffffffffu, threadIdx.x < 40));
    out[3 * 64 + threadIdx.x] = __shfl_sync(0xffffffffu, threadIdx.x, 5);
    out[4 * 64 + threadIdx.x] = __shfl_up_sync(0xffffffffu, threadIdx.x, 3, 8);
    out[5 * 64 + threadIdx.x] = __shfl_down_sync(0xffffffffu, threadIdx.x, 3, 8);
    out[6 * 64 + threadIdx.x] = static_cast<unsigned>(__syncthreads_count(threadIdx.x < 50));
    // Two halves of a warp at the same time, each by itself.
    out[7 * 64 + threadIdx.x] = lane < 16 ? __ballot_sync(0x0000ffffu, lane == 3)
                                          : __ballot_sync(0xffff0000u, lane == 20);
}

__global__ void count(int* integers, float* floats, double* doubles, unsigned long long* longs) {
    atomicAdd(integers, 1);
    atomicMax(integers + 1, static_cast<int>(threadIdx.x));
    atomicMin(integers + 2, -static_cast<int>(threadIdx.x));
    atomicAdd(floats, 0.5f);
    atomicAdd(doubles, 0.25);
    atomicCAS(longs, 0ull, 7ull);
}

__global__ void look_at_missing_lane(float* out) {
    out[threadIdx.x] = __shfl_xor_sync(0xffffffffu, 1.0f, 16);
}
__global__ void half_come() {
    if (threadIdx.x < 7) __syncthreads();
}
__global__ void lanes_differ() {
    if (threadIdx.x % 32 < 4) __syncwarp(0xffu);
    else __syncwarp();
}
__global__ void trap_late() {
    if (blockIdx.x == 3 && threadIdx.x == 5) __trap();
    __syncthreads();
}

}  // namespace

TEST_CASE("every thread of every block has its indices") {
    cuda_on_cpu::set_up();
    const in_stream s;
    device_array<int> out(24 * 30);
    launch(s, number_threads, dim3(2, 3, 4), dim3(5, 3, 2), out.data());
    const std::vector<int> seen = out.read(s);
    for (int block = 0; block < 24; ++block)
        for (int thread = 0; thread < 30; ++thread)
            CHECK(seen[static_cast<std::size_t>(block * 30 + thread)] == block * 1000 + thread);
}

TEST_CASE("blocks reduce by shuffles and shared memory") {
    cuda_on_cpu::set_up();
    const in_stream s;
    for (const unsigned threads : {32u, 64u, 256u, 1024u}) {
        CAPTURE(threads);
        std::vector<float> values(7 * 100);
        std::iota(values.begin(), values.end(), 1.0f);
        const device_array<float> in(values, s);
        device_array<float> out(7);
        launch(s, sum_rows, 7, threads, in.data(), 100, out.data());
        const std::vector<float> sums = out.read(s);
        for (std::size_t row = 0; row < 7; ++row)
            CHECK(sums[row] == 100.0f * (static_cast<float>(row) * 100.0f) + 5050.0f);
    }
}

TEST_CASE("a shuffle from a lane that does not take part gives no number") {
    cuda_on_cpu::set_up();
    const in_stream s;
    device_array<float> out(24);
    launch(s, look_at_missing_lane, 1, 24, out.data());
    const std::vector<float> seen = out.read(s);
    for (std::size_t lane = 0; lane < 24; ++lane)
        CHECK(std::isnan(seen[lane]) == (lane >= 8 && lane < 16));
}

TEST_CASE("threads meet at barriers as often as they want") {
    cuda_on_cpu::set_up();
    const in_stream s;
    std::vector<int> values(256);
    std::iota(values.begin(), values.end(), 0);
    device_array<int> turned(values, s);
    launch(s, rotate, 1, 256, turned.data(), 20);
    const std::vector<int> seen = turned.read(s);
    for (int i = 0; i < 256; ++i) CHECK(seen[static_cast<std::size_t>((i + 20) % 256)] == i);
}

TEST_CASE("warp operations") {
    cuda_on_cpu::set_up();
    const in_stream s;
    device_array<unsigned> out(8 * 64);
    launch(s, ask_warps, 1, 64, out.data());
    const std::vector<unsigned> seen = out.read(s);
    for (unsigned thread = 0; thread < 64; ++thread) {
        CAPTURE(thread);
        const auto answer = [&](unsigned question) { return seen[question * 64 + thread]; };
        const unsigned part = thread % 8;
        CHECK(answer(0) == 0x49249249u);
        CHECK(answer(1) == (thread < 32 ? 0u : 1u));
        CHECK(answer(2) == (thread < 32 ? 1u : 0u));
        CHECK(answer(3) == (thread < 32 ? 5u : 37u));
        CHECK(answer(4) == (part < 3 ? thread : thread - 3));
        CHECK(answer(5) == (part >= 5 ? thread : thread + 3));
        CHECK(answer(6) == 50u);
        CHECK(answer(7) == (thread % 32 < 16 ? 1u << 3 : 1u << 20));
    }
}

TEST_CASE("atomics") {
    cuda_on_cpu::set_up();
    const in_stream s;
    device_array<int> integers(std::vector<int>(3), s);
    device_array<float> floats(std::vector<float>(1), s);
    device_array<double> doubles(std::vector<double>(1), s);
    device_array<unsigned long long> longs(std::vector<unsigned long long>(1), s);
    launch(s, count, 4, 100, integers.data(), floats.data(), doubles.data(), longs.data());
    CHECK(integers.read(s) == std::vector<int>{400, 99, -99});
    CHECK(floats.read(s)[0] == 200.0f);
    CHECK(doubles.read(s)[0] == 100.0);
    CHECK(longs.read(s)[0] == 7);
}

TEST_CASE("a barrier that some threads never reach fails the device, with a text") {
    cuda_on_cpu::set_up();
    in_stream s;
    launch(s, half_come, 2, 64);
    CHECK(cudaStreamSynchronize(s.get()) == cudaErrorLaunchFailure);
    CHECK(cuda_on_cpu::fault_text() ==
          "divergent barrier in block 0, 0, 0: of 64 threads 57 have ended and 7 wait at "
          "__syncthreads");
    SUBCASE("it stays so") {
        void* address = nullptr;
        CHECK(cudaMalloc(&address, 4) == cudaErrorLaunchFailure);
        CHECK(cudaGetLastError() == cudaErrorLaunchFailure);
        CHECK(cudaGetLastError() == cudaErrorLaunchFailure);
    }
    SUBCASE("another device works on") {
        cuda_on_cpu::set_up({.devices = 2});
        cuda_on_cpu::lose_device(0);
        CHECK(cudaSetDevice(1) == cudaSuccess);
        void* address = nullptr;
        CHECK(cudaMalloc(&address, 4) == cudaSuccess);
        CHECK(cudaFree(address) == cudaSuccess);
    }
    s.forget();
    cuda_on_cpu::set_up();
}

TEST_CASE("lanes that do not meet, and traps, fail the device") {
    cuda_on_cpu::set_up();
    in_stream s;
    SUBCASE("lanes of different masks") { launch(s, lanes_differ, 1, 32); }
    SUBCASE("a trap") { launch(s, trap_late, 8, 64); }
    CHECK(cudaStreamSynchronize(s.get()) == cudaErrorLaunchFailure);
    CHECK(!cuda_on_cpu::fault_text().empty());
    s.forget();
    cuda_on_cpu::set_up();
}

TEST_CASE("what no GPU can launch is refused, and the device lives on") {
    cuda_on_cpu::set_up();
    const in_stream s;
    cudaLaunchConfig_t config{};
    config.stream = s.get();
    config.gridDim = 1;
    config.blockDim = 1025;
    CHECK(cudaLaunchKernelEx(&config, half_come) == cudaErrorInvalidConfiguration);
    CHECK(cudaGetLastError() == cudaErrorInvalidConfiguration);
    CHECK(cudaGetLastError() == cudaSuccess);
    config.blockDim = 32;
    config.gridDim = dim3(1, 0);
    CHECK(cudaLaunchKernelEx(&config, half_come) == cudaErrorInvalidConfiguration);
    CHECK(cudaStreamSynchronize(s.get()) == cudaSuccess);
}
