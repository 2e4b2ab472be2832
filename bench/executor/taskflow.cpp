// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Taskflow: a task per node, run and waited for from outside of its executor.
#include "executor/peers.hpp"

#include <taskflow/taskflow.hpp>

namespace {

template <class Body>
class taskflow : public bench::executor {
public:
    taskflow(Body body, int threads) : body_(body), executor_(static_cast<std::size_t>(threads)) {}

    void build(const bench::dag& of) override {
        std::vector<tf::Task> tasks;
        tasks.reserve(of.size());
        for (bench::dag_node id = 0; id < of.size(); ++id) {
            tasks.push_back(graph_.emplace([body = body_, id] { body(id); }));
            for (bench::dag_node before : of.before(id)) tasks[before].precede(tasks.back());
        }
    }
    void run() override { executor_.run(graph_).wait(); }

private:
    Body body_;
    tf::Taskflow graph_;
    tf::Executor executor_;
};

const bool added = bench::add_peer<taskflow>("Taskflow");

}  // namespace
