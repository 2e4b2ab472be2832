// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Elementary functions of 1 Mi floats by weft at both accuracies, and by other libraries, in one
// thread. All first have to agree, then take turns. weft's figure is that of accuracy::fast, since
// the rivals are off by a few units too; the plain side of a row is the fastest rival.
#include "compare.hpp"
#include "functions/rivals.hpp"

#include <weft/weft.hpp>

#include <cmath>

using namespace weft;

namespace {

using bench::elementary;
using vector = tensor<float, dyn>;

const session_options one_thread{.inter_op_parallelism_threads = -1,
                                 .intra_op_parallelism_threads = 1,
                                 .use_per_session_threads = true};
constexpr std::size_t count = std::size_t{1} << 20;

// Between -4 and 4, or for logarithms between 0.001 and 8.
vector operand_of(elementary function) {
    vector x = vector::uninitialized({count});
    const float low = function == elementary::log ? 0.001f : -4.0f;
    for (std::size_t i = 0; i < count; ++i)
        x[i] = static_cast<float>(i * 7919 % 1000003) * 7.9e-6f + low;
    return x;
}
// What weft's fast level and the rivals agree to, relatively or, as all but weft lose digits of
// small results, absolutely.
bool agree(const vector& a, const vector& b) {
    for (std::size_t i = 0; i < count; ++i)
        if (!(std::abs(a[i] - b[i]) <= 2e-6f * (1 + std::abs(b[i])))) return false;
    return true;
}

struct timed {
    std::string name;
    bench::function_call run;
    std::vector<double> times{};

    double best() const { return *std::min_element(times.begin(), times.end()); }
    bench::peer_figure figure() const {
        std::vector<double> sorted = times;
        std::sort(sorted.begin(), sorted.end());
        return {name, sorted.front() / 1e3, sorted[sorted.size() / 2] / 1e3};
    }
};

// In turn; the first is weft's fast level, the second its high one.
void side_by_side(benchmark::State& state, const std::string& name, std::vector<timed>& all) {
    for (auto _ : state) {
        for (timed& one : all) one.times.push_back(bench::detail::time_of(one.run, 1));
        state.SetIterationTime(all[0].times.back() * 1e-9);
    }
    std::vector<bench::peer_figure> peers;
    double best = 0;
    for (std::size_t i = 1; i < all.size(); ++i) {
        peers.push_back(all[i].figure());
        if (i > 1 && (best == 0 || all[i].best() < best)) best = all[i].best();
    }
    bench::report(state, name + ", 1 Mi floats", bench::microseconds(), all[0].best(), best,
                  bench::speed_at_least(1), peers);
}

// A row of the table, of the nodes that `fast` and `high` make.
template <class Fast, class High>
void add(const std::string& name, elementary function, Fast fast, High high) {
    bench::add(name, 200, [=](benchmark::State& state) {
        graph g;
        auto x = g.placeholder<vector>("x");
        node quick = fast(x), accurate = high(x);
        session s{g, one_thread};
        const vector operand = operand_of(function);
        vector out = vector::zeros({count}), expected = vector::zeros({count});
        auto run_fast = s.make_callable(feeds(x), fetches(fetch_into(quick, out)));
        auto run_high = s.make_callable(feeds(x), fetches(fetch_into(accurate, expected)));
        std::vector<timed> all{{"weft", [&] { run_fast(operand); }},
                               {"weft, high", [&] { run_high(operand); }}};
        for (const bench::function_rival& one : bench::all_function_rivals())
            if (auto run = one.make({function, operand.data(), out.data(), count}))
                all.push_back({one.name, std::move(run)});
        run_high(operand);
        for (timed& one : all) {
            one.run();
            if (!agree(out, expected)) return state.SkipWithError((one.name + " differs").c_str());
        }
        side_by_side(state, name, all);
    });
}

void add_rows() {
    add(
        "exp", elementary::exp, [](auto x) { return exp<accuracy::fast>(x); },
        [](auto x) { return exp(x); });
    add(
        "tanh", elementary::tanh, [](auto x) { return tanh<accuracy::fast>(x); },
        [](auto x) { return tanh(x); });
    add(
        "sigmoid", elementary::sigmoid, [](auto x) { return sigmoid<accuracy::fast>(x); },
        [](auto x) { return sigmoid(x); });
    add(
        "gelu", elementary::gelu, [](auto x) { return gelu<accuracy::fast>(x); },
        [](auto x) { return gelu(x); });
    add(
        "gelu_tanh", elementary::gelu_tanh, [](auto x) { return gelu_tanh<accuracy::fast>(x); },
        [](auto x) { return gelu_tanh(x); });
    add(
        "erf", elementary::erf, [](auto x) { return erf<accuracy::fast>(x); },
        [](auto x) { return erf(x); });
    add(
        "log", elementary::log, [](auto x) { return log<accuracy::fast>(x); },
        [](auto x) { return log(x); });
}

}  // namespace

int main(int argc, char** argv) {
    add_rows();
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
