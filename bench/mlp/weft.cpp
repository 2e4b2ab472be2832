// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A network 784-512-512-10, forward: batches of 1 and 128 in one thread and in two, through a
// session, beside the same products in Eigen and OpenBLAS with loops around them, and frameworks
// for Python where `python3` (or WEFT_BENCH_PYTHON) has them. Those are measured by a process of
// their own, just before; the others in turn with weft. Then with one core taken by another thread.
#include "peers_in_turn.hpp"

#include <weft/weft.hpp>

#include <sstream>
#ifdef WEFT_BENCH_OPENBLAS
#include <cblas.h>
extern "C" void openblas_set_num_threads(int);
#endif
#ifdef WEFT_BENCH_EIGEN
#include <Eigen/Core>
#endif

using namespace weft;

namespace {

constexpr std::size_t inputs = 784, hidden = 512, outputs = 10;

using images = tensor<float, dyn, inputs>;
using scores = tensor<float, dyn, outputs>;

// All that a peer reads, and memory for what lies between.
struct parameters {
    tensor<float, inputs, hidden> w1;
    tensor<float, hidden, hidden> w2;
    tensor<float, hidden, outputs> w3;
    tensor<float, hidden> b1, b2;
    tensor<float, outputs> b3;
};

template <class Tensor>
Tensor numbers(const dims& shape, float scale) {
    Tensor out = Tensor::uninitialized(shape);
    std::uint32_t seed = 1;
    for (float& element : out) {
        seed = seed * 1664525u + 1013904223u;
        element = (static_cast<float>(seed >> 8) * 0x1p-23f - 1.0f) * scale;
    }
    return out;
}
parameters make_parameters() {
    return {numbers<tensor<float, inputs, hidden>>({inputs, hidden}, 0.05f),
            numbers<tensor<float, hidden, hidden>>({hidden, hidden}, 0.05f),
            numbers<tensor<float, hidden, outputs>>({hidden, outputs}, 0.05f),
            numbers<tensor<float, hidden>>({hidden}, 0.05f),
            numbers<tensor<float, hidden>>({hidden}, 0.05f),
            numbers<tensor<float, outputs>>({outputs}, 0.05f)};
}

// What a peer works with.
struct work {
    std::size_t batch;
    int threads;
    const parameters& p;
    const float* in;
    float* out;
};

#ifdef WEFT_BENCH_OPENBLAS
void dense(const float* x, std::size_t batch, std::size_t n, const float* w, std::size_t m,
           const float* b, bool relu, float* out) {
    if (batch == 1)
        cblas_sgemv(CblasRowMajor, CblasTrans, static_cast<int>(n), static_cast<int>(m), 1, w,
                    static_cast<int>(m), x, 1, 0, out, 1);
    else
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, static_cast<int>(batch),
                    static_cast<int>(m), static_cast<int>(n), 1, x, static_cast<int>(n), w,
                    static_cast<int>(m), 0, out, static_cast<int>(m));
    for (std::size_t r = 0; r < batch; ++r)
        for (std::size_t i = 0; i < m; ++i) {
            const float y = out[r * m + i] + b[i];
            out[r * m + i] = relu && y < 0 ? 0 : y;
        }
}
bench::peer_call openblas(const work& k) {
    std::vector<float> first(k.batch * hidden), second(k.batch * hidden);
    return {"OpenBLAS", [k, first, second]() mutable {
                openblas_set_num_threads(k.threads);
                const parameters& p = k.p;
                dense(k.in, k.batch, inputs, p.w1.data(), hidden, p.b1.data(), true, first.data());
                dense(first.data(), k.batch, hidden, p.w2.data(), hidden, p.b2.data(), true,
                      second.data());
                dense(second.data(), k.batch, hidden, p.w3.data(), outputs, p.b3.data(), false,
                      k.out);
            }};
}
#endif

#ifdef WEFT_BENCH_EIGEN
using rows_of = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
Eigen::Map<const rows_of> seen(const float* data, std::size_t rows, std::size_t columns) {
    return {data, static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns)};
}
bench::peer_call eigen(const work& k) {
    return {"Eigen", [k, first = rows_of(), second = rows_of()]() mutable {
                const parameters& p = k.p;
                first.noalias() = seen(k.in, k.batch, inputs) * seen(p.w1.data(), inputs, hidden);
                first = (first.rowwise() + seen(p.b1.data(), 1, hidden).row(0)).cwiseMax(0.0f);
                second.noalias() = first * seen(p.w2.data(), hidden, hidden);
                second = (second.rowwise() + seen(p.b2.data(), 1, hidden).row(0)).cwiseMax(0.0f);
                Eigen::Map<rows_of> out(k.out, static_cast<Eigen::Index>(k.batch), outputs);
                out.noalias() = second * seen(p.w3.data(), hidden, outputs);
                out.rowwise() += seen(p.b3.data(), 1, outputs).row(0);
            }};
}
#endif

std::vector<bench::peer_call> peers_of(const work& k) {
    std::vector<bench::peer_call> peers;
    static_cast<void>(k);
#ifdef WEFT_BENCH_OPENBLAS
    peers.push_back(openblas(k));
#endif
#ifdef WEFT_BENCH_EIGEN
    if (k.threads == 1) peers.push_back(eigen(k));
#endif
    return peers;
}

// Microseconds that frameworks for Python take, in a process of their own.
std::vector<bench::peer_figure> python_peers(std::size_t batch, int threads) {
    const char* const python = std::getenv("WEFT_BENCH_PYTHON");
    std::string command = python == nullptr ? "python3" : python;
    command += " " WEFT_BENCH_MLP_PEERS " " + std::to_string(batch) + " " +
               std::to_string(threads) + " 2>/dev/null";
    std::vector<bench::peer_figure> peers;
    std::FILE* const output = popen(command.c_str(), "r");
    if (output == nullptr) return peers;
    char line[256];
    while (std::fgets(line, sizeof line, output) != nullptr) {
        bench::peer_figure one;
        std::istringstream words(line);
        if (words >> one.name >> one.best >> one.median) peers.push_back(one);
    }
    pclose(output);
    return peers;
}

// The network in a session, and its call.
template <class Use>
void with_network(std::size_t batch, int threads, Use use) {
    const parameters p = make_parameters();
    graph g;
    auto x = g.placeholder<images>("x");
    auto w1 = g.variable(p.w1, "w1");
    auto w2 = g.variable(p.w2, "w2");
    auto w3 = g.variable(p.w3, "w3");
    auto b1 = g.variable(p.b1, "b1"), b2 = g.variable(p.b2, "b2");
    auto b3 = g.variable(p.b3, "b3");
    node first = relu(matmul(x, w1) + b1);
    node second = relu(matmul(first, w2) + b2);
    node logits = matmul(second, w3) + b3;
    session s{g,
              {.inter_op_parallelism_threads = -1,
               .intra_op_parallelism_threads = threads,
               .use_per_session_threads = true}};
    s.initialize();
    const auto in = numbers<images>({batch, inputs}, 1);
    auto out = scores::zeros({batch, outputs}), other = out;
    auto step = s.make_callable(feeds(x), fetches(fetch_into(logits, out)));
    const auto peers = peers_of({batch, threads, p, in.data(), other.data()});
    step(in);
    for (const bench::peer_call& peer : peers) {
        peer.run();
        for (std::size_t i = 0; i < out.size(); ++i)
            if (std::abs(out.data()[i] - other.data()[i]) > 1e-3f) {
                std::fprintf(stderr, "%s differs\n", peer.name.c_str());
                return;
            }
    }
    use([&] { step(in); }, peers);
}

std::string name_of(std::size_t batch, int threads) {
    return "784-512-512-10, batch " + std::to_string(batch) +
           (threads == 1 ? "" : ", " + std::to_string(threads) + " threads");
}

void add_all() {
    for (const int threads : {1, 2})
        for (const std::size_t batch : {1, 128})
            bench::add("mlp/" + name_of(batch, threads), 100, [=](benchmark::State& state) {
                with_network(batch, threads, [&](auto weft, const auto& peers) {
                    bench::compare_with_peers(state, name_of(batch, threads), weft, peers, threads,
                                              bench::speed_at_least(1),
                                              python_peers(batch, threads));
                });
            });
    for (const std::size_t batch : {1, 128})
        bench::add("mlp/" + name_of(batch, 2) + ", one core taken", 1,
                   [=](benchmark::State& state) {
                       with_network(batch, 2, [&](auto weft, const auto& peers) {
                           bench::compare_with_core_taken(
                               state, name_of(batch, 2) + ", one core taken", weft, peers, 200);
                       });
                   });
}

}  // namespace

int main(int argc, char** argv) {
    add_all();
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
