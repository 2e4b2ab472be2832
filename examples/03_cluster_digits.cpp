// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The digits of 02_digits.cpp learnt by several processes: the weights are on a parameter server,
// and two workers, each with rows of its own, change them without waiting for each other.
//
//     mpirun -np 1 03_cluster_digits --job=ps : -np 2 03_cluster_digits --job=worker
#include "digits.hpp"

#include <weft/cluster/mpi.hpp>
#include <weft/cluster/server.hpp>
#include <weft/weft.hpp>

#include <cstdio>
#include <random>

using namespace weft;

constexpr std::size_t batch = 32;
constexpr int epochs = 40;

int main(int argc, char** argv) {
    mpi_engine engine{argc, argv};
    const cluster c = engine.cluster_from_args();
    const auto [seen, unseen] = read_digits();
    if (unseen.labels.size() == 0) return 1;

    // [spread]
    // The same graph in every process. Variables go to the parameter servers in turn, all else is
    // computed by whoever runs it.
    graph g;
    device_scope spread{g, round_robin_over(c.job("ps"), {.otherwise = c.self()})};
    auto w = g.variable(normal<float, pixels, digits>(1, 0.0f, 0.01f), "w");
    auto b = g.variable(zeros<float, digits>(), "b");
    // [/spread]

    std::mt19937 random(static_cast<unsigned>(c.rank()));
    auto rows = g.call(
        [random, size = seen.labels.size()]() mutable {
            auto some = tensor<std::int64_t, dyn>::zeros({batch});
            for (std::int64_t& row : some) row = static_cast<std::int64_t>(random() % size);
            return some;
        },
        "rows");
    node x{gather<0>(g.constant(seen.images, "images"), rows) / 16.0f, "pixels"};
    node label{gather<0>(g.constant(seen.labels, "labels"), rows), "label"};

    node logits{matmul(x, w) + b, "logits"};
    node loss{mean(softmax_cross_entropy(logits, label)), "loss"};
    node accuracy{mean(cast<float>(argmax<1>(logits) == label)), "accuracy"};
    node slope{(softmax(logits) - one_hot<digits, float>(label)) / static_cast<float>(batch),
               "slope"};
    // [async_ps]
    auto train = async_ps{.learning_rate = 0.5, .max_staleness = 8}.apply(
        w, matmul(transpose(x), slope), b, sum<0>(slope));
    // [/async_ps]

    // [serving]
    server srv{engine, c, g};
    if (c.job() == "ps") return srv.join();
    session s = srv.session();
    if (c.task() == 0) s.initialize();
    srv.barrier("worker");
    // [/serving]

    const int workers = c.job("worker").size();
    const int steps = epochs * static_cast<int>(seen.labels.size() / batch) / workers;
    auto step = s.make_callable(fetches(loss, train));
    float first = 0, last = 0;
    for (int i = 0; i < steps; ++i) (i == 0 ? first : last) = std::get<0>(step());
    srv.barrier("worker");
    if (c.task() != 0) return 0;

    auto scaled = unseen.images;
    for (float& level : scaled) level /= 16.0f;
    auto [right, updates, dropped] =
        s.run({feed(x, scaled), feed(label, unseen.labels)}, accuracy, train.updates(),
              train.dropped());
    const std::int64_t all = std::int64_t{updates} + std::int64_t{dropped};
    std::printf("%s\n", c.describe().c_str());
    std::printf("w is on %s, the loss is computed on %s\n", s.device_of(w).c_str(),
                s.device_of(loss).c_str());
    std::printf("%lld gradients of %d workers, applied or too old\n", static_cast<long long>(all),
                workers);
    std::printf("the loss fell: %s\n", last < first / 4 ? "yes" : "no");
    std::printf("accuracy on unseen digits: %.3f\n", static_cast<double>(right));
    srv.stop();
    return right >= 0.95f && all == std::int64_t{steps} * workers ? 0 : 1;
}
