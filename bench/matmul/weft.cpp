// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Products of matrices through a session, against OpenBLAS and oneDNN where the build has found
// them, in one thread and in two, with all cores free and with one taken. The plain side is the
// faster of the two; without them there is none. For half, bfloat16 and batches it is what OpenBLAS
// takes for the same product of floats, one after the other. What the processor can do at most is
// measured beside the large ones; what an expression around a product costs is the product alone
// against the two together.
#include "peers_in_turn.hpp"

#include <weft/ops/matmul_tile.hpp>
#include <weft/weft.hpp>

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

template <class T>
using matrix_of = tensor<T, dyn, dyn>;
using matrix = matrix_of<float>;

session_options threads(int n) {
    return {.inter_op_parallelism_threads = -1,
            .intra_op_parallelism_threads = n,
            .use_per_session_threads = true};
}

template <class Tensor>
Tensor numbers(const dims& shape) {
    Tensor out = Tensor::uninitialized(shape);
    for (std::size_t i = 0; i < out.size(); ++i)
        out.data()[i] =
            static_cast<typename Tensor::value_type>(static_cast<float>(i % 13) * 0.1f - 0.6f);
    return out;
}

struct sizes {
    std::size_t rows, depth, columns;
    int threads = 1;
    std::size_t batches = 1;

    double operations() const {
        return 2.0 * static_cast<double>(batches * rows * depth * columns);
    }
};
std::string text_of(const sizes& n) {
    std::string text = n.batches == 1 ? "" : std::to_string(n.batches) + " of ";
    text +=
        std::to_string(n.rows) + "x" + std::to_string(n.depth) + "x" + std::to_string(n.columns);
    return n.threads == 1 ? text : text + ", " + std::to_string(n.threads) + " threads";
}

// What takes part for elements of float or double.
std::vector<bench::peer_call> peers_of(const sizes& n, const float* a, const float* b, float* out) {
    std::vector<bench::peer_call> peers;
    static_cast<void>(n), static_cast<void>(a), static_cast<void>(b), static_cast<void>(out);
#ifdef WEFT_BENCH_OPENBLAS
    peers.push_back(
        {"OpenBLAS", [=] {
             openblas_set_num_threads(n.threads);
             const int rows = static_cast<int>(n.rows), depth = static_cast<int>(n.depth);
             const int columns = static_cast<int>(n.columns);
             for (std::size_t i = 0; i < n.batches; ++i)
                 cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, columns, depth, 1,
                             a + i * n.rows * n.depth, depth, b + i * n.depth * n.columns, columns,
                             0, out + i * n.rows * n.columns, columns);
         }});
#endif
#ifdef WEFT_BENCH_ONEDNN
    peers.push_back({"oneDNN", [=] {
                         omp_set_num_threads(n.threads);
                         const auto rows = static_cast<dnnl_dim_t>(n.rows);
                         const auto depth = static_cast<dnnl_dim_t>(n.depth);
                         const auto columns = static_cast<dnnl_dim_t>(n.columns);
                         for (std::size_t i = 0; i < n.batches; ++i)
                             dnnl_sgemm('N', 'N', rows, columns, depth, 1, a + i * n.rows * n.depth,
                                        depth, b + i * n.depth * n.columns, columns, 0,
                                        out + i * n.rows * n.columns, columns);
                     }});
#endif
    return peers;
}
std::vector<bench::peer_call> peers_of(const sizes& n, const double* a, const double* b,
                                       double* out) {
    std::vector<bench::peer_call> peers;
    static_cast<void>(n), static_cast<void>(a), static_cast<void>(b), static_cast<void>(out);
#ifdef WEFT_BENCH_OPENBLAS
    peers.push_back({"OpenBLAS", [=] {
                         const int rows = static_cast<int>(n.rows);
                         const int depth = static_cast<int>(n.depth);
                         const int columns = static_cast<int>(n.columns);
                         openblas_set_num_threads(n.threads);
                         cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, columns,
                                     depth, 1, a, depth, b, columns, 0, out, columns);
                     }});
#endif
    return peers;
}

// A session with one product, as a call.
template <class Tensor>
class product_call {
public:
    product_call(const sizes& n, const dims& a_shape, const dims& b_shape, const dims& out_shape)
        : a(numbers<Tensor>(a_shape)),
          b(numbers<Tensor>(b_shape)),
          out(numbers<Tensor>(out_shape)),
          a_(g_.placeholder<Tensor>("a")),
          b_(g_.placeholder<Tensor>("b")),
          y_(matmul(a_, b_)),
          session_(g_, threads(n.threads)),
          step_(session_.make_callable(feeds(a_, b_), fetches(fetch_into(y_, out)))) {}
    void operator()() { step_(a, b); }

    Tensor a, b, out;

private:
    graph g_;
    node<Tensor> a_, b_, y_;
    session session_;
    decltype(std::declval<session&>().make_callable(
        feeds(std::declval<node<Tensor>&>(), std::declval<node<Tensor>&>()),
        fetches(fetch_into(std::declval<node<Tensor>&>(), std::declval<Tensor&>())))) step_;
};
template <class T>
product_call<matrix_of<T>> call_of(const sizes& n) {
    return {n, {n.rows, n.depth}, {n.depth, n.columns}, {n.rows, n.columns}};
}

// Float or double, beside the libraries.
template <class T>
void product(benchmark::State& state, const std::string& name, const sizes& n, bench::goal wanted) {
    product_call<matrix_of<T>> call = call_of<T>(n);
    matrix_of<T> other = call.out;
    const auto peers = peers_of(n, call.a.data(), call.b.data(), other.data());
    bench::compare_with_peers(
        state, name + text_of(n), [&] { call(); }, peers, n.threads, wanted);
}
// Half or bfloat16, beside float.
template <class T>
void narrow_product(benchmark::State& state, const std::string& name, const sizes& n) {
    product_call<matrix_of<T>> call = call_of<T>(n);
    product_call<matrix> floats = call_of<float>(n);
    const auto peers = peers_of(n, floats.a.data(), floats.b.data(), floats.out.data());
    bench::compare_with_peers(state, name + text_of(n), [&] { call(); }, peers, n.threads, {});
}
void batched_product(benchmark::State& state, const sizes& n) {
    product_call<tensor<float, dyn, dyn, dyn>> call(n, {n.batches, n.rows, n.depth},
                                                    {n.batches, n.depth, n.columns},
                                                    {n.batches, n.rows, n.columns});
    auto other = call.out;
    const auto peers = peers_of(n, call.a.data(), call.b.data(), other.data());
    bench::compare_with_peers(
        state, "product " + text_of(n), [&] { call(); }, peers, n.threads,
        bench::speed_at_least(0.95));
}
void product_with_core_taken(benchmark::State& state, const sizes& n) {
    product_call<matrix> call = call_of<float>(n);
    matrix other = call.out;
    const auto peers = peers_of(n, call.a.data(), call.b.data(), other.data());
    bench::compare_with_core_taken(
        state, "product " + text_of(n) + ", one core taken", [&] { call(); }, peers,
        n.rows >= 1024 ? 8 : 60);
}

// Sums that do not wait for each other and read nothing: 2 * 16 * lanes operations in each round.
using lanes_of_float = pack<float, matmul_lanes<float>()>;
constexpr std::make_index_sequence<16> sixteen;
[[gnu::noinline]] void multiply_and_add(std::size_t rounds) {
    using weft::detail::unrolled;
    lanes_of_float sums[16], factor(0.5f);
    unrolled(
        sixteen, [&](std::size_t i)
                     __attribute__((always_inline)) { sums[i] = lanes_of_float(1.0f); });
    for (; rounds > 0; --rounds)
        unrolled(
            sixteen, [&](std::size_t i) __attribute__((always_inline)) {
                accumulate_product(sums[i], sums[i], factor);
                weft::detail::keep_in_register(sums[i]);
            });
    lanes_of_float total(0.0f);
    unrolled(
        sixteen, [&](std::size_t i) __attribute__((always_inline)) { total = total + sums[i]; });
    benchmark::DoNotOptimize(total);
}
// A product beside as many operations as fast as the processor does them.
void share_of_peak(benchmark::State& state, const sizes& n) {
    product_call<matrix> call = call_of<float>(n);
    const auto rounds = static_cast<std::size_t>(n.operations() / (2 * 16 * lanes_of_float::size));
    bench::compare(
        state, "product " + text_of(n) + " to FMA peak", bench::microseconds(), [&] { call(); },
        [&] { multiply_and_add(rounds); }, bench::speed_at_least(0.85));
}

// relu(a * b + c) against a * b.
void fused(benchmark::State& state, const sizes& n) {
    graph g;
    auto a = g.placeholder<matrix>("a"), b = g.placeholder<matrix>("b");
    auto c = g.placeholder<tensor<float, dyn>>("c");
    node y = relu(matmul(a, b) + c);
    node z = matmul(a, b);
    session s{g, threads(1)};
    const auto av = numbers<matrix>({n.rows, n.depth}), bv = numbers<matrix>({n.depth, n.columns});
    const auto cv = tensor<float, dyn>::zeros({n.columns});
    auto out = numbers<matrix>({n.rows, n.columns});
    auto together = s.make_callable(feeds(a, b, c), fetches(fetch_into(y, out)));
    auto alone = s.make_callable(feeds(a, b), fetches(fetch_into(z, out)));
    bench::compare(
        state, "relu(a*b+c) to a*b, " + text_of(n), bench::microseconds(),
        [&] { together(av, bv, cv); }, [&] { alone(av, bv); });
}

int rounds_of(const sizes& n) { return n.operations() >= 1e9 ? 8 : 60; }

void add_floats() {
    constexpr auto wanted = bench::speed_at_least(0.95);
    const sizes all[] = {
        {64, 64, 64},          {128, 128, 128},    {256, 256, 256},    {512, 512, 512},
        {1024, 1024, 1024},    {2048, 2048, 2048}, {128, 784, 512},    {1, 784, 512},
        {2, 784, 512},         {4, 784, 512},      {8, 784, 512},      {16, 784, 512},
        {784, 512, 1},         {8, 8, 8},          {16, 16, 16},       {32, 32, 32},
        {48, 48, 48},          {100, 100, 100},    {256, 256, 256, 2}, {512, 512, 512, 2},
        {1024, 1024, 1024, 2}, {128, 784, 512, 2}};
    for (const sizes& n : all)
        bench::add("product/" + text_of(n), rounds_of(n),
                   [n](benchmark::State& state) { product<float>(state, "product ", n, wanted); });
    for (const sizes& n : {sizes{256, 256, 256}, sizes{512, 512, 512}, sizes{1024, 1024, 1024},
                           sizes{2048, 2048, 2048}, sizes{128, 784, 512}})
        bench::add("peak/" + text_of(n), rounds_of(n),
                   [n](benchmark::State& state) { share_of_peak(state, n); });
    for (const sizes& n : {sizes{512, 512, 512, 2}, sizes{1024, 1024, 1024, 2}})
        bench::add("taken/" + text_of(n), 1,
                   [n](benchmark::State& state) { product_with_core_taken(state, n); });
}
void add_others() {
    for (const sizes& n : {sizes{64, 64, 64}, sizes{256, 256, 256}, sizes{512, 512, 512}}) {
        bench::add("double/" + text_of(n), 60, [n](benchmark::State& state) {
            product<double>(state, "product of doubles ", n, bench::speed_at_least(0.95));
        });
        bench::add("half/" + text_of(n), 60, [n](benchmark::State& state) {
            narrow_product<weft::half>(state, "product of halves ", n);
        });
        bench::add("bfloat16/" + text_of(n), 60, [n](benchmark::State& state) {
            narrow_product<weft::bfloat16>(state, "product of bfloat16 ", n);
        });
    }
    for (const sizes& n :
         {sizes{32, 32, 32, 1, 64}, sizes{64, 64, 64, 1, 64}, sizes{128, 64, 128, 1, 32}})
        bench::add("batched/" + text_of(n), 60,
                   [n](benchmark::State& state) { batched_product(state, n); });
    for (const sizes& n : {sizes{128, 784, 512}, sizes{512, 64, 512}, sizes{64, 64, 64}})
        bench::add("fused/" + text_of(n), 60, [n](benchmark::State& state) { fused(state, n); });
}

}  // namespace

int main(int argc, char** argv) {
    add_floats();
    add_others();
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
