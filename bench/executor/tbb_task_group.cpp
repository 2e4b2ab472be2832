// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// oneTBB's task_group, in an arena of so many threads, the caller one of them.
#include "executor/join_counters.hpp"
#include "executor/peers.hpp"

#include <tbb/global_control.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

namespace {

template <class Body>
class tbb_task_group : public bench::executor {
public:
    tbb_task_group(Body body, int threads)
        : limit_(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads)),
          arena_(threads),
          graph_(body) {}

    void build(const bench::dag& of) override { graph_.build(of); }
    void run() override {
        arena_.execute([this] {
            tbb::task_group tasks;
            for (bench::dag_node id : graph_.sources()) spawn(tasks, id);
            tasks.wait();
        });
    }

private:
    void spawn(tbb::task_group& tasks, bench::dag_node id) {
        tasks.run([this, &tasks, id] {
            graph_.run_from(id, [&](bench::dag_node later) { spawn(tasks, later); });
        });
    }

    tbb::global_control limit_;
    tbb::task_arena arena_;
    bench::join_counters<Body> graph_;
};

const bool added = bench::add_peer<tbb_task_group>("TBB tasks");

}  // namespace
