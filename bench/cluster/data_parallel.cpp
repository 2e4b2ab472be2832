// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A training step of a network 784-512-10 with one thread, alone and by two tasks that add their
// gradients up with all_reduce: images per second, in turn in one run, smallest times. The two
// share a batch of 256 rows, or have one each. `plain` is one task, so the speed is by how much two
// are faster; more than 1 needs two cores that are free.
#include <weft/cluster/mpi.hpp>
#include <weft/cluster/server.hpp>
#include <weft/weft.hpp>

#include "row.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

using namespace weft;

namespace {

constexpr std::size_t inputs = 784, hidden = 512, classes = 10;

session_options one_thread() {
    session_options options;
    options.inter_op_parallelism_threads = -1;
    options.intra_op_parallelism_threads = 1;
    options.use_per_session_threads = true;
    return options;
}

// The graph of a step: with a job, its tasks add up what they find.
template <std::size_t Rows>
struct network {
    explicit network(const cluster_job* job) {
        auto w1 = g.variable(normal<float, inputs, hidden>(1, 0.0f, 0.05f), "w1");
        auto b1 = g.variable(zeros<float, hidden>(), "b1");
        auto w2 = g.variable(normal<float, hidden, classes>(2, 0.0f, 0.05f), "w2");
        auto b2 = g.variable(zeros<float, classes>(), "b2");
        auto x = g.constant(some_rows(), "x");
        auto label = g.constant(tensor<std::int64_t, Rows>{}, "label");
        node h{relu(matmul(x, w1) + b1)};
        node slope{(softmax(matmul(h, w2) + b2) - one_hot<classes, float>(label)) /
                   static_cast<float>(Rows)};
        node dw2{matmul(transpose(h), slope)};
        node db2{sum<0>(slope)};
        node back{where(h > 0.0f, matmul(slope, transpose(w2)), 0.0f)};
        node dw1{matmul(transpose(x), back)};
        node db1{sum<0>(back)};
        if (job != nullptr) {
            std::tie(dw2, db2) = all_reduce(*job, reduce_op::sum, dw2, db2);
            std::tie(dw1, db1) = all_reduce(*job, reduce_op::sum, dw1, db1);
        }
        train = std::make_unique<node<void>>(
            group(w1.assign_sub(0.01f * dw1), b1.assign_sub(0.01f * db1),
                  w2.assign_sub(0.01f * dw2), b2.assign_sub(0.01f * db2)));
    }
    static tensor<float, Rows, inputs> some_rows() {
        tensor<float, Rows, inputs> out;
        unsigned state = 1;
        for (float& element : out)
            element = static_cast<float>((state = state * 1664525u + 1013904223u) >> 8) / (1 << 24);
        return out;
    }
    graph g;
    std::unique_ptr<node<void>> train;
};

double seconds_of(session& s, const node<void>& train, int times) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < times; ++i) s.run(train);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / times;
}

// `Rows` of each of two tasks, against 256 of one.
template <std::size_t Rows>
void measure(mpi_engine& engine, const cluster& c, const char* name, double wanted) {
    const cluster_job job = c.job("worker");
    network<Rows> shared(&job);
    network<256> alone(nullptr);
    server srv{engine, c, shared.g, {.session = one_thread()}};
    session both = srv.session(), one{alone.g, one_thread()};
    both.initialize();
    one.initialize();
    constexpr int rounds = 12, steps = 10;
    double best_both = 1e9, best_one = 1e9;
    for (int round = 0; round < rounds; ++round) {
        srv.barrier();
        best_both = std::min(best_both, seconds_of(both, *shared.train, steps));
        srv.barrier();
        if (c.task() == 0) best_one = std::min(best_one, seconds_of(one, *alone.train, steps));
    }
    srv.barrier();
    if (c.task() != 0) return;
    const double us_both = best_both * 1e6 / (2 * Rows), us_one = best_one * 1e6 / 256;
    std::printf("%-44s %7.3f us/image, one task %7.3f: %.2f times as many images\n", name, us_both,
                us_one, us_one / us_both);
    bench::write_row(name, {"us/image", 1}, us_both, us_one, bench::speed_at_least(wanted), {});
}

}  // namespace

int main(int argc, char** argv) {
    mpi_engine engine{argc, argv};
    const cluster c = engine.cluster({{"worker", 2}});
    measure<128>(engine, c, "data parallel, 2 tasks share 256 rows", 1.7);
    measure<256>(engine, c, "data parallel, 2 tasks of 256 rows", 1.7);
}
