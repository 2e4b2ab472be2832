// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What an edge between devices costs is the difference between a chain that changes its device at
// every node and one that stays, so that kernels and the rest of a run cancel out. The values are
// scalars: copying one takes nothing beside the edge.
#include "executor/session_edges.hpp"

#include "compare.hpp"

#include <weft/weft.hpp>

using namespace weft;

namespace {

using value = tensor<float>;
constexpr int edges = 64;

session_options options(int threads, int cpus, int gpus) {
    session_options made{.inter_op_parallelism_threads = threads,
                         .intra_op_parallelism_threads = 1,
                         .use_per_session_threads = true,
                         .emulated_gpus = gpus};
    if (cpus > 1) made.device_count = {{"CPU", cpus}};
    return made;
}

// x + 1 once, by a callable that is warm.
void one_node(benchmark::State& state, const char* name, const char* device, bench::goal wanted) {
    graph g;
    auto x = g.placeholder<value>("x");
    device_scope on{g, device};
    node y = x + 1.0f;
    session s{g, options(-1, 1, 1)};
    auto step = s.make_callable(feeds(x), fetches(y));
    const value one{1.0f};
    bench::measure(state, name, {"ns", 1}, [&] { benchmark::DoNotOptimize(step(one).data()); },
                   wanted);
}

// x + 1 + 1 ..., every other node on `device`.
node<value> zigzag(graph& g, const node<value>& x, const char* device) {
    node<value> y = x;
    for (int i = 0; i < edges; ++i) {
        device_scope on{g, i % 2 == 0 ? device : "/cpu:0"};
        y = node<value>(y + 1.0f);
    }
    return y;
}

void edge(benchmark::State& state, const char* name, const char* device,
          const session_options& with, double wanted_us) {
    graph g;
    auto x = g.placeholder<value>("x");
    const node<value> moving = zigzag(g, x, device), staying = zigzag(g, x, "/cpu:0");
    session s{g, with};
    auto move = s.make_callable(feeds(x), fetches(moving));
    auto stay = s.make_callable(feeds(x), fetches(staying));
    const value one{1.0f};
    const auto moved = [&] { benchmark::DoNotOptimize(move(one).data()); };
    const auto stayed = [&] { benchmark::DoNotOptimize(stay(one).data()); };
    const int moves = bench::detail::calls_for(moved), stays = bench::detail::calls_for(stayed);
    double best_moved = 1e18, best_stayed = 1e18;
    for (auto _ : state) {
        const double now = bench::detail::time_of(moved, moves);
        best_moved = std::min(best_moved, now);
        best_stayed = std::min(best_stayed, bench::detail::time_of(stayed, stays));
        state.SetIterationTime(now * 1e-9);
    }
    bench::report(state, name, {"us", 1e3}, std::max(0.0, best_moved - best_stayed) / edges,
                  0, bench::time_at_most(wanted_us));
}

void build_binary(benchmark::State& state) {
    constexpr std::size_t nodes = 100'000;
    const auto build = [] {
        graph g;
        auto x = g.placeholder<value>("x");
        node<value> before = x, y = x + x;
        for (std::size_t i = 1; i < nodes; ++i) {
            const node<value> next = y + before;
            before = y;
            y = next;
        }
        benchmark::DoNotOptimize(y.id());
    };
    bench::measure(state, "build a graph of 100k binary nodes", bench::per_node(nodes), build,
                   bench::time_at_most(300));
}

}  // namespace

void bench::add_session_edges() {
    const auto row = [](const std::string& name, int rounds, auto body) {
        bench::add("executor/" + name, rounds,
                   [=](benchmark::State& state) { body(state, name.c_str()); });
    };
    row("one node, fed and fetched", 2000, [](auto& state, const char* name) {
        one_node(state, name, "/cpu:0", bench::time_at_most(150));
    });
    row("one node on an emulated GPU, fed and fetched", 500, [](auto& state, const char* name) {
        one_node(state, name, "/gpu:0", {});
    });
    row("edge between two CPUs, caller's thread", 500, [](auto& state, const char* name) {
        edge(state, name, "/cpu:1", options(-1, 2, 0), 0.3);
    });
    row("edge between two CPUs, a thread each", 200, [](auto& state, const char* name) {
        edge(state, name, "/cpu:1", options(1, 2, 0), 0.3);
    });
    row("edge to an emulated GPU or back", 200, [](auto& state, const char* name) {
        edge(state, name, "/gpu:0", options(1, 1, 1), 1);
    });
    row("build a graph of 100k binary nodes", 4,
        [](auto& state, const char*) { build_binary(state); });
}
