// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Sessions on GPUs of the emulated CUDA runtime: which GPUs they have, right results whatever the
// GPUs' delays, runs that end when the GPU has, and what is said when a kernel or a GPU fails.
#include <weft/weft.hpp>

#include <cuda_on_cpu/cuda_on_cpu.hpp>
#include <doctest/doctest.h>
#include <support/caught.hpp>

#include <atomic>
#include <thread>
#include <vector>

#include <weft/cuda/launch.hpp>

using namespace weft;
using weft_test::error_of;

namespace {

using row = tensor<float, dyn>;

// [global]
__global__ void twice_and_one(float* out, const float* in, std::size_t n) {
    const std::size_t stride = std::size_t{gridDim.x} * blockDim.x;
    for (std::size_t i = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x; i < n; i += stride)
        out[i] = 2 * in[i] + 1;
}
// [/global]

// 2 x + 1, with a kernel of its own on the GPU, by way of scratch memory.
struct step_up {
    static constexpr const char* name = "StepUp";
    static dims shape(const dims& in) { return in; }
};

}  // namespace

template <>
struct weft::kernel<step_up, cpu, float> {
    static void run(cpu_context&, tensor_view<float, dyn> out, tensor_view<const float, dyn> in) {
        for (std::size_t i = 0; i < in.size(); ++i) out[i] = 2 * in[i] + 1;
    }
};
// [kernel]
template <>
struct weft::kernel<step_up, gpu, float> {
    static void run(gpu_context& ctx, tensor_view<float, dyn> out,
                    tensor_view<const float, dyn> in) {
        auto* const scratch = static_cast<float*>(ctx.scratch(in.size() * sizeof(float)));
        const unsigned blocks = cuda::blocks_for(ctx, in.size(), 32, 1);
        cuda::launch(ctx, twice_and_one, blocks, 32, scratch, in.data(), in.size());
        static_cast<void>(cudaMemcpyAsync(out.data(), scratch, in.size() * sizeof(float),
                                          cudaMemcpyDeviceToDevice,
                                          static_cast<cudaStream_t>(ctx.stream())));
    }
};
// [/kernel]

namespace {

struct chain {
    graph g;
    node<row> x = g.placeholder<row>("x");

    node<row> at(const char* device, const node<row>& in, const char* name) {
        device_scope pin{g, device};
        return {make_op<step_up, row>(in), name};
    }
};

row filled(std::size_t n, float with) {
    row out = row::zeros({n});
    for (float& v : out) v = with;
    return out;
}

}  // namespace

TEST_CASE("a session has the GPUs of the machine, as many as it is told to use") {
    cuda_on_cpu::set_up({.devices = 3});
    chain c;
    const auto gpus = [&](session_options options) {
        session s{c.g, std::move(options)};
        return s.devices().size() - 1;
    };
    CHECK(gpus({}) == 3);
    CHECK(gpus({.device_count = {{"GPU", 2}}}) == 2);
    CHECK(gpus({.device_count = {{"GPU", 0}}}) == 0);
    CHECK(gpus({.device_count = {{"gpu", 8}}}) == 3);
    CHECK(error_of([&] { gpus({.device_count = {{"GPU", -1}}}); }).says("give 0 or more"));
    {
        session s{c.g};
        CHECK(s.devices()[1].description == "CUDA on the CPU 0");
        CHECK(s.memory("/gpu:2").limit == 1u << 30);
    }
    {
        session s{c.g, {.memory_limit = {{"/gpu:1", 1000}}}};
        CHECK(s.memory("/gpu:1").limit == 1000);
    }
    {
        session s{c.g, {.emulated_gpus = 1}};
        CHECK(s.devices().size() == 2);
        CHECK(s.devices()[1].description == "emulated");
    }
    CHECK(error_of([&] { gpus({.device_count = {{"GPU", 2}}, .emulated_gpus = 1}); })
              .says("device_count does not make GPUs; set emulated_gpus"));
    cuda_on_cpu::fail_call("cudaFuncGetAttributes", 1, cudaErrorNoKernelImageForDevice);
    CHECK(error_of([&] { gpus({}); }).says("is an sm_90"));
}

TEST_CASE("without a driver a session has no GPU, and works") {
    for (const cuda_on_cpu::options& machine :
         {cuda_on_cpu::options{.driver = 0}, {.driver = 12080}, {.devices = 0}}) {
        cuda_on_cpu::set_up(machine);
        chain c;
        node up{make_op<step_up, row>(c.x)}, pinned = c.at("/gpu:0", c.x, "pinned");
        session s{c.g, {.device_count = {{"GPU", 1}}}};
        CHECK(s.devices().size() == 1);
        CHECK(s.run({feed(c.x, row{1, 2})}, up) == row{3, 5});
        CHECK(error_of([&] { s.run({feed(c.x, row{1, 2})}, pinned); }).node == "pinned");
    }
}

TEST_CASE("results are right whatever the delays of the GPUs") {
    for (int threads : {-1, 1, 2})
        for (std::uint64_t seed = 1; seed <= 4; ++seed) {
            CAPTURE(threads);
            CAPTURE(seed);
            cuda_on_cpu::set_up({.devices = 2, .seed = seed});
            {
                chain c;
                node a = c.at("/gpu:0", c.x, "a"), b = c.at("/gpu:0", a, "b");
                node d = c.at("/gpu:1", a, "d"), e = c.at("/cpu:0", b, "e");
                node f = c.at("/gpu:1", d, "f"), h = c.at("/gpu:0", f, "h");
                node i = c.at("/gpu:0", e, "i");
                session s{c.g,
                          {.inter_op_parallelism_threads = threads,
                           .use_per_session_threads = true}};
                for (std::size_t n : {100u, 100u, 3u, 5000u, 0u, 100u}) {
                    const auto [out, other] =
                        s.run({feed(c.x, filled(n, static_cast<float>(n)))}, h, i);
                    CHECK(out == filled(n, 16.0f * static_cast<float>(n) + 15));
                    CHECK(other == filled(n, 16.0f * static_cast<float>(n) + 15));
                }
            }
            CHECK(cuda_on_cpu::violation() == "");
            CHECK(cuda_on_cpu::live_allocations() == 0);
        }
}

TEST_CASE("many runs at the same time share a GPU") {
    cuda_on_cpu::set_up({.seed = 11});
    chain c;
    node out = c.x;
    for (int i = 0; i < 6; ++i) out = c.at("/gpu:0", out, "up");
    session s{c.g, {.inter_op_parallelism_threads = 2, .use_per_session_threads = true}};
    std::atomic<int> wrong{0};
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&, t] {
                const auto n = static_cast<std::size_t>(50 + t);
                for (int k = 0; k < 10; ++k)
                    wrong += s.run({feed(c.x, filled(n, float(t)))}, out) !=
                             filled(n, 64.0f * float(t) + 63);
            });
    }
    CHECK(wrong == 0);
}

TEST_CASE("constants and late shapes") {
    cuda_on_cpu::set_up({.seed = 4});
    chain c;
    std::size_t n = 3;
    node late = c.g.call([&] { return filled(n, 2); });
    node there = c.at("/gpu:0", late, "there"), again = c.at("/gpu:0", there, "again");
    node fixed = c.at("/gpu:0", node<row>(c.g.constant(row{1, 2, 3}, "fixed")), "up");
    session s{c.g};
    for (std::size_t size : {3u, 70u, 0u, 1u}) {
        n = size;
        CHECK(s.run(again) == filled(n, 11));
    }
    CHECK(s.run(fixed) == row{3, 5, 7});
}

TEST_CASE("a caller's thread keeps its current device") {
    cuda_on_cpu::set_up({.devices = 2});
    chain c;
    node up = c.at("/gpu:0", c.x, "up");
    session s{c.g, {.inter_op_parallelism_threads = -1}};
    static_cast<void>(cudaSetDevice(1));
    CHECK(s.run({feed(c.x, row{1})}, up) == row{3});
    int now = -1;
    CHECK(cudaGetDevice(&now) == cudaSuccess);
    CHECK(now == 1);
}

TEST_CASE("a kernel that cannot be started is the error of its node") {
    for (int threads : {-1, 2})
        for (long k = 1; k <= 3; ++k) {
            CAPTURE(k);
            cuda_on_cpu::set_up({.seed = 6});
            chain c;
            node a = c.at("/gpu:0", c.x, "n1"), b = c.at("/gpu:0", a, "n2");
            node d = c.at("/gpu:0", b, "n3");
            session s{c.g,
                      {.inter_op_parallelism_threads = threads, .use_per_session_threads = true}};
            CHECK(s.run({feed(c.x, row{1})}, d) == row{15});
            cuda_on_cpu::fail_call("cudaLaunchKernelEx", k, cudaErrorInvalidConfiguration);
            const auto e = error_of([&] { s.run({feed(c.x, row{1})}, d); });
            CHECK(e.code == errc::internal);
            CHECK(e.node == "n" + std::to_string(k));
            CHECK(e.says("launch of a kernel: cudaErrorInvalidConfiguration"));
            // Nothing is lost: another session has the same memory, once all is recorded.
            session unharmed{c.g, {.use_per_session_threads = true}};
            for (int i = 0; i < 5; ++i)
                for (session* each : {&s, &unharmed})
                    CHECK(each->run({feed(c.x, row{1})}, d) == row{15});
            CHECK(s.memory("/gpu:0").live == unharmed.memory("/gpu:0").live);
        }
}

TEST_CASE("what a kernel finds wrong is said although a copy has waited for it") {
    cuda_on_cpu::set_up({.seed = 8});
    graph g;
    using integers = tensor<std::int32_t, dyn>;
    const auto x = g.placeholder<integers>("x"), y = g.placeholder<integers>("y");
    node quotient = on<gpu>(x / y);
    node here = on<cpu>(quotient + std::int32_t{1});
    session s{g};
    CHECK(s.run({feed(x, integers{6, 7}), feed(y, integers{3, 2})}, here) == integers{3, 4});
    const auto e =
        error_of([&] { s.run({feed(x, integers{6, 7}), feed(y, integers{3, 0})}, here); });
    CHECK(e.code == errc::invalid_argument);
    CHECK(e.node == quotient.name());
    CHECK(s.run({feed(x, integers{6, 7}), feed(y, integers{3, 2})}, here) == integers{3, 4});
}

TEST_CASE("variables of a GPU keep their values when a run fails") {
    cuda_on_cpu::set_up({.seed = 12});
    graph g;
    device_scope pin{g, "/gpu:0"};
    const auto v = g.variable(tensor<float, 4>{1, 2, 3, 4}, "v");
    const auto add = v.assign_add(g.constant(tensor<float, 4>{1, 1, 1, 1}, "one"));
    session s{g};
    s.initialize();
    for (int i = 0; i < 3; ++i) s.run(add);
    CHECK(s.run(v) == tensor<float, 4>{4, 5, 6, 7});
    cuda_on_cpu::fail_call("cudaLaunchKernelEx", 1, cudaErrorInvalidConfiguration);
    CHECK(error_of([&] { s.run(add); }).code == errc::internal);
    CHECK(s.run(v) == tensor<float, 4>{4, 5, 6, 7});
}

TEST_CASE("out of memory on one of two GPUs in the middle of a run") {
    // Nor has the host enough that could be pinned.
    cuda_on_cpu::set_up({.devices = 2, .memory = 1u << 20});
    chain c;
    std::size_t n = 10;
    node late = c.g.call([&] { return filled(n, 1); });
    node a = c.at("/gpu:0", late, "a"), b = c.at("/gpu:1", a, "b");
    session s{c.g, {.memory_limit = {{"/gpu:1", 10'000}}}};
    CHECK(s.run(b) == filled(10, 7));
    n = 5000;
    const auto e = error_of([&] { s.run(b); });
    CHECK(e.code == errc::resource_exhausted);
    CHECK(e.says("out of memory on /job:localhost/task:0/gpu:1: 20000 bytes requested"));
    CHECK(s.run(a) == filled(5000, 3));
    n = 10;
    CHECK(s.run(b) == filled(10, 7));
}

TEST_CASE("a lost GPU: its nodes are named, other GPUs go on") {
    for (int threads : {-1, 1, 2})
        for (long k = 1; k <= 3; ++k)
            for (std::uint64_t seed : {0u, 7u}) {
                CAPTURE(threads);
                CAPTURE(k);
                CAPTURE(seed);
                cuda_on_cpu::set_up({.devices = 2, .seed = seed});
                {
                    chain c;
                    node a = c.at("/gpu:0", c.x, "a"), b = c.at("/gpu:0", a, "b");
                    node d = c.at("/gpu:0", b, "d"), other = c.at("/gpu:1", c.x, "other");
                    node here = c.at("/cpu:0", c.x, "here");
                    session s{c.g,
                              {.inter_op_parallelism_threads = threads,
                               .use_per_session_threads = true}};
                    const auto in = feed(c.x, row{1});
                    CHECK(s.run({in}, d) == row{15});
                    cuda_on_cpu::fault_kernel(k);
                    const auto first = error_of([&] { s.run({in}, d); });
                    CHECK(first.code == errc::unavailable);
                    CHECK(first.says("gpu:0 (CUDA on the CPU 0) is lost: an illegal memory access "
                                     "was encountered (cudaErrorIllegalAddress), while it ran "));
                    const char* const names[] = {"'a' (", "'b' (", "'d' ("};
                    CHECK(first.says(names[k - 1]));
                    for (int i = 0; i < 2; ++i) {
                        CHECK(error_of([&] { s.run({in}, a); }).text == first.text);
                        CHECK(s.run({in}, other) == row{3});
                        CHECK(s.run({in}, here) == row{3});
                    }
                    const auto made = error_of([&] { session again{c.g}; });
                    CHECK(made.code == errc::unavailable);
                    session without{c.g, {.device_count = {{"GPU", 0}}}};
                    CHECK(without.run({in}, here) == row{3});
                }
                CHECK(cuda_on_cpu::live_allocations() == 0);
            }
}

TEST_CASE("a run ends when the GPU has, although nothing is fetched from it") {
    cuda_on_cpu::set_up({.seed = 9});
    chain c;
    node a = c.at("/gpu:0", c.x, "a");
    node done = group(c.at("/gpu:0", a, "b"));
    session s{c.g};
    for (int i = 0; i < 5; ++i) {
        s.run({feed(c.x, filled(1000, 1))}, done);
        CHECK(cudaDeviceSynchronize() == cudaSuccess);
    }
    cuda_on_cpu::fault_kernel(2);
    CHECK(error_of([&] { s.run({feed(c.x, row{1})}, done); }).code == errc::unavailable);
}
