// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A kernel that splits itself over two threads, while another thread of the machine takes one of
// the cores, against two halves that are given out beforehand: by a thread that sleeps between
// calls, and by OpenMP. Whoever waits for a half on a taken core waits until the scheduler gives it
// a turn; chunks that are claimed one by one go to the other core meanwhile.
#include "compare.hpp"
#include "taken_core.hpp"
#include "two_halves.hpp"

#include <weft/weft.hpp>

#include <chrono>
#include <numeric>
#include <thread>
#include <vector>

using namespace weft;

namespace {

using bench::work_on;
constexpr std::size_t indices = 4096;  // of a microsecond each

// OpenMP's static schedule; its threads spin where the others sleep.
#ifdef _OPENMP
void openmp_static() {
#pragma omp parallel for schedule(static) num_threads(2)
    for (std::size_t i = 0; i < indices; ++i) work_on(i, i + 1);
}
#endif

using times = std::vector<double>;  // nanoseconds of each call

double share_of(times all, double share) {
    const double at = share * static_cast<double>(all.size() - 1);
    const auto place = all.begin() + static_cast<std::ptrdiff_t>(at);
    std::nth_element(all.begin(), place, all.end());
    return *place;
}
double mean_of(const times& all) {
    return std::accumulate(all.begin(), all.end(), 0.0) / static_cast<double>(all.size());
}

struct split_times {
    times weft, halves, openmp;
};

// What counts here is not the smallest time but what one has to expect.
void report_split(benchmark::State& state, const std::string& name, const split_times& all) {
    const auto row = [&](const char* what, auto figure) {
        const auto peer = [&](const char* who, const times& of) {
            return bench::peer_figure{who, figure(of) / 1e6, figure(of) / 1e6};
        };
        std::vector<bench::peer_figure> peers{peer("weft", all.weft), peer("halves", all.halves)};
        if (!all.openmp.empty()) peers.push_back(peer("OpenMP static", all.openmp));
        bench::report(state, name + what, {"ms", 1e6}, figure(all.weft), figure(all.halves), {},
                      peers);
    };
    row(", 95th percentile", [](const times& of) { return share_of(of, 0.95); });
    row(", median", [](const times& of) { return share_of(of, 0.5); });
    row(", mean", [](const times& of) { return mean_of(of); });
}

// All in turn.
void split(benchmark::State& state, const std::string& name) {
    graph g;
    node kernel = g.call([](cpu_context& ctx) {
        ctx.parallel_for(indices, /*cost_ns=*/1000.0,
                         [](std::size_t first, std::size_t last) { work_on(first, last); });
    });
    session s{g,
              {.inter_op_parallelism_threads = -1,
               .intra_op_parallelism_threads = 2,
               .use_per_session_threads = true}};
    auto step = s.make_callable(fetches(kernel));
    bench::two_halves halves(indices);
    split_times all;
    for (auto _ : state) {
#ifdef _OPENMP
        all.openmp.push_back(bench::detail::time_of(openmp_static, 1));
        // Until its threads have stopped spinning.
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
#endif
        all.halves.push_back(bench::detail::time_of(halves, 1));
        all.weft.push_back(bench::detail::time_of(step, 1));
        state.SetIterationTime(all.weft.back() * 1e-9);
    }
    report_split(state, name, all);
}

}  // namespace

int main(int argc, char** argv) {
    bench::add("parallel_for/free", 200,
               [](auto& state) { split(state, "parallel_for of 4 ms, 2 threads"); });
    bench::add("parallel_for/taken", 200, [](auto& state) {
        const bench::taken_core other;
        split(state, "parallel_for of 4 ms, 2 threads, one core taken");
    });
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
