// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The rows that compare executors. A row's plain side is the loop; with bodies of a microsecond it
// is the loop's time divided by the number of threads, so that the speed is the share of perfect
// scaling.
#include "executor/session_edges.hpp"
#include "executor/side_by_side.hpp"
#include "two_halves.hpp"

namespace {

using bench::scene;
using bench::side_by_side;
using bench::work;

// One of the peers whose figures in a scene are rows of the table, with what they should be. How
// long it builds and what that takes in memory is told where there are goals for it.
struct subject {
    std::string name = "weft";
    bench::goal run{}, build{}, bytes{};
};
// A scene's row of one subject; others than weft itself are named.
std::string row_name(const scene& what, const subject& of) {
    return of.name == "weft" ? what.name : what.name + ", " + of.name;
}

void report_run(benchmark::State& state, const side_by_side& all, const scene& what,
                const subject& of) {
    const bool ideal = what.body == work::microsecond;
    const double nodes = static_cast<double>(all.graph().size());
    const double loop = bench::smallest(all.of("loop").run) / (ideal ? what.threads : 1);
    const auto run = [](const bench::samples& one) { return one.run; };
    const bench::unit in = nodes > 1 ? bench::per_node(all.graph().size()) : bench::unit{"ns", 1};
    report(state, row_name(what, of), in, bench::smallest(all.of(of.name).run), loop, of.run,
           all.figures(run, nodes, "loop"));
}

// How long it took to make what is run, and how much memory that needs.
void report_build(benchmark::State& state, const side_by_side& all, const scene& what,
                  const subject& of) {
    const auto nodes = static_cast<double>(all.graph().size());
    const auto build = [](const bench::samples& one) { return one.build; };
    const auto bytes = [](const bench::samples& one) { return std::vector<double>{one.bytes}; };
    const std::string name = row_name(what, of);
    report(state, name + ", to build", bench::per_node(all.graph().size()),
           bench::smallest(all.of(of.name).build), 0, of.build, all.figures(build, nodes, "loop"));
    report(state, name + ", memory", {"B/node", nodes}, all.of(of.name).bytes, 0, of.bytes,
           all.figures(bytes, nodes, "loop"));
}

// Set when a peer did not do what it was to.
bool failed = false;

void add(const scene& what, const std::vector<subject>& subjects) {
    bench::add("executor/" + what.name, what.rounds, [=](benchmark::State& state) {
        side_by_side all(what);
        if (const std::string wrong = all.wrong_peer(); !wrong.empty()) {
            failed = true;
            state.SkipWithError((wrong + " did not run every node once and in order").c_str());
            return;
        }
        for (auto _ : state) {
            all.round();
            state.SetIterationTime(bench::smallest(all.of("weft").run) * 1e-9);
        }
        for (const subject& of : subjects) {
            if (of.build.what != bench::goal::none) report_build(state, all, what, of);
            report_run(state, all, what, of);
        }
    });
}

bench::dag single() { return bench::chain_of(1); }
bench::dag chain() { return bench::chain_of(1000); }
bench::dag fan() { return bench::fan_of(1000); }
bench::dag layered() { return bench::layers_of(10, 100); }
bench::dag wavefront() { return bench::wavefront_of(64); }
bench::dag random_10k() { return bench::random_of(10'000); }
bench::dag random_100k() { return bench::random_of(100'000); }
bench::dag random_1m() { return bench::random_of(1'000'000); }

void add_empty(int threads) {
    using bench::time_at_most;
    const std::string text = threads == 1 ? ", 1 thread" : ", 2 threads";
    const auto row = [&](const char* name, bench::dag (*graph)(), int rounds, const subject& of,
                         double stealing_ns = 0) {
        subject stealing{.name = "weft stealing"};
        if (threads == 1 && stealing_ns > 0) stealing.run = time_at_most(stealing_ns);
        add({name + text, graph, work::nothing, threads, rounds},
            stealing_ns > 0 ? std::vector{of, stealing} : std::vector{of});
    };
    const subject cheap{.run = time_at_most(3)};
    row("single node", &single, 10, {.run = time_at_most(150)});
    row("chain 1k", &chain, 10, cheap, 6);
    row("fan 1k", &fan, 10, cheap, 8);
    row("layered 1k", &layered, 10, cheap, 12);
    row("wavefront 64x64", &wavefront, 10, cheap, 12);
    row("random 100k", &random_100k, 4, cheap, 50);
    subject large{.run = time_at_most(4)};
    if (threads == 1) {  // otherwise the same
        large.build = time_at_most(400);
        large.bytes = time_at_most(200);
    }
    row("random 1M", &random_1m, 1, large);
}

// What two threads can do here at most, without an executor: on a machine that has other things to
// do, the rows with two threads are to be read beside this one.
void two_cores(benchmark::State& state) {
    constexpr std::size_t indices = 4096;
    bench::two_halves both(indices);
    bench::compare(
        state, "no executor, 1 us each, 2 threads", bench::per_node(indices), [&] { both(); },
        [] { bench::work_on(0, indices / 2); });
}

void add_busy() {
    bench::add("executor/no executor, 1 us each, 2 threads", 100, two_cores);
    const auto row = [](const char* name, bench::dag (*graph)(), int rounds) {
        add({std::string(name) + ", 1 us each, 2 threads", graph, work::microsecond, 2, rounds},
            {{.run = bench::speed_at_least(0.95)}});
    };
    row("fan 1k", &fan, 20);
    row("layered 1k", &layered, 20);
    row("wavefront 64x64", &wavefront, 20);
    row("random 10k", &random_10k, 20);
}

}  // namespace

int main(int argc, char** argv) {
    add_empty(1);
    add_empty(2);
    add_busy();
    bench::add_session_edges();
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return failed ? 1 : 0;
}
