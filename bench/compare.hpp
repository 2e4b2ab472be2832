// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Comparisons within one run: a benchmark here is a piece of weft and the plain loop it should keep
// up with, timed in turn, so that both see the same machine. What counts is the smallest time of
// each. Results are counters of Google Benchmark and, where WEFT_BENCH_ROWS names a file, rows of
// the table that table.py prints.
#pragma once

#include "row.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <string>
#include <vector>

namespace bench {

namespace detail {

inline double now_ns() {
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return static_cast<double>(std::chrono::duration_cast<std::chrono::nanoseconds>(since).count());
}

// Nanoseconds of a call, the mean of `calls`.
template <class Body>
double time_of(Body&& body, int calls) {
    const double start = now_ns();
    for (int i = 0; i < calls; ++i) body();
    return (now_ns() - start) / calls;
}

// So many calls that reading the clock does not count.
template <class Body>
int calls_for(Body& body) {
    body();
    const double once = std::min(time_of(body, 1), time_of(body, 1));
    return once >= 20e3 ? 1 : static_cast<int>(20e3 / (once + 1)) + 1;
}

}  // namespace detail

// Tells what was measured: `weft` and `plain` (0: there is none) in nanoseconds, or whatever the
// unit divides, and what peers took, in the row's units.
inline void report(benchmark::State& state, const std::string& name, const unit& in, double weft,
                   double plain, goal wanted, const std::vector<peer_figure>& peers = {}) {
    state.counters["weft"] = weft / in.per_call;
    if (plain > 0) {
        state.counters["plain"] = plain / in.per_call;
        state.counters["speed"] = plain / weft;
    }
    for (const peer_figure& peer : peers) state.counters[peer.name] = peer.best;
    state.SetLabel(in.name);
    write_row(name, in, weft / in.per_call, plain / in.per_call, wanted, peers);
}

// Times weft() and plain() in turn. Their results have to be kept by the bodies themselves, by
// benchmark::DoNotOptimize or by writing to memory.
template <class Weft, class Plain>
void compare(benchmark::State& state, const std::string& name, const unit& in, Weft weft,
             Plain plain, goal wanted = {}) {
    const int weft_calls = detail::calls_for(weft);
    const int plain_calls = detail::calls_for(plain);
    double best_weft = std::numeric_limits<double>::max();
    double best_plain = best_weft;
    for (auto _ : state) {
        best_plain = std::min(best_plain, detail::time_of(plain, plain_calls));
        const double now = detail::time_of(weft, weft_calls);
        best_weft = std::min(best_weft, now);
        state.SetIterationTime(now * 1e-9);
    }
    report(state, name, in, best_weft, best_plain, wanted);
}

// The same without a plain loop beside it.
template <class Weft>
void measure(benchmark::State& state, const std::string& name, const unit& in, Weft weft,
             goal wanted = {}) {
    const int calls = detail::calls_for(weft);
    double best = std::numeric_limits<double>::max();
    for (auto _ : state) {
        const double now = detail::time_of(weft, calls);
        best = std::min(best, now);
        state.SetIterationTime(now * 1e-9);
    }
    report(state, name, in, best, 0, wanted);
}

// Registers body(state); `pairs` is how often it is timed.
template <class Body>
void add(const std::string& name, int pairs, Body body) {
    benchmark::RegisterBenchmark(name.c_str(), body)->UseManualTime()->Iterations(pairs);
}

}  // namespace bench
