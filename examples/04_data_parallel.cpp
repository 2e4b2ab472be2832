// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Data parallel learning: each worker has the weights, computes the gradients of its part of every
// batch, and all_reduce gives all of them the sum. In deterministic sessions the weights are the
// same, bit by bit, as those of one process that computes the parts of the batch one after the
// other and adds their gradients in the order of workers: this program does both and compares.
//
//     mpirun -np 2 04_data_parallel
#include <weft/cluster/mpi.hpp>
#include <weft/cluster/server.hpp>
#include <weft/weft.hpp>

#include <cstdio>
#include <cstring>
#include <tuple>
#include <utility>

using namespace weft;

constexpr std::size_t inputs = 16, hidden = 24, classes = 5, part = 32;
constexpr int steps = 50;
constexpr float rate = 0.5f, batch = 2 * part;

using points = tensor<float, part, inputs>;
using labels = tensor<std::int64_t, part>;

struct model {
    explicit model(graph& g)
        : w1(g.variable(normal<float, inputs, hidden>(1, 0.0f, 0.3f), "w1")),
          b1(g.variable(zeros<float, hidden>(), "b1")),
          w2(g.variable(normal<float, hidden, classes>(2, 0.0f, 0.3f), "w2")) {}
    variable<tensor<float, inputs, hidden>> w1;
    variable<tensor<float, hidden>> b1;
    variable<tensor<float, hidden, classes>> w2;
};

// The gradients of w2, w1 and b1 for a part of a batch: in the order in which they are known, so
// that the first is on its way while the others are computed.
static auto gradients(const model& of, const node<points>& x, const node<labels>& label) {
    node h{tanh(matmul(x, of.w1) + of.b1)};
    node slope{(softmax(matmul(h, of.w2)) - one_hot<classes, float>(label)) / batch};
    node back{matmul(slope, transpose(of.w2)) * (1.0f - h * h)};
    return std::tuple{node{matmul(transpose(h), slope)}, node{matmul(transpose(x), back)},
                      node{sum<0>(back)}};
}
template <class W2, class W1, class B1>
static auto train(const model& of, const W2& dw2, const W1& dw1, const B1& db1) {
    return group(of.w1.assign_sub(rate * dw1), of.b1.assign_sub(rate * db1),
                 of.w2.assign_sub(rate * dw2));
}

// A worker's part of the batch of a step: any points, and labels that depend on them.
static std::pair<points, labels> rows_of(int step, int worker) {
    std::pair<points, labels> out;
    for (std::size_t i = 0; i < part; ++i) {
        for (std::size_t j = 0; j < inputs; ++j) {
            const auto number = (static_cast<unsigned>(step * 2 + worker) * part + i) * inputs + j;
            out.first(i, j) =
                static_cast<float>((number * 2654435761u >> 8) & 0xffff) / 32768.0f - 1.0f;
        }
        out.second[i] = static_cast<std::int64_t>((out.first(i, 0) + 1.0f) * 2.4999f);
    }
    return out;
}

template <class T>
static bool same_bits(const T& a, const T& b) {
    return std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

int main(int argc, char** argv) {
    mpi_engine engine{argc, argv};
    const cluster c = engine.cluster({{"worker", 2}});
    session_options options;
    options.deterministic = true;

    // Each worker for its part.
    graph g;
    const model mine{g};
    auto x = g.placeholder<points>("x");
    auto label = g.placeholder<labels>("label");
    // [all_reduce]
    auto [dw2, dw1, db1] = gradients(mine, x, label);
    auto [w2_slope, w1_slope, b1_slope] =
        all_reduce(c.job("worker"), reduce_op::sum, dw2, dw1, db1);
    auto together = train(mine, w2_slope, w1_slope, b1_slope);
    // [/all_reduce]

    server srv{engine, c, g, {.session = options}};
    session s = srv.session();
    s.initialize();
    for (int i = 0; i < steps; ++i) {
        const auto [in, truth] = rows_of(i, c.task());
        s.run({feed(x, in), feed(label, truth)}, together);
    }
    const auto [w1, b1, w2] = s.run(mine.w1, mine.b1, mine.w2);

    // One process for both.
    graph one;
    const model whole{one};
    auto x0 = one.placeholder<points>(), x1 = one.placeholder<points>();
    auto label0 = one.placeholder<labels>(), label1 = one.placeholder<labels>();
    auto [dw2_0, dw1_0, db1_0] = gradients(whole, x0, label0);
    auto [dw2_1, dw1_1, db1_1] = gradients(whole, x1, label1);
    auto alone = train(whole, dw2_0 + dw2_1, dw1_0 + dw1_1, db1_0 + db1_1);

    session t{one, options};
    t.initialize();
    for (int i = 0; i < steps; ++i) {
        const auto [in0, truth0] = rows_of(i, 0);
        const auto [in1, truth1] = rows_of(i, 1);
        t.run({feed(x0, in0), feed(label0, truth0), feed(x1, in1), feed(label1, truth1)}, alone);
    }
    const auto [v1, a1, v2] = t.run(whole.w1, whole.b1, whole.w2);

    const bool same = same_bits(w1, v1) && same_bits(b1, a1) && same_bits(w2, v2);
    if (c.task() == 0)
        std::printf("%s, %d steps of %zu rows\nweights like those of one process, bit by bit: %s\n",
                    c.describe().c_str(), steps, 2 * part, same ? "yes" : "no");
    return same ? 0 : 1;
}
