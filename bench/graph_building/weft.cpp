// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Building and planning: nanoseconds per node to add nodes to a graph, to make a session's plan for
// them, and for the first run, which lays out memory.
#include "compare.hpp"

#include <weft/weft.hpp>

#include <memory>

using namespace weft;

namespace {

using value = tensor<float>;
const session_options in_caller{.inter_op_parallelism_threads = -1};

// A chain of n nodes x + 1.
node<value> chain(const node<value>& x, std::size_t n) {
    node<value> y = x + 1.0f;
    for (std::size_t i = 1; i < n; ++i) y = y + 1.0f;
    return y;
}
// A chain of n nodes of six fused ops each.
node<value> fused_chain(const node<value>& x, std::size_t n) {
    node<value> y = x;
    for (std::size_t i = 0; i < n; ++i) y = node<value>(y * y * 2.0f + y * x + 1.0f);
    return y;
}

void build(benchmark::State& state, const char* name, std::size_t n,
           node<value> (*make)(const node<value>&, std::size_t)) {
    bench::measure(state, name, bench::per_node(n), [=] {
        graph g;
        benchmark::DoNotOptimize(make(g.placeholder<value>("x"), n).id());
    });
}

void planning(benchmark::State& state, const char* name, std::size_t n, bool and_run) {
    graph g;
    auto x = g.placeholder<value>("x");
    const node<value> y = chain(x, n);
    const value one{1.0f};
    std::unique_ptr<session> s;
    bench::measure(state, name, bench::per_node(n), [&] {
        s = std::make_unique<session>(g, in_caller);
        auto step = s->make_callable(feeds(x), fetches(y));
        if (and_run) benchmark::DoNotOptimize(step(one).data());
    });
}

}  // namespace

int main(int argc, char** argv) {
    bench::add("build/chain", 60,
               [](auto& state) { build(state, "build, chain of 1,000", 1000, &chain); });
    bench::add("build/chain", 10,
               [](auto& state) { build(state, "build, chain of 10,000", 10'000, &chain); });
    bench::add("build/fused", 60, [](auto& state) {
        build(state, "build, 1,000 nodes of 5 fused ops", 1000, &fused_chain);
    });
    bench::add("plan/1000", 60,
               [](auto& state) { planning(state, "plan, chain of 1,000", 1000, false); });
    bench::add("plan/10000", 10,
               [](auto& state) { planning(state, "plan, chain of 10,000", 10'000, false); });
    bench::add("plan_and_run/1000", 60, [](auto& state) {
        planning(state, "plan and first run, chain of 1,000", 1000, true);
    });
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
