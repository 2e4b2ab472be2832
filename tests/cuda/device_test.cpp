// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The CUDA device by itself, on the emulated runtime: copies in the order of kernels whatever the
// GPU's delays, memory that is used again while the GPU is behind, errors, and GPUs that cannot be
// used.
#include <weft/cuda/devices.hpp>
#include <weft/graph/record.hpp>
#include <weft/runtime/device_factory.hpp>

#include <cuda_on_cpu/cuda_on_cpu.hpp>
#include <doctest/doctest.h>
#include <support/caught.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include <weft/cuda/launch.hpp>

using namespace weft;
using weft_test::error_of;

namespace {

__global__ void add_to(std::uint32_t* data, std::uint32_t by, std::size_t n) {
    const std::size_t stride = std::size_t{gridDim.x} * blockDim.x;
    for (std::size_t i = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x; i < n; i += stride)
        data[i] += by;
}

// Lasts until it is told to end.
__global__ void wait_until(const std::atomic<bool>* end) {
    while (!end->load()) std::this_thread::yield();
}

device_parts parts_of(int index, std::size_t limit = 0) {
    device_parts parts;
    parts.info.name = {"localhost", 0, "gpu", index};
    parts.info.memory_limit = limit;
    parts.memory_space = index + 1;
    return parts;
}

// A GPU with a context, and a node for what is launched.
struct one_gpu {
    std::unique_ptr<device> on;
    std::unique_ptr<kernel_slot> slot;
    node_record node;

    explicit one_gpu(int index = 0, std::size_t limit = 0)
        : on(make_cuda_device(parts_of(index, limit))), slot(on->make_context()) {
        node.name = "add";
    }
    std::uint32_t* allocate(std::size_t n) {
        return static_cast<std::uint32_t*>(on->allocate(4 * n));
    }
    void free(std::uint32_t* data, std::size_t n) { on->deallocate(data, 4 * n); }
    context<gpu>& begin() { return static_cast<context<gpu>&>(slot->begin(nullptr, true)); }
    void add(std::uint32_t* data, std::uint32_t by, std::size_t n) {
        on->launch(node);
        cuda::launch(begin(), add_to, 2, 32, data, by, n);
        on->launched();
    }
    std::vector<std::uint32_t> read(const std::uint32_t* data, std::size_t n) {
        std::vector<std::uint32_t> out(n);
        on->copy_out(out.data(), data, 4 * n);
        return out;
    }
};

std::vector<std::uint32_t> numbers(std::size_t n, std::uint32_t first = 0) {
    std::vector<std::uint32_t> out(n);
    for (std::uint32_t& x : out) x = first++;
    return out;
}

template <class F>
std::string failure_of(F f) {
    try {
        f();
    } catch (const failure& e) {
        return std::string(name_of(e.code())) + ": " + e.what();
    } catch (const error& e) {
        return std::string(name_of(e.code())) + ": " + e.what();
    }
    return "none";
}

}  // namespace

TEST_CASE("what is copied in comes out again, in one piece or many") {
    cuda_on_cpu::set_up({.seed = 3});
    {
        one_gpu gpu;
        constexpr std::size_t block = (4u << 20) / 4;
        for (std::size_t n : {std::size_t{1}, std::size_t{1000}, block - 1, block, block + 1,
                              2 * block + 77}) {
            std::uint32_t* const data = gpu.allocate(n);
            const auto in = numbers(n, static_cast<std::uint32_t>(n));
            gpu.on->copy_in(data, in.data(), 4 * n);
            CHECK(gpu.read(data, n) == in);
            gpu.free(data, n);
        }
        gpu.on->copy_in(nullptr, nullptr, 0);
        gpu.on->copy_out(nullptr, nullptr, 0);
        std::uint32_t* const nothing = gpu.allocate(0);
        CHECK(nothing != nullptr);
        gpu.free(nothing, 0);
    }
    CHECK(cuda_on_cpu::live_allocations() == 0);
    CHECK(cuda_on_cpu::violation().empty());
}

TEST_CASE("more copies than fit into pinned memory wait for those that are under way") {
    cuda_on_cpu::set_up();
    one_gpu gpu;
    constexpr std::size_t half_block = (2u << 20) / 4;
    std::vector<std::uint32_t*> data;
    for (int i = 0; i < 24; ++i) data.push_back(gpu.allocate(half_block));
    std::atomic<bool> end{false};
    gpu.on->launch(gpu.node);
    cuda::launch(gpu.begin(), wait_until, 1, 1, &end);
    gpu.on->launched();
    // No copy can begin before this thread ends the kernel, when all pinned memory is in use.
    const std::jthread later([&] {
        while (cuda_on_cpu::calls("cudaHostAlloc") < 8) std::this_thread::yield();
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        end = true;
    });
    const auto in = numbers(half_block + data.size());
    for (std::size_t i = 0; i < data.size(); ++i)
        gpu.on->copy_in(data[i], in.data() + i, 4 * half_block);
    for (std::size_t i = 0; i < data.size(); ++i) {
        CHECK(gpu.read(data[i], half_block) ==
              numbers(half_block, static_cast<std::uint32_t>(i)));
        gpu.free(data[i], half_block);
    }
    CHECK(cuda_on_cpu::calls("cudaHostAlloc") <= 10);
}

TEST_CASE("copies keep their place among kernels") {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        CAPTURE(seed);
        cuda_on_cpu::set_up({.seed = seed});
        one_gpu gpu;
        constexpr std::size_t n = 100;
        std::uint32_t* const data = gpu.allocate(n);
        for (std::uint32_t round = 0; round < 20; ++round) {
            // Overwrites what the kernels before still count up, in memory that they use.
            auto in = numbers(n, round * 1000);
            gpu.on->copy_in(data, in.data(), 4 * n);
            in.assign(n, 7);  // its bytes have been read
            gpu.add(data, 1, n);
            gpu.add(data, round, n);
            if (round % 3 == 0) CHECK(gpu.read(data, n) == numbers(n, round * 1000 + 1 + round));
        }
        gpu.on->finish();
        CHECK(std::vector<std::uint32_t>(data, data + n) == numbers(n, 19 * 1000 + 20));
        gpu.free(data, n);
    }
}

TEST_CASE("memory is used again while the GPU is behind") {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        CAPTURE(seed);
        cuda_on_cpu::set_up({.seed = seed});
        {
            one_gpu gpu;
            constexpr std::size_t n = 64;
            const auto in = numbers(n);
            for (int round = 0; round < 10; ++round) {
                std::uint32_t* const first = gpu.allocate(n);
                gpu.on->copy_in(first, in.data(), 4 * n);
                gpu.add(first, 5, n);
                std::uint32_t* const second = gpu.allocate(n);
                gpu.on->copy_from(second, *gpu.on, first, 4 * n);
                gpu.free(first, n);
                gpu.add(second, 1, n);
                CHECK(gpu.read(second, n) == numbers(n, 6));
                gpu.free(second, n);
            }
            CHECK(gpu.on->memory().live == 0);
            CHECK(gpu.on->memory().in_use == 0);
        }
        CHECK(cuda_on_cpu::violation().empty());
    }
}

TEST_CASE("scratch memory is used again by the next kernel") {
    cuda_on_cpu::set_up({.seed = 5});
    {
        one_gpu gpu;
        constexpr std::size_t n = 64;
        std::uint32_t* const data = gpu.allocate(n);
        const auto in = numbers(n);
        gpu.on->copy_in(data, in.data(), 4 * n);
        const void* first = nullptr;
        for (int i = 0; i < 3; ++i) {
            gpu_context& ctx = gpu.begin();
            void* const scratch = ctx.scratch(4 * n);
            if (i == 0) first = scratch;
            CHECK(scratch == first);
            CHECK(ctx.stream() != nullptr);
            CHECK(ctx.multiprocessors() == 4);
        }
        gpu.free(data, n);
        CHECK(gpu.on->memory().live == 1);
    }
    CHECK(cuda_on_cpu::live_allocations() == 0);
}

TEST_CASE("two GPUs copy directly, or through the host where they cannot") {
    for (std::uint64_t seed = 0; seed <= 6; ++seed)
        for (bool direct : {true, false}) {
            CAPTURE(seed);
            CAPTURE(direct);
            cuda_on_cpu::set_up({.devices = 2, .seed = seed});
            one_gpu a(0), b(1);
            constexpr std::size_t n = 5000;
            std::uint32_t* const from = a.allocate(n);
            std::uint32_t* const to = b.allocate(n);
            for (std::uint32_t round = 0; round < 6; ++round) {
                const auto in = numbers(n, round);
                a.on->copy_in(from, in.data(), 4 * n);
                a.add(from, 3, n);
                b.add(to, 9, n);  // of the round before; overwritten behind it
                if (!direct)
                    cuda_on_cpu::fail_call("cudaMemcpyPeerAsync", 1,
                                           cudaErrorPeerAccessUnsupported);
                b.on->copy_from(to, *a.on, from, 4 * n);
                a.add(from, 100, n);  // must come behind the copy
                b.add(to, 1, n);
                CHECK(b.read(to, n) == numbers(n, round + 4));
            }
            CHECK(cuda_on_cpu::calls("cudaMemcpyPeerAsync") == 6);
            CHECK(cuda_on_cpu::calls("cudaMemPoolSetAccess") == 2);
            CHECK(a.read(from, n) == numbers(n, 5 + 103));
            a.free(from, n);
            b.free(to, n);
        }
}

TEST_CASE("out of memory: of the GPU, of its limit, and after what could be given back") {
    cuda_on_cpu::set_up({.memory = 1u << 20});
    one_gpu gpu, limited(0, 1000);
    CHECK(gpu.on->memory().limit == 1u << 20);
    CHECK(gpu.on->info().description == "CUDA on the CPU 0");
    CHECK(failure_of([&] { limited.on->allocate(1001); }) ==
          "resource_exhausted: out of memory on /job:localhost/task:0/gpu:0: 1001 bytes requested, "
          "0 in use, limit 1000");
    std::uint32_t* const half = limited.allocate(100);
    // Other programs' memory counts too: the limit lets it pass, and CUDA has no more.
    void* const most = gpu.on->allocate((1u << 20) - 4096);
    CHECK(failure_of([&] { gpu.on->allocate(4096); }) ==
          "resource_exhausted: out of memory on /job:localhost/task:0/gpu:0: 4096 bytes requested, "
          "1044480 in use, limit 1048576");
    CHECK(gpu.on->memory().in_use == (1u << 20) - 4096);
    CHECK(gpu.on->memory().peak == (1u << 20) - 4096);
    CHECK(gpu.on->memory().live == 1);
    gpu.on->deallocate(most, (1u << 20) - 4096);
    cuda_on_cpu::reset_calls();
    cuda_on_cpu::fail_call("cudaMallocAsync", 1, cudaErrorMemoryAllocation);
    void* const second = gpu.on->allocate(1000);
    CHECK(cuda_on_cpu::calls("cudaMallocAsync") == 2);
    CHECK(cuda_on_cpu::calls("cudaMemPoolTrimTo") == 1);
    gpu.on->deallocate(second, 1000);
    limited.free(half, 100);
}

TEST_CASE("a kernel that cannot be started is a failure of its launch, and of that alone") {
    cuda_on_cpu::set_up();
    one_gpu gpu;
    std::uint32_t* const data = gpu.allocate(4);
    const auto in = numbers(4);
    gpu.on->copy_in(data, in.data(), 16);
    cuda_on_cpu::fail_call("cudaLaunchKernelEx", 1, cudaErrorLaunchOutOfResources);
    CHECK(failure_of([&] { gpu.add(data, 1, 4); }).starts_with("resource_exhausted: launch of"));
    gpu.add(data, 1, 4);
    CHECK(gpu.read(data, 4) == numbers(4, 1));
    // One that says nothing itself, as <<<>>> does not: found behind it.
    gpu.on->launch(gpu.node);
    cuda_on_cpu::fail_call("cudaMemsetAsync", 1, cudaErrorInvalidConfiguration);
    static_cast<void>(cudaMemsetAsync(data, 0, 16, nullptr));
    CHECK(failure_of([&] { gpu.on->launched(); }) ==
          "internal: start of a kernel failed on /job:localhost/task:0/gpu:0: invalid "
          "configuration argument (cudaErrorInvalidConfiguration)");
    gpu.add(data, 1, 4);
    gpu.on->finish();
    CHECK(gpu.read(data, 4) == numbers(4, 2));
    gpu.free(data, 4);
}

TEST_CASE("a host address where one of the GPU belongs") {
    cuda_on_cpu::set_up();
    one_gpu gpu;
    std::uint32_t* const data = gpu.allocate(4);
    std::uint32_t here[4] = {}, there[4] = {};
    for (const auto& text : {failure_of([&] { gpu.on->copy_in(here, there, 16); }),
                             failure_of([&] { gpu.on->copy_out(there, here, 16); }),
                             failure_of([&] { gpu.on->copy_from(here, *gpu.on, data, 16); })}) {
        CHECK(text.starts_with("internal: "));
        CHECK(text.ends_with(" is not an address of the device's memory"));
    }
    gpu.on->copy_in(data, here, 16);
    CHECK(gpu.read(data, 4) == std::vector<std::uint32_t>(4, 0));
    gpu.free(data, 4);
}

TEST_CASE("a GPU that a kernel has brought down is lost from then on") {
    for (int found_by = 0; found_by < 4; ++found_by) {
        CAPTURE(found_by);
        cuda_on_cpu::set_up({.seed = 2});
        {
            one_gpu gpu;
            std::uint32_t* const data = gpu.allocate(4);
            const auto in = numbers(4);
            gpu.on->copy_in(data, in.data(), 16);
            gpu.add(data, 1, 4);
            gpu.on->finish();
            cuda_on_cpu::fault_kernel(1);
            gpu.node.name = "bad";
            gpu.node.where = std::source_location::current();
            const auto find = [&] {
                gpu.add(data, 1, 4);
                if (found_by == 0) gpu.on->finish();
                if (found_by == 1) gpu.read(data, 4);
                while (found_by > 1) {  // whenever the next call comes behind it
                    if (found_by == 2) gpu.on->copy_in(data, in.data(), 16);
                    if (found_by == 3) gpu.on->deallocate(gpu.on->allocate(8), 8);
                }
            };
            const auto first = error_of(find);
            CHECK(first.code == errc::unavailable);
            CHECK(first.node == "bad");
            CHECK(first.line == gpu.node.where.line());
            CHECK(first.says("/job:localhost/task:0/gpu:0 (CUDA on the CPU 0) is lost: an illegal "
                             "memory access was encountered (cudaErrorIllegalAddress), while it "
                             "ran 'bad' (device_test.cpp:"));
            CHECK(first.says("); start the program again to use this GPU"));
            for (int i = 0; i < 2; ++i) {
                CHECK(error_of([&] { gpu.on->launch(gpu.node); }).text == first.text);
                CHECK(error_of([&] { gpu.on->finish(); }).text == first.text);
                CHECK(error_of([&] { gpu.on->check_usable(); }).text == first.text);
                CHECK(error_of([&] { gpu.on->copy_in(data, in.data(), 16); }).text == first.text);
                CHECK(error_of([&] { gpu.read(data, 4); }).text == first.text);
                CHECK(error_of([&] { gpu.on->allocate(8); }).text == first.text);
            }
            CHECK(gpu.on->memory().live == 1);
            CHECK(gpu.on->memory().in_use == 16);
            gpu.free(data, 4);
            CHECK(gpu.on->memory().live == 0);
        }
        CHECK(cuda_on_cpu::live_allocations() == 0);
    }
}

TEST_CASE("where several nodes are under way, all of them may be to blame") {
    cuda_on_cpu::set_up();
    one_gpu gpu;
    std::uint32_t* const data = gpu.allocate(4);
    std::vector<node_record> nodes(70);
    cuda_on_cpu::fault_kernel(1000);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        nodes[i].name = "n" + std::to_string(i);
        gpu.on->launch(nodes[i]);
        cuda::launch(gpu.begin(), add_to, 1, 1, data, std::uint32_t{1}, std::size_t{4});
        gpu.on->launched();
    }
    cuda_on_cpu::lose_device(0);
    const auto e = error_of([&] { gpu.on->finish(); });
    CHECK(e.node.empty());
    CHECK(e.says("uncorrectable ECC error encountered (cudaErrorECCUncorrectable), while it ran "
                 "one of 'n69' (), 'n68' ()"));
    CHECK(e.says("'n62' () and 62 before them; CUDA_LAUNCH_BLOCKING=1 in the environment"));
    gpu.free(data, 4);
}

TEST_CASE("which GPUs there are, or why there are none") {
    cuda_on_cpu::set_up({.devices = 2, .memory = 1u << 20});
    CHECK(cuda_device_count() == 2);
    CHECK(cuda_unavailable_reason().empty());
    const auto found = cuda_devices();
    REQUIRE(found.size() == 2);
    CHECK(found[1].index == 1);
    CHECK(found[1].name == "CUDA on the CPU 1");
    CHECK(found[1].major == 9);
    CHECK(found[1].total_memory == 1u << 20);
    CHECK(found[1].free_memory == 1u << 20);
    CHECK(found[1].multiprocessors == 4);
    const auto reason = [](const cuda_on_cpu::options& machine) {
        cuda_on_cpu::set_up(machine);
        CHECK(cuda_devices().empty());
        CHECK(cuda_device_count() == 0);
        return cuda_unavailable_reason();
    };
    CHECK(reason({.driver = 0}) == "there is no NVIDIA driver on this machine; install one for "
                                   "CUDA 13.0 or later where there is a GPU");
    CHECK(reason({.driver = 12040}) ==
          "the NVIDIA driver of this machine knows CUDA up to 12.4, and this program was built "
          "with CUDA 13.0; install a newer driver, or build with a toolkit that is no newer than "
          "it");
    CHECK(reason({.devices = 0}).starts_with("the NVIDIA driver of this machine shows no GPU"));
    cuda_on_cpu::set_up();
    cuda_on_cpu::fail_call("cudaGetDeviceCount", 1, cudaErrorInitializationError);
    CHECK(cuda_unavailable_reason() ==
          "CUDA does not start: initialization error (cudaErrorInitializationError); look at "
          "nvidia-smi");
}

TEST_CASE("GPUs that cannot be used say why when a device is made") {
    cuda_on_cpu::set_up();
    const auto made = [](int index) {
        return error_of([&] { static_cast<void>(make_cuda_device(parts_of(index))); });
    };
    cuda_on_cpu::fail_call("cudaFuncGetAttributes", 1, cudaErrorNoKernelImageForDevice);
    const auto other = made(0);
    CHECK(other.code == errc::unavailable);
    CHECK(other.says("/job:localhost/task:0/gpu:0 cannot be used: CUDA on the CPU 0 is an sm_90, "
                     "and weft was built for "));
    CHECK(other.says("; build it with the Meson option gpu_archs=90, or leave the GPU out with "
                     "CUDA_VISIBLE_DEVICES"));
    CHECK(made(1).says("cannot be used: invalid device ordinal (cudaErrorInvalidDevice)"));
    for (const char* call : {"cudaGetDeviceProperties", "cudaFuncGetAttributes",
                             "cudaStreamCreateWithFlags", "cudaEventCreateWithFlags",
                             "cudaDeviceGetDefaultMemPool", "cudaMemPoolSetAttribute"}) {
        CAPTURE(call);
        cuda_on_cpu::fail_call(call, 1, cudaErrorUnknown);
        CHECK(failure_of([] { static_cast<void>(make_cuda_device(parts_of(0))); })
                  .starts_with("unavailable: "));
    }
    cuda_on_cpu::lose_device(0);
    CHECK(made(0).code == errc::unavailable);
    cuda_on_cpu::set_up();
    CHECK(make_cuda_device(parts_of(0))->info().memory_limit == 1u << 30);
}
