// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// OpenMP tasks, without `depend`: those would have to be given anew in every run.
#include "executor/join_counters.hpp"
#include "executor/peers.hpp"

namespace {

template <class Body>
class openmp_tasks : public bench::executor {
public:
    openmp_tasks(Body body, int threads) : threads_(threads), graph_(body) {}

    void build(const bench::dag& of) override { graph_.build(of); }
    void run() override {
#pragma omp parallel num_threads(threads_)
#pragma omp single
        for (bench::dag_node id : graph_.sources()) spawn(id);
    }

private:
    void spawn(bench::dag_node id) {
#pragma omp task firstprivate(id)
        graph_.run_from(id, [this](bench::dag_node later) { spawn(later); });
    }

    int threads_;
    bench::join_counters<Body> graph_;
};

const bool added = bench::add_peer<openmp_tasks>("OpenMP tasks");

}  // namespace
