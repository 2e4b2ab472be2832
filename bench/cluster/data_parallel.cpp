// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A training step of a network 784-512-10 with one thread, alone and by two tasks that add their
// gradients up with all_reduce: images per second, in turn in one run, smallest times. The two
// share a batch of 256 rows, or have one each. `plain` is one task, so the speed is by how much two
// are faster. Two that add nothing up show whether two cores are really there.
#include <weft/cluster/mpi.hpp>
#include <weft/cluster/server.hpp>
#include <weft/weft.hpp>

#include "row.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

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

struct network {
    node<void> alone, together;
};

// A step on `Rows` rows, for itself and with the gradients of all tasks of the job.
template <std::size_t Rows>
network build(graph& g, const cluster_job& job) {
    auto w1 = g.variable(normal<float, inputs, hidden>(1, 0.0f, 0.05f));
    auto b1 = g.variable(zeros<float, hidden>());
    auto w2 = g.variable(normal<float, hidden, classes>(2, 0.0f, 0.05f));
    auto b2 = g.variable(zeros<float, classes>());
    auto rows = g.variable(uniform<float, Rows, inputs>(3));
    auto label = g.constant(tensor<std::int64_t, Rows>{});
    node h{relu(matmul(rows, w1) + b1)};
    node slope{(softmax(matmul(h, w2) + b2) - one_hot<classes, float>(label)) /
               static_cast<float>(Rows)};
    node dw2{matmul(transpose(h), slope)};
    node db2{sum<0>(slope)};
    node back{where(h > 0.0f, matmul(slope, transpose(w2)), 0.0f)};
    node dw1{matmul(transpose(rows), back)};
    node db1{sum<0>(back)};
    const auto change = [&](const auto& v1, const auto& c1, const auto& v2, const auto& c2) {
        return group(w1.assign_sub(0.01f * v1), b1.assign_sub(0.01f * c1),
                     w2.assign_sub(0.01f * v2), b2.assign_sub(0.01f * c2));
    };
    const auto [dw2s, db2s, dw1s, db1s] = all_reduce(job, reduce_op::sum, dw2, db2, dw1, db1);
    return {change(dw1, db1, dw2, db2), change(dw1s, db1s, dw2s, db2s)};
}

// Of a step like those before it: who has waited for long at a barrier comes late to the first.
double seconds_of(session& s, const node<void>& train) {
    constexpr int times = 4;
    s.run(train);
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < times; ++i) s.run(train);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / times;
}

struct times {
    double together = 1e9, apart = 1e9, one = 1e9;  // seconds of a step, the smallest
};

// `by_two` of each of two tasks, with the sums and without; `by_one` of one of them.
times measure(server& srv, session& s, const network& by_two, const network& by_one) {
    times best;
    for (int round = 0; round < 40; ++round) {
        srv.barrier();
        best.together = std::min(best.together, seconds_of(s, by_two.together));
        srv.barrier();
        best.apart = std::min(best.apart, seconds_of(s, by_two.alone));
        srv.barrier();
        if (srv.of().task() == 0) best.one = std::min(best.one, seconds_of(s, by_one.alone));
    }
    srv.barrier();
    return best;
}

void tell(const char* name, const times& of, std::size_t rows) {
    const double images = 2 * static_cast<double>(rows), one = of.one * 1e6 / 256;
    const double together = of.together * 1e6 / images, apart = of.apart * 1e6 / images;
    std::printf("%-36s %7.3f us/image, one task %7.3f: %.2f times as many; without sums %.2f\n",
                name, together, one, one / together, one / apart);
    bench::write_row(name, {"us/image", 1}, together, one, bench::speed_at_least(1.7),
                     {{"without sums", apart, apart}});
}

}  // namespace

int main(int argc, char** argv) {
    mpi_engine engine{argc, argv};
    const cluster c = engine.cluster({{"worker", 2}});
    graph g;
    const network half = build<128>(g, c.job("worker")), whole = build<256>(g, c.job("worker"));
    server srv{engine, c, g, {.session = one_thread()}};
    session s = srv.session();
    s.initialize();
    const times shared = measure(srv, s, half, whole), each = measure(srv, s, whole, whole);
    if (c.task() != 0) return 0;
    tell("data parallel, 2 tasks share 256 rows", shared, 128);
    tell("data parallel, 2 tasks of 256 rows", each, 256);
}
