// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// With deterministic = true the bits of a result do not depend on the number of threads, nor on the
// run: sums of floats whose order would show, callables with side effects, updates of variables.
#include <weft/weft.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <random>

using namespace weft;

namespace {

using matrix = tensor<float, dyn, dyn>;

matrix random_matrix(unsigned seed, std::size_t rows, std::size_t columns) {
    matrix m = matrix::zeros({rows, columns});
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> any(-1e3f, 1e3f);
    for (float& e : m) e = any(random);
    return m;
}
template <class T>
void append(std::string& bits, const T& t) {
    const auto* const bytes = reinterpret_cast<const char*>(t.data());
    bits.append(bytes, t.size() * sizeof(*t.data()));
}

// The bits of everything that two steps give.
std::string bits_with(int threads) {
    graph g;
    const auto x = g.placeholder<matrix>("x");
    const auto w = g.variable(random_matrix(3, 64, 32), "w");
    node product = matmul(x, w);
    node rows = sum<1>(exp(product * 1e-5f));
    node columns = sum<0>(product);
    node all = sum(product * product);
    node<tensor<float>> total = all;
    // Their order is part of the result.
    double sum_of_calls = 0;
    std::vector<node<float>> calls;
    for (int i = 0; i < 12; ++i)
        calls.push_back(call(
            [&sum_of_calls, i](float f) {
                sum_of_calls = sum_of_calls * 1.0001 + double(f) / (i + 1);
                return float(sum_of_calls);
            },
            total));
    const auto update = w.assign_sub(matmul(transpose(x), product) * 1e-9f);
    session s{g,
              {.inter_op_parallelism_threads = threads,
               .intra_op_parallelism_threads = threads,
               .use_per_session_threads = true,
               .deterministic = true}};
    s.initialize();
    std::string bits;
    const matrix in = random_matrix(5, 700, 64);
    for (int step = 0; step < 3; ++step) {
        const auto [p, r, c, a, f0, f7, f11, done] =
            s.run({feed(x, in)}, product, rows, columns, total, calls[0], calls[7], calls[11],
                  update);
        static_cast<void>(done);
        append(bits, p);
        append(bits, r);
        append(bits, c);
        append(bits, a);
        for (const float f : {f0, f7, f11})
            bits.append(reinterpret_cast<const char*>(&f), sizeof f);
    }
    append(bits, s.run(w));
    return bits;
}

}  // namespace

TEST_CASE("1, 2, 3 and 8 threads give the same bits, time and again") {
    const std::string one = bits_with(1);
    CHECK(one.size() > 3 * 700 * 32 * sizeof(float));
    for (int threads : {1, 2, 3, 8})
        for (int again = 0; again < 3; ++again) {
            CAPTURE(threads);
            CHECK(bits_with(threads) == one);
        }
}
