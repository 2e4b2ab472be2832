// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What a session adds to the work of its kernels: per node of long chains, per run of a single
// node, per hop to an emulated GPU and back. The plain side of a chain is a loop that calls a
// function pointer per node.
#include "compare.hpp"

#include <weft/weft.hpp>

#include <vector>

using namespace weft;

namespace {

using value = tensor<float>;
constexpr std::size_t nodes = 1000;

session_options options(int inter_op_threads, int gpus = 0) {
    return {.inter_op_parallelism_threads = inter_op_threads,
            .intra_op_parallelism_threads = 1,
            .use_per_session_threads = true,
            .emulated_gpus = gpus};
}

[[gnu::noinline]] void add_one(float& x) { x += 1.0f; }

// Calls a function per node through a pointer that the compiler cannot see through.
class plain_chain {
public:
    float operator()(float x) const {
        for (auto* function : functions_) function(x);
        return x;
    }

private:
    std::vector<void (*)(float&)> functions_ = std::vector<void (*)(float&)>(nodes, &add_one);
};

void scalar_chain(benchmark::State& state, const char* name, int threads, bench::goal wanted) {
    graph g;
    auto x = g.placeholder<value>("x");
    node<value> y = x + 1.0f;
    for (std::size_t i = 1; i < nodes; ++i) y = y + 1.0f;
    session s{g, options(threads)};
    auto step = s.make_callable(feeds(x), fetches(y));
    const value one{1.0f};
    const plain_chain plain;
    bench::compare(
        state, name, bench::per_node(nodes), [&] { benchmark::DoNotOptimize(step(one).data()); },
        [&] { benchmark::DoNotOptimize(plain(1.0f)); }, wanted);
}

void call_chain(benchmark::State& state, const char* name, int threads, bench::goal wanted) {
    graph g;
    auto first = g.call([] { return 1; });
    node<int> y = call([](int before) { return before; }, first);
    for (std::size_t i = 2; i < nodes; ++i) y = call([](int before) { return before; }, y);
    session s{g, options(threads)};
    auto step = s.make_callable(feeds(), fetches(y));
    const plain_chain plain;
    bench::compare(
        state, name, bench::per_node(nodes), [&] { benchmark::DoNotOptimize(step()); },
        [&] { benchmark::DoNotOptimize(plain(1.0f)); }, wanted);
}

// 1,000 callables that wait for nothing, shared by two threads.
void call_fan(benchmark::State& state) {
    graph g;
    std::vector<node_ref> all;
    auto first = g.call([] {});
    for (std::size_t i = 1; i < nodes; ++i) all.push_back(g.call([] {}));
    node<void> end = group(first);
    for (const node_ref& one : all) g.add_control(one.id(), end.id());
    session s{g, options(2)};
    auto step = s.make_callable(feeds(), fetches(end));
    bench::measure(state, "fan of 1,000 calls, 2 threads", bench::per_node(nodes), [&] { step(); });
}

void one_node(benchmark::State& state, bool callable) {
    graph g;
    auto x = g.placeholder<value>("x");
    node y = x + 1.0f;
    session s{g, options(-1)};
    auto step = s.make_callable(feeds(x), fetches(y));
    const value one{1.0f};
    if (callable)
        bench::measure(state, "one node, callable", {"ns", 1},
                       [&] { benchmark::DoNotOptimize(step(one).data()); });
    else
        bench::measure(state, "one node, run()", {"ns", 1},
                       [&] { benchmark::DoNotOptimize(s.run({feed(x, one)}, y).data()); });
}

// To an emulated GPU, one addition there, and back: two copies and a queue with its own thread.
void gpu_hop(benchmark::State& state) {
    graph g;
    auto x = g.placeholder<value>("x");
    device_scope on_gpu{g, "/gpu:0"};
    node y = x + 1.0f;
    session s{g, options(1, 1)};
    auto step = s.make_callable(feeds(x), fetches(y));
    const value one{1.0f};
    bench::measure(state, "one node on an emulated GPU", bench::microseconds(),
                   [&] { benchmark::DoNotOptimize(step(one).data()); });
}

}  // namespace

int main(int argc, char** argv) {
    const auto wanted = bench::time_at_most(30);
    bench::add("scalar_chain/1", 3000, [=](auto& state) {
        scalar_chain(state, "chain of 1,000 x+1, 1 thread", -1, wanted);
    });
    bench::add("scalar_chain/2", 3000,
               [](auto& state) { scalar_chain(state, "chain of 1,000 x+1, 2 threads", 2, {}); });
    bench::add("call_chain/1", 3000, [=](auto& state) {
        call_chain(state, "chain of 1,000 calls, 1 thread", -1, wanted);
    });
    bench::add("call_chain/2", 1000,
               [](auto& state) { call_chain(state, "chain of 1,000 calls, 2 threads", 2, {}); });
    bench::add("call_fan/2", 200, [](auto& state) { call_fan(state); });
    bench::add("one_node/callable", 3000, [](auto& state) { one_node(state, true); });
    bench::add("one_node/run", 3000, [](auto& state) { one_node(state, false); });
    bench::add("gpu_hop", 500, [](auto& state) { gpu_hop(state); });
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
