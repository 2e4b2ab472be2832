// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Eigen's non-blocking thread pool, the one between TensorFlow's ops. The calling thread only
// waits.
#include "executor/join_counters.hpp"
#include "executor/peers.hpp"

#define EIGEN_USE_THREADS
#include <condition_variable>
#include <mutex>
#include <unsupported/Eigen/CXX11/ThreadPool>

namespace {

template <class Body>
class eigen_pool : public bench::executor {
public:
    eigen_pool(Body body, int threads) : graph_(body), pool_(threads) {}

    void build(const bench::dag& of) override { graph_.build(of); }
    void run() override {
        done_ = false;
        // Handed over to the pool's threads by Schedule().
        sinks_left_.store(graph_.sinks(), std::memory_order_relaxed);
        for (bench::dag_node id : graph_.sources()) spawn(id);
        std::unique_lock lock(mutex_);
        finished_.wait(lock, [this] { return done_; });
    }

private:
    void spawn(bench::dag_node id) {
        pool_.Schedule([this, id] {
            const bool sink = graph_.run_from(id, [this](bench::dag_node later) { spawn(later); });
            // Pairs with itself: the last one has seen what the others did.
            if (!sink || sinks_left_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
            const std::lock_guard lock(mutex_);
            done_ = true;
            finished_.notify_one();
        });
    }

    bench::join_counters<Body> graph_;
    std::atomic<std::size_t> sinks_left_{0};
    std::mutex mutex_;
    std::condition_variable finished_;
    bool done_ = false;
    Eigen::ThreadPool pool_;  // last: its threads end before the rest goes
};

const bool added = bench::add_peer<eigen_pool>("Eigen pool");

}  // namespace
