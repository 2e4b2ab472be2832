// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// That the emulated runtime does what CUDA promises: the order of streams and events, memory,
// graphs, errors; and that it is noticed where CUDA promises nothing.
#include <cuda_runtime.h>

#include "cuda_on_cpu.hpp"
#include "fixture.hpp"

#include <doctest/doctest.h>

#include <vector>

using weft_test::device_array;
using weft_test::in_stream;
using weft_test::launch;

namespace {

__global__ void add(int* values, int n, int what) {
    const int step = static_cast<int>(gridDim.x * blockDim.x);
    for (int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x); i < n; i += step)
        values[i] += what;
}
__global__ void twice(int* values, int n) {
    for (int i = static_cast<int>(threadIdx.x); i < n; i += static_cast<int>(blockDim.x))
        values[i] *= 2;
}

constexpr int n = 1000;

struct event {
    event() { REQUIRE(cudaEventCreateWithFlags(&handle, cudaEventDisableTiming) == cudaSuccess); }
    event(const event&) = delete;
    event& operator=(const event&) = delete;
    ~event() { cudaEventDestroy(handle); }
    cudaEvent_t handle = nullptr;
};

// (1 + 1) * 2 + 1 in two streams, the second between two events.
void compute_in_two_streams(const in_stream& a, const in_stream& b, const event& forth,
                            const event& back, int* values) {
    launch(a, add, 2, 64, values, n, 1);
    REQUIRE(cudaEventRecord(forth.handle, a.get()) == cudaSuccess);
    REQUIRE(cudaStreamWaitEvent(b.get(), forth.handle) == cudaSuccess);
    launch(b, twice, 1, 64, values, n);
    REQUIRE(cudaEventRecord(back.handle, b.get()) == cudaSuccess);
    REQUIRE(cudaStreamWaitEvent(a.get(), back.handle) == cudaSuccess);
    launch(a, add, 2, 64, values, n, 1);
}

}  // namespace

TEST_CASE("events order streams, whatever the delays") {
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
        cuda_on_cpu::set_up({.seed = seed});
        const in_stream a;
        const in_stream b;
        const event forth;
        const event back;
        device_array<int> values(std::vector<int>(n, 1), a);
        compute_in_two_streams(a, b, forth, back, values.data());
        CHECK(values.read(a) == std::vector<int>(n, 5));
        CHECK(cudaEventSynchronize(back.handle) == cudaSuccess);
        CHECK(cudaEventQuery(forth.handle) == cudaSuccess);
        b.finish();
        CHECK(cudaStreamQuery(b.get()) == cudaSuccess);
    }
}

TEST_CASE("a captured graph does the same at each launch, in any order that its edges allow") {
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
        cuda_on_cpu::set_up({.seed = seed});
        const in_stream a;
        const in_stream b;
        const event forth;
        const event back;
        device_array<int> values(std::vector<int>(n, 1), a);
        REQUIRE(cudaStreamBeginCapture(a.get(), cudaStreamCaptureModeThreadLocal) == cudaSuccess);
        compute_in_two_streams(a, b, forth, back, values.data());
        cudaGraph_t graph = nullptr;
        REQUIRE(cudaStreamEndCapture(a.get(), &graph) == cudaSuccess);
        std::size_t nodes = 0;
        CHECK(cudaGraphGetNodes(graph, nullptr, &nodes) == cudaSuccess);
        CHECK(nodes == 3);
        cudaGraphExec_t exec = nullptr;
        REQUIRE(cudaGraphInstantiate(&exec, graph) == cudaSuccess);
        CHECK(cudaGraphDestroy(graph) == cudaSuccess);
        CHECK(values.read(a) == std::vector<int>(n, 1));
        for (int i = 0; i < 2; ++i) CHECK(cudaGraphLaunch(exec, a.get()) == cudaSuccess);
        CHECK(values.read(a) == std::vector<int>(n, 13));
        CHECK(cudaGraphExecDestroy(exec) == cudaSuccess);
    }
}

TEST_CASE("a graph takes what another capture of the same form does") {
    cuda_on_cpu::set_up();
    const in_stream s;
    device_array<int> values(std::vector<int>(n, 1), s);
    const auto captured = [&](int what, int launches) {
        REQUIRE(cudaStreamBeginCapture(s.get(), cudaStreamCaptureModeGlobal) == cudaSuccess);
        for (int i = 0; i < launches; ++i) launch(s, add, 1, 32, values.data(), n, what);
        cudaGraph_t graph = nullptr;
        REQUIRE(cudaStreamEndCapture(s.get(), &graph) == cudaSuccess);
        return graph;
    };
    cudaGraphExec_t exec = nullptr;
    const cudaGraph_t first = captured(1, 1);
    const cudaGraph_t second = captured(10, 1);
    const cudaGraph_t longer = captured(10, 2);
    cudaGraphExecUpdateResultInfo info{};
    CHECK(cudaGraphInstantiate(&exec, first) == cudaSuccess);
    CHECK(cudaGraphExecUpdate(exec, longer, &info) == cudaErrorGraphExecUpdateFailure);
    CHECK(info.result == cudaGraphExecUpdateErrorTopologyChanged);
    CHECK(cudaGraphExecUpdate(exec, second, &info) == cudaSuccess);
    CHECK(cudaGraphLaunch(exec, s.get()) == cudaSuccess);
    CHECK(values.read(s) == std::vector<int>(n, 11));
    for (cudaGraph_t each : {first, second, longer}) cudaGraphDestroy(each);
    cudaGraphExecDestroy(exec);
}

TEST_CASE("a capture refuses what cannot be captured") {
    cuda_on_cpu::set_up();
    const in_stream a;
    const in_stream b;
    const event forth;
    device_array<int> values(std::vector<int>(n), a);
    REQUIRE(cudaStreamBeginCapture(a.get(), cudaStreamCaptureModeThreadLocal) == cudaSuccess);
    launch(a, add, 1, 32, values.data(), n, 1);
    cudaGraph_t graph = nullptr;
    cudaError_t expected = cudaErrorStreamCaptureInvalidated;
    void* address = nullptr;
    int number = 0;
    SUBCASE("an allocation") {
        CHECK(cudaMalloc(&address, 4) == cudaErrorStreamCaptureUnsupported);
    }
    SUBCASE("waiting for the stream") {
        CHECK(cudaStreamSynchronize(a.get()) == cudaErrorStreamCaptureUnsupported);
    }
    SUBCASE("pageable memory") {
        CHECK(cudaMemcpyAsync(values.data(), &number, 4, cudaMemcpyHostToDevice, a.get()) ==
              cudaErrorStreamCaptureUnsupported);
    }
    SUBCASE("a stream that does not come back") {
        CHECK(cudaEventRecord(forth.handle, a.get()) == cudaSuccess);
        CHECK(cudaStreamWaitEvent(b.get(), forth.handle) == cudaSuccess);
        launch(b, twice, 1, 32, values.data(), n);
        expected = cudaErrorStreamCaptureUnjoined;
    }
    SUBCASE("an event from outside") {
        CHECK(cudaStreamWaitEvent(a.get(), forth.handle) == cudaErrorStreamCaptureIsolation);
    }
    CHECK(cudaStreamEndCapture(a.get(), &graph) == expected);
    CHECK(graph == nullptr);
    CHECK(values.read(a) == std::vector<int>(n));
}

TEST_CASE("memory is no number when it is new, and its ends are watched") {
    cuda_on_cpu::set_up({.memory = 1 << 20});
    const std::size_t before = cuda_on_cpu::live_allocations();
    const in_stream s;
    std::size_t left = 0;
    std::size_t total = 0;
    {
        device_array<float> fresh(100);
        for (float each : fresh.read(s)) CHECK(each != each);
        CHECK(cuda_on_cpu::live_allocations() == before + 1);
        CHECK(cudaMemGetInfo(&left, &total) == cudaSuccess);
        CHECK(total == 1 << 20);
        CHECK(left < total);
        void* address = nullptr;
        CHECK(cudaMalloc(&address, total) == cudaErrorMemoryAllocation);
        CHECK(address == nullptr);
        CHECK(cudaMemsetAsync(fresh.data(), 0, 401, s.get()) == cudaErrorInvalidValue);
        CHECK(cudaMemsetAsync(fresh.data() + 99, 0, 4, s.get()) == cudaSuccess);
    }
    CHECK(cuda_on_cpu::live_allocations() == before);
    CHECK(cuda_on_cpu::violation().empty());
}

#if !defined(__SANITIZE_ADDRESS__)   // which stops the program there
TEST_CASE("a kernel that writes past the end of its memory is found") {
    cuda_on_cpu::set_up();
    const in_stream s;
    device_array<int> values(std::vector<int>(10), s);
    launch(s, add, 1, 32, values.data(), 11, 1);
    s.finish();
    CHECK(cuda_on_cpu::violation() == "memory behind an allocation of 40 bytes was overwritten");
}
#endif

TEST_CASE("memory in the order of a stream") {
    cuda_on_cpu::set_up({.seed = 3});
    const std::size_t before = cuda_on_cpu::live_allocations();
    const in_stream s;
    int* values = nullptr;
    std::vector<int> result(n);
    CHECK(cudaMallocAsync(&values, sizeof(int) * n, s.get()) == cudaSuccess);
    CHECK(cudaMemsetAsync(values, 0, sizeof(int) * n, s.get()) == cudaSuccess);
    launch(s, add, 3, 32, values, n, 4);
    CHECK(cudaMemcpyAsync(result.data(), values, sizeof(int) * n, cudaMemcpyDeviceToHost,
                          s.get()) == cudaSuccess);
    CHECK(cudaFreeAsync(values, s.get()) == cudaSuccess);
    CHECK(cudaFreeAsync(values, s.get()) == cudaErrorInvalidValue);
    s.finish();
    CHECK(result == std::vector<int>(n, 4));
    CHECK(cuda_on_cpu::live_allocations() == before);
}

TEST_CASE("copies go where their kind says") {
    cuda_on_cpu::set_up();
    const in_stream s;
    device_array<int> values(std::vector<int>(4), s);
    std::vector<int> host(4);
    const auto copy = [&](void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
        return cudaMemcpyAsync(to, from, bytes, kind, s.get());
    };
    CHECK(copy(host.data(), values.data(), 16, cudaMemcpyHostToDevice) == cudaErrorInvalidValue);
    CHECK(copy(host.data(), values.data(), 20, cudaMemcpyDeviceToHost) == cudaErrorInvalidValue);
    CHECK(copy(host.data(), values.data(), 16, cudaMemcpyDefault) == cudaSuccess);
    s.finish();
}

TEST_CASE("machines without a GPU, and with a driver that is too old") {
    int count = 77;
    SUBCASE("no GPU") {
        cuda_on_cpu::set_up({.devices = 0});
        CHECK(cudaGetDeviceCount(&count) == cudaErrorNoDevice);
    }
    SUBCASE("no driver") {
        cuda_on_cpu::set_up({.driver = 0});
        CHECK(cudaGetDeviceCount(&count) == cudaErrorInsufficientDriver);
    }
    SUBCASE("an old driver") {
        cuda_on_cpu::set_up({.driver = 12080});
        CHECK(cudaGetDeviceCount(&count) == cudaErrorInsufficientDriver);
        CHECK(cudaDriverGetVersion(&count) == cudaSuccess);
        CHECK(count == 12080);
        count = 77;
    }
    CHECK(count == 77);
    cuda_on_cpu::set_up();
}

TEST_CASE("calls are counted, and fail on demand") {
    cuda_on_cpu::set_up();
    in_stream s;
    device_array<int> values(std::vector<int>(n), s);
    cuda_on_cpu::reset_calls();
    cuda_on_cpu::fail_call("cudaMalloc", 2, cudaErrorMemoryAllocation);
    void* address = nullptr;
    CHECK(cudaMalloc(&address, 4) == cudaSuccess);
    CHECK(cudaFree(address) == cudaSuccess);
    CHECK(cudaMalloc(&address, 4) == cudaErrorMemoryAllocation);
    CHECK(cudaMalloc(&address, 4) == cudaSuccess);
    CHECK(cudaFree(address) == cudaSuccess);
    CHECK(cuda_on_cpu::calls("cudaMalloc") == 3);
    cuda_on_cpu::fault_kernel(2);
    launch(s, add, 1, 32, values.data(), n, 1);
    CHECK(cudaStreamSynchronize(s.get()) == cudaSuccess);
    launch(s, add, 1, 32, values.data(), n, 1);
    CHECK(cudaStreamSynchronize(s.get()) == cudaErrorIllegalAddress);
    CHECK(cuda_on_cpu::calls("cudaLaunchKernelEx") == 2);
    s.forget();
    cuda_on_cpu::set_up();
}
