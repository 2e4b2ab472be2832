// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// oneTBB's flow graph: a continue_node per node, an edge per edge.
#include "executor/peers.hpp"

#include <tbb/flow_graph.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <deque>
#include <optional>

namespace {

using message = tbb::flow::continue_msg;

template <class Body>
class tbb_flow_graph : public bench::executor {
public:
    tbb_flow_graph(Body body, int threads)
        : limit_(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads)),
          arena_(threads),
          body_(body) {}

    void build(const bench::dag& of) override {
        // A graph belongs to the arena in which it is made.
        arena_.execute([&] { build_in_arena(of); });
    }
    void run() override {
        arena_.execute([this] {
            for (node* source : sources_) source->try_put(message());
            graph_->wait_for_all();
        });
    }

private:
    using node = tbb::flow::continue_node<message>;

    void build_in_arena(const bench::dag& of) {
        graph_.emplace();
        for (bench::dag_node id = 0; id < of.size(); ++id) {
            node& made = nodes_.emplace_back(*graph_, [body = body_, id](const message&) {
                body(id);
                return message();
            });
            for (bench::dag_node before : of.before(id)) tbb::flow::make_edge(nodes_[before], made);
            if (of.before(id).empty()) sources_.push_back(&made);
        }
    }

    tbb::global_control limit_;
    tbb::task_arena arena_;
    Body body_;
    std::optional<tbb::flow::graph> graph_;
    std::deque<node> nodes_;
    std::vector<node*> sources_;
};

const bool added = bench::add_peer<tbb_flow_graph>("TBB flow");

}  // namespace
