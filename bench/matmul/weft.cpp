// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Products of float matrices and a small network, through a session in the calling thread, against
// OpenBLAS and oneDNN where the build has found them (one thread each). The plain side is the
// faster of the two; without them there is none. What an expression around a product costs is the
// product alone against the two together.
#include "compare.hpp"

#include <weft/weft.hpp>

#include <functional>
#ifdef WEFT_BENCH_OPENBLAS
#include <cblas.h>
extern "C" void openblas_set_num_threads(int);
#endif
#ifdef WEFT_BENCH_ONEDNN
#include <dnnl.h>
#include <omp.h>
#endif

using namespace weft;

namespace {

using matrix = tensor<float, dyn, dyn>;

const session_options one_thread{.inter_op_parallelism_threads = -1,
                                 .intra_op_parallelism_threads = 1,
                                 .use_per_session_threads = true};

matrix numbers(std::size_t rows, std::size_t columns) {
    matrix out = matrix::uninitialized({rows, columns});
    for (std::size_t i = 0; i < out.size(); ++i)
        out.data()[i] = static_cast<float>(i % 13) * 0.1f - 0.6f;
    return out;
}

struct sizes {
    std::size_t rows, depth, columns;
};
std::string text_of(const sizes& n) {
    return std::to_string(n.rows) + "x" + std::to_string(n.depth) + "x" + std::to_string(n.columns);
}

struct peer {
    std::string name;
    std::function<void()> multiply;
};
std::vector<peer> peers_of(const sizes& n, const float* a, const float* b, float* out) {
    std::vector<peer> peers;
    static_cast<void>(n), static_cast<void>(a), static_cast<void>(b), static_cast<void>(out);
#ifdef WEFT_BENCH_OPENBLAS
    openblas_set_num_threads(1);
    peers.push_back({"OpenBLAS", [=] {
                         const int rows = static_cast<int>(n.rows);
                         const int depth = static_cast<int>(n.depth);
                         const int columns = static_cast<int>(n.columns);
                         cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, columns,
                                     depth, 1, a, depth, b, columns, 0, out, columns);
                     }});
#endif
#ifdef WEFT_BENCH_ONEDNN
    omp_set_num_threads(1);
    peers.push_back({"oneDNN", [=] {
                         const auto rows = static_cast<dnnl_dim_t>(n.rows);
                         const auto depth = static_cast<dnnl_dim_t>(n.depth);
                         const auto columns = static_cast<dnnl_dim_t>(n.columns);
                         dnnl_sgemm('N', 'N', rows, columns, depth, 1, a, depth, b, columns, 0, out,
                                    columns);
                     }});
#endif
    return peers;
}

void product(benchmark::State& state, const sizes& n, bench::goal wanted) {
    graph g;
    auto a = g.placeholder<matrix>("a"), b = g.placeholder<matrix>("b");
    node y = matmul(a, b);
    session s{g, one_thread};
    const matrix av = numbers(n.rows, n.depth), bv = numbers(n.depth, n.columns);
    matrix out = numbers(n.rows, n.columns), other = out;
    auto step = s.make_callable(feeds(a, b), fetches(fetch_into(y, out)));
    const auto weft = [&] { step(av, bv); };
    std::vector<peer> peers = peers_of(n, av.data(), bv.data(), other.data());
    const int calls = bench::detail::calls_for(weft);
    double best = 1e30;
    std::vector<double> times(peers.size(), 1e30);
    for (auto _ : state) {
        for (std::size_t i = 0; i < peers.size(); ++i)
            times[i] = std::min(times[i], bench::detail::time_of(peers[i].multiply, calls));
        const double now = bench::detail::time_of(weft, calls);
        best = std::min(best, now);
        state.SetIterationTime(now * 1e-9);
    }
    std::vector<bench::peer_figure> figures;
    for (std::size_t i = 0; i < peers.size(); ++i)
        figures.push_back({peers[i].name, times[i] * 1e-3, times[i] * 1e-3});
    const double plain = times.empty() ? 0 : *std::min_element(times.begin(), times.end());
    bench::report(state, "product " + text_of(n), bench::microseconds(), best, plain, wanted,
                  figures);
}

// relu(a * b + c) against a * b.
void fused(benchmark::State& state, const sizes& n) {
    graph g;
    auto a = g.placeholder<matrix>("a"), b = g.placeholder<matrix>("b");
    auto c = g.placeholder<tensor<float, dyn>>("c");
    node y = relu(matmul(a, b) + c);
    node z = matmul(a, b);
    session s{g, one_thread};
    const matrix av = numbers(n.rows, n.depth), bv = numbers(n.depth, n.columns);
    const auto cv = tensor<float, dyn>::zeros({n.columns});
    matrix out = numbers(n.rows, n.columns);
    auto together = s.make_callable(feeds(a, b, c), fetches(fetch_into(y, out)));
    auto alone = s.make_callable(feeds(a, b), fetches(fetch_into(z, out)));
    bench::compare(
        state, "relu(a*b+c) to a*b, " + text_of(n), bench::microseconds(),
        [&] { together(av, bv, cv); }, [&] { alone(av, bv); });
}

// 784-512-512-10, forward.
void network(benchmark::State& state, std::size_t batch) {
    graph g;
    auto x = g.placeholder<tensor<float, dyn, 784>>("x");
    auto w1 = g.variable(normal<float, 784, 512>(1), "w1");
    auto w2 = g.variable(normal<float, 512, 512>(2), "w2");
    auto w3 = g.variable(normal<float, 512, 10>(3), "w3");
    auto b1 = g.variable(zeros<float, 512>(), "b1"), b2 = g.variable(zeros<float, 512>(), "b2");
    auto b3 = g.variable(zeros<float, 10>(), "b3");
    node hidden = relu(matmul(x, w1) + b1);
    node second = relu(matmul(hidden, w2) + b2);
    node logits = matmul(second, w3) + b3;
    session s{g, one_thread};
    s.initialize();
    auto in = tensor<float, dyn, 784>::uninitialized({batch, 784});
    for (std::size_t i = 0; i < in.size(); ++i) in.data()[i] = static_cast<float>(i % 17) * 0.1f;
    auto out = tensor<float, dyn, 10>::zeros({batch, 10});
    auto step = s.make_callable(feeds(x), fetches(fetch_into(logits, out)));
    bench::measure(state, "784-512-512-10, batch " + std::to_string(batch), bench::microseconds(),
                   [&] { step(in); });
}

void add_all() {
    for (const sizes& n :
         {sizes{64, 64, 64}, sizes{128, 128, 128}, sizes{256, 256, 256}, sizes{512, 512, 512},
          sizes{1024, 1024, 1024}, sizes{2048, 2048, 2048}, sizes{128, 784, 512}})
        bench::add("product/" + text_of(n), n.rows >= 1024 ? 8 : 60, [n](benchmark::State& state) {
            product(state, n, bench::speed_at_least(0.95));
        });
    for (const sizes& n : {sizes{1, 784, 512}, sizes{4, 784, 512}, sizes{784, 512, 1},
                           sizes{32, 32, 32}, sizes{100, 100, 100}})
        bench::add("product/" + text_of(n), 60,
                   [n](benchmark::State& state) { product(state, n, {}); });
    for (const sizes& n : {sizes{128, 784, 512}, sizes{512, 64, 512}, sizes{64, 64, 64}})
        bench::add("fused/" + text_of(n), 60, [n](benchmark::State& state) { fused(state, n); });
    for (const std::size_t batch : {1, 128})
        bench::add("network/" + std::to_string(batch), 100,
                   [batch](benchmark::State& state) { network(state, batch); });
}

}  // namespace

int main(int argc, char** argv) {
    add_all();
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
