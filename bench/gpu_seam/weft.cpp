// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What a node of a GPU costs the host: planning it, and handing it over in a warm callable. The GPU
// is emulated, behind the interface that one of CUDA is behind, so the driver's share is not in it.
// The plain side is the same chain on the CPU.
#include "compare.hpp"

#include <weft/weft.hpp>

#include <memory>

using namespace weft;

namespace {

using value = tensor<float>;
constexpr std::size_t nodes = 1000;
constexpr const char *on_gpu = "/gpu:0", *on_cpu = "/cpu:0";

const session_options options{.inter_op_parallelism_threads = -1,
                              .intra_op_parallelism_threads = 1,
                              .use_per_session_threads = true,
                              .emulated_gpus = 1};

// A chain of x + 1 on a device; the number that is fed and fetched is the host's.
struct chain {
    mutable graph g;
    node<value> x = g.placeholder<value>("x");
    node<value> y;

    chain(const char* device, std::size_t n) : y(made_on(device, n)) {}

    node<value> made_on(const char* device, std::size_t n) {
        const device_scope here{g, device};
        node<value> last = x + 1.0f;
        for (std::size_t i = 1; i < n; ++i) last = last + 1.0f;
        return last;
    }
};

void enqueueing(benchmark::State& state) {
    const chain gpu(on_gpu, nodes), cpu(on_cpu, nodes);
    session there{gpu.g, options}, here{cpu.g, options};
    auto on_there = there.make_callable(feeds(gpu.x), fetches(gpu.y));
    auto on_here = here.make_callable(feeds(cpu.x), fetches(cpu.y));
    const value one{1.0f};
    if (there.device_of(gpu.y).find(on_gpu) == std::string::npos)
        return state.SkipWithError("the chain is not on the GPU");
    bench::compare(
        state, "chain of 1,000 x+1 on an emulated GPU", bench::per_node(nodes),
        [&] { benchmark::DoNotOptimize(on_there(one).data()); },
        [&] { benchmark::DoNotOptimize(on_here(one).data()); }, bench::time_at_most(100));
}

// In a session of its own each time, for a session keeps its plans. One node is what that costs.
void planning(benchmark::State& state, const char* name, std::size_t n, bool and_run) {
    const chain gpu(on_gpu, n), cpu(on_cpu, n);
    const value one{1.0f};
    const auto plan = [&](std::unique_ptr<session>& s, const chain& of) {
        s = std::make_unique<session>(of.g, options);
        auto step = s->make_callable(feeds(of.x), fetches(of.y));
        if (and_run) benchmark::DoNotOptimize(step(one).data());
    };
    std::unique_ptr<session> there, here;
    bench::compare(
        state, name, bench::microseconds(), [&] { plan(there, gpu); }, [&] { plan(here, cpu); });
}

}  // namespace

int main(int argc, char** argv) {
    bench::add("gpu_seam/enqueueing", 3000, [](auto& state) { enqueueing(state); });
    bench::add("gpu_seam/plan/1", 60, [](auto& state) {
        planning(state, "session and plan of 1 node on an emulated GPU", 1, false);
    });
    bench::add("gpu_seam/plan/1000", 60, [](auto& state) {
        planning(state, "session and plan of 1,000 nodes there", nodes, false);
    });
    bench::add("gpu_seam/plan_and_run", 60, [](auto& state) {
        planning(state, "session, plan and first run of 1,000 nodes there", nodes, true);
    });
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
