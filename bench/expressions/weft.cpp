// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Element-wise expressions and a sum, run by a session in the calling thread, against plain loops
// over the same tensors. Feeds are borrowed and results are written to a tensor of the caller
// (fetch_into), so that both sides touch the same memory; one row fetches a new tensor instead.
#include "compare.hpp"
#include "operands.hpp"
#include "plain.hpp"

#include <weft/weft.hpp>

using namespace weft;

namespace {

using bench::vector, bench::numbers, bench::Ki, bench::Mi;
using matrix = tensor<float, dyn, dyn>;

const session_options one_thread{.inter_op_parallelism_threads = -1,
                                 .intra_op_parallelism_threads = 1,
                                 .use_per_session_threads = true};

std::string text_of(std::size_t n) {
    return n >= Mi ? std::to_string(n / Mi) + " Mi" : std::to_string(n / Ki) + " Ki";
}

using triad_loop = void (*)(const float*, const float*, const float*, float*, std::size_t);

// a * b + c, to a tensor of the caller.
void triad(benchmark::State& state, std::size_t n, bench::goal wanted,
           triad_loop loop = &plain::triad, const char* against = "") {
    graph g;
    auto a = g.placeholder<vector>("a"), b = g.placeholder<vector>("b"),
         c = g.placeholder<vector>("c");
    node y = a * b + c;
    session s{g, one_thread};
    const vector av = numbers(n, 0.01f), bv = numbers(n, 0.02f), cv = numbers(n, 0.03f);
    vector out = vector::zeros({n});
    auto step = s.make_callable(feeds(a, b, c), fetches(fetch_into(y, out)));
    bench::compare(
        state, "a*b+c, " + text_of(n) + " floats" + against, bench::microseconds(),
        [&] { step(av, bv, cv); },
        [&] { loop(av.data(), bv.data(), cv.data(), out.data(), n); }, wanted);
}

// The same with a new tensor as the result.
void triad_fetched(benchmark::State& state, std::size_t n) {
    graph g;
    auto a = g.placeholder<vector>("a"), b = g.placeholder<vector>("b"),
         c = g.placeholder<vector>("c");
    node y = a * b + c;
    session s{g, one_thread};
    const vector av = numbers(n, 0.01f), bv = numbers(n, 0.02f), cv = numbers(n, 0.03f);
    auto step = s.make_callable(feeds(a, b, c), fetches(y));
    bench::compare(
        state, "a*b+c, " + text_of(n) + " floats, new tensor", bench::microseconds(),
        [&] { benchmark::DoNotOptimize(step(av, bv, cv).data()); },
        [&] {
            vector out = vector::uninitialized({n});
            plain::triad(av.data(), bv.data(), cv.data(), out.data(), n);
            benchmark::DoNotOptimize(out.data());
        });
}

// A node of one vector against a loop over it. Values between -1 and 1.5.
template <class MakeNode, class Plain>
void unary(benchmark::State& state, const char* name, MakeNode make, Plain loop,
           bench::goal wanted = {}) {
    graph g;
    auto x = g.placeholder<vector>("x");
    node y = make(x);
    session s{g, one_thread};
    const vector xv = numbers(Mi, 0.01f);
    vector out = vector::zeros({Mi});
    auto step = s.make_callable(feeds(x), fetches(fetch_into(y, out)));
    bench::compare(
        state, name, bench::microseconds(), [&] { step(xv); },
        [&] { loop(xv.data(), out.data(), Mi); }, wanted);
}

// A comparison that stays within the loop.
void choose(benchmark::State& state) {
    graph g;
    auto x = g.placeholder<vector>("x"), y = g.placeholder<vector>("y");
    node z = where(x < y, x * y, x - y);
    session s{g, one_thread};
    const vector xv = numbers(64 * Ki, 0.01f), yv = numbers(64 * Ki, 0.007f);
    vector out = vector::zeros({64 * Ki});
    auto step = s.make_callable(feeds(x, y), fetches(fetch_into(z, out)));
    bench::compare(
        state, "where(x<y, x*y, x-y), 64 Ki floats", bench::microseconds(), [&] { step(xv, yv); },
        [&] { plain::choose(xv.data(), yv.data(), out.data(), 64 * Ki); });
}

// What a loop of packs takes that is written by hand, in a function of its own: where the loops of
// expressions are inlined into larger functions, g++ 12 spills their registers, and is slower here.
[[gnu::noinline]] void gelu_by_hand(const float* x, float* out, std::size_t n) {
    constexpr int lanes = register_bytes / static_cast<int>(sizeof(float));
    using floats = pack<float, lanes>;
    const floats half(0.5f), one(1.0f);
    for (std::size_t i = 0; i < n; i += lanes) {
        const floats v = floats::load(x + i);
        (gelu<accuracy::fast>(v) * half + tanh<accuracy::fast>(v * half + one)).store(out + i);
    }
}
void spills(benchmark::State& state) {
    graph g;
    auto x = g.placeholder<vector>("x");
    node y = gelu<accuracy::fast>(x) * 0.5f + tanh<accuracy::fast>(x * 0.5f + 1.0f);
    session s{g, one_thread};
    const vector xv = numbers(64 * Ki, 0.01f);
    vector out = vector::zeros({64 * Ki});
    auto step = s.make_callable(feeds(x), fetches(fetch_into(y, out)));
    bench::compare(
        state, "gelu(x)/2+tanh(x/2+1), fast, 64 Ki floats (plain: packs by hand)",
        bench::microseconds(), [&] { step(xv); },
        [&] { gelu_by_hand(xv.data(), out.data(), 64 * Ki); }, bench::speed_at_least(0.95));
}

void outer_sum(benchmark::State& state) {
    constexpr std::size_t n = 1024, m = 1024;
    graph g;
    auto column = g.placeholder<tensor<float, dyn, 1>>("column");
    auto row = g.placeholder<tensor<float, 1, dyn>>("row");
    node y = column + row;
    session s{g, one_thread};
    const auto cv = tensor<float, dyn, 1>::copy_of(numbers(n, 0.01f).data(), {n, 1});
    const auto rv = tensor<float, 1, dyn>::copy_of(numbers(m, 0.02f).data(), {1, m});
    matrix out = matrix::zeros({n, m});
    auto step = s.make_callable(feeds(column, row), fetches(fetch_into(y, out)));
    bench::compare(
        state, "[N,1]+[1,M], 1 Mi floats", bench::microseconds(), [&] { step(cv, rv); },
        [&] { plain::outer_sum(cv.data(), rv.data(), out.data(), n, m); },
        bench::speed_at_least(1));
}

void total(benchmark::State& state, bool lanes) {
    graph g;
    auto x = g.placeholder<vector>("x");
    node y = sum(x);
    session s{g, one_thread};
    const vector xv = numbers(Mi, 0.01f);
    auto step = s.make_callable(feeds(x), fetches(y));
    bench::compare(
        state, lanes ? "sum, 1 Mi floats (plain: 16 lanes)" : "sum, 1 Mi floats",
        bench::microseconds(), [&] { benchmark::DoNotOptimize(step(xv).data()); },
        [&] {
            benchmark::DoNotOptimize(lanes ? plain::lane_sum(xv.data(), Mi)
                                           : plain::sum(xv.data(), Mi));
        });
}

}  // namespace

int main(int argc, char** argv) {
    const auto wanted = bench::speed_at_least(1);
    bench::add("triad/1Ki", 2000, [](auto& state) { triad(state, Ki, {}); });
    bench::add("triad/64Ki", 1000, [](auto& state) { triad(state, 64 * Ki, {}); });
    bench::add("triad/1Mi", 400, [=](auto& state) { triad(state, Mi, wanted); });
    bench::add("triad/16Mi", 40, [=](auto& state) { triad(state, 16 * Mi, wanted); });
    bench::add("triad_past_caches/16Mi", 40, [](auto& state) {
        triad(state, 16 * Mi, {}, &plain::triad_past_caches, " (plain: stores past the caches)");
    });
    bench::add("triad_fetched/1Mi", 300, [](auto& state) { triad_fetched(state, Mi); });
    bench::add("polynomial", 400, [](auto& state) {
        unary(
            state, "x*x*2+x+1, 1 Mi floats", [](const auto& x) { return x * x * 2.0f + x + 1.0f; },
            &plain::polynomial);
    });
    bench::add("choose", 1000, [](auto& state) { choose(state); });
    bench::add("spills", 400, [](auto& state) { spills(state); });
    bench::add("outer_sum", 400, [](auto& state) { outer_sum(state); });
    bench::add("exp", 60, [](auto& state) {
        unary(
            state, "exp, 1 Mi floats", [](const auto& x) { return exp(x); }, &plain::exp);
    });
    bench::add("tanh", 40, [](auto& state) {
        unary(
            state, "tanh, 1 Mi floats", [](const auto& x) { return tanh(x); }, &plain::tanh);
    });
    bench::add("sum", 200, [](auto& state) { total(state, false); });
    bench::add("sum/lanes", 400, [](auto& state) { total(state, true); });
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
