// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Reductions, softmax and its kin, and data movement by weft and its rivals, in one thread. They
// first have to agree with weft about the results, then take turns. The plain side of a row of the
// table is the fastest rival, so that `speed` says how weft compares with the best of them. Most
// rivals start threads of OpenMP: OMP_NUM_THREADS is set to 1 before they look.
#include "compare.hpp"
#include "rows/rivals.hpp"

#include <weft/weft.hpp>

#include <cmath>
#include <cstdlib>
#include <string>

#include <unistd.h>

using namespace weft;

namespace {

using bench::row_problem;
using bench::row_work;

using matrix = tensor<float, dyn, dyn>;
using vector = tensor<float, dyn>;
using indices = tensor<std::int64_t, dyn>;

const session_options one_thread{.inter_op_parallelism_threads = -1,
                                 .intra_op_parallelism_threads = 1,
                                 .use_per_session_threads = true};

// The memory that all read.
struct operands {
    matrix x, other;
    vector scale, shift;
    indices index;

    operands(std::size_t rows, std::size_t columns)
        : x(numbers<matrix>({rows, columns}, 1)),
          other(numbers<matrix>({rows, columns}, 2)),
          scale(numbers<vector>({columns}, 3)),
          shift(numbers<vector>({columns}, 4)),
          index(indices::uninitialized({rows})) {
        for (std::size_t r = 0; r < rows; ++r)
            index[r] = static_cast<std::int64_t>(r * 2654435761u % rows);
    }

private:
    // Between -2 and 2.
    template <class Tensor>
    static Tensor numbers(const dims& shape, std::uint64_t seed) {
        Tensor out = Tensor::uninitialized(shape);
        for (float& element : out) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            element = static_cast<float>(seed >> 40) * 0x1p-22f - 2.0f;
        }
        return out;
    }
};

// What is in the memory that p's results go to.
std::vector<double> results(const row_problem& p) {
    std::vector<double> out(p.results());
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = p.work == row_work::argmax ? static_cast<double>(p.places[i]) : p.out[i];
    return out;
}
bool agree(const std::vector<double>& a, const std::vector<double>& b, double allowed) {
    for (std::size_t i = 0; i < a.size(); ++i)
        if (!(std::abs(a[i] - b[i]) <= allowed * (1 + std::abs(b[i])))) return false;
    return true;
}

// Times weft's call and all rivals that have one; all write to the same memory.
void side_by_side(benchmark::State& state, const std::string& name, const row_problem& p,
                  const bench::row_call& weft) {
    struct timed {
        std::string name;
        bench::row_call run;
        int calls;
        std::vector<double> times{};
    };
    weft();
    const std::vector<double> expected = results(p);
    std::vector<timed> all{{"weft", weft, bench::detail::calls_for(weft)}};
    for (const bench::rival& one : bench::all_rivals()) {
        const bench::row_call run = one.make(p);
        if (!run) continue;
        run();
        if (!agree(results(p), expected, expected.size() < p.size() ? 2e-3 : 1e-4))
            return state.SkipWithError((one.name + " differs").c_str());
        all.push_back({one.name, run, bench::detail::calls_for(run)});
    }
    // Each is timed right after a call of its own, in an order that changes: what is in the caches
    // is its own doing, not that of a slow one before it.
    std::size_t first = 0;
    for (auto _ : state) {
        for (std::size_t i = 0; i < all.size(); ++i) {
            timed& one = all[(first + i) % all.size()];
            one.run();
            one.times.push_back(bench::detail::time_of(one.run, one.calls));
        }
        ++first;
        state.SetIterationTime(all[0].times.back() * 1e-9);
    }
    std::vector<bench::peer_figure> peers;
    double best = 0;
    for (timed& one : all) {
        std::sort(one.times.begin(), one.times.end());
        if (one.name == "weft") continue;
        const double smallest = one.times.front();
        peers.push_back({one.name, smallest / 1e3, one.times[one.times.size() / 2] / 1e3});
        if (best == 0 || smallest < best) best = smallest;
    }
    bench::report(state, name, bench::microseconds(), all[0].times.front(), best,
                  bench::speed_at_least(1), peers);
}

// A row of the table: the node that `make` makes of (x, other, scale, shift, index).
template <class Make>
void add(const std::string& name, row_work work, std::size_t rows, std::size_t columns,
         const dims& result_shape, Make make) {
    bench::add(name, 60, [=](benchmark::State& state) {
        operands in(rows, columns);
        graph g;
        auto x = g.placeholder<matrix>("x"), other = g.placeholder<matrix>("other");
        auto scale = g.placeholder<vector>("scale"), shift = g.placeholder<vector>("shift");
        auto index = g.placeholder<indices>("index");
        node y = make(x, other, scale, shift, index);
        session s{g, one_thread};
        auto result = result_of_t<decltype(y)>::zeros(result_shape);
        auto step =
            s.make_callable(feeds(x, other, scale, shift, index), fetches(fetch_into(y, result)));
        row_problem p{work,
                      rows,
                      columns,
                      in.x.data(),
                      in.other.data(),
                      in.scale.data(),
                      in.shift.data(),
                      in.index.data(),
                      nullptr,
                      nullptr};
        if constexpr (std::is_same_v<decltype(result.data()), float*>)
            p.out = result.data();
        else
            p.places = result.data();
        side_by_side(state, name, p, [&] { step(in.x, in.other, in.scale, in.shift, in.index); });
    });
}

void add_rows() {
    constexpr std::size_t n = 4096, m = 512;
    const dims same{n, m};
    add("softmax", row_work::softmax, n, m, same,
        [](auto x, auto, auto, auto, auto) { return softmax(x); });
    add("log_softmax", row_work::log_softmax, n, m, same,
        [](auto x, auto, auto, auto, auto) { return log_softmax(x); });
    add("logsumexp", row_work::logsumexp, n, m, {n},
        [](auto x, auto, auto, auto, auto) { return logsumexp(x); });
    add("layer_norm", row_work::layer_norm, n, m, same,
        [](auto x, auto, auto a, auto b, auto) { return layer_norm(x, a, b); });
    add("argmax", row_work::argmax, n, m, {n},
        [](auto x, auto, auto, auto, auto) { return argmax<1>(x); });
}
void add_reductions() {
    constexpr std::size_t n = 2048;
    add("sum, all", row_work::sum, n, n, {}, [](auto x, auto, auto, auto, auto) { return sum(x); });
    add("sum, axis 0", row_work::sum_axis_0, n, n, {n},
        [](auto x, auto, auto, auto, auto) { return sum<0>(x); });
    add("sum, axis 1", row_work::sum_axis_1, n, n, {n},
        [](auto x, auto, auto, auto, auto) { return sum<1>(x); });
    add("sum of x*y", row_work::sum_of_products, n, n, {},
        [](auto x, auto y, auto, auto, auto) { return sum(x * y); });
    add("max, all", row_work::max, n, n, {},
        [](auto x, auto, auto, auto, auto) { return (max)(x); });
    add("max, axis 0", row_work::max_axis_0, n, n, {n},
        [](auto x, auto, auto, auto, auto) { return max<0>(x); });
}
void add_movements() {
    constexpr std::size_t n = 2048;
    const dims same{n, n};
    add("transpose", row_work::transpose, n, n, same,
        [](auto x, auto, auto, auto, auto) { return transpose(x); });
    add("gather", row_work::gather, n, n, same,
        [](auto x, auto, auto, auto, auto i) { return gather<0>(x, i); });
    add("scatter_add", row_work::scatter_add, n, n, same,
        [](auto x, auto y, auto, auto, auto i) { return scatter_add<0>(x, i, y); });
    add("concat", row_work::concat, n, n, {n, 2 * n},
        [](auto x, auto y, auto, auto, auto) { return concat<1>(x, y); });
    add("slice", row_work::slice, n, n, {n, n / 2},
        [](auto x, auto, auto, auto, auto) { return slice<1, n / 4, 3 * n / 4>(x); });
}

}  // namespace

int main(int argc, char** argv) {
    // OpenMP reads it when it is loaded, before this line: start again where it was not set.
    const char* const threads = std::getenv("OMP_NUM_THREADS");
    if (threads == nullptr || std::string(threads) != "1") {
        setenv("OMP_NUM_THREADS", "1", 1);
        execv("/proc/self/exe", argv);  // returns only where it fails
    }
    add_rows();
    add_reductions();
    add_movements();
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
