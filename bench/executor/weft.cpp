// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// weft as its users have it: callables without inputs, ordered by control edges, run by the
// callable of a session. The graph is what is there before; planning is what is timed as building.
#include "executor/peers.hpp"

#include <weft/weft.hpp>

#include <optional>

namespace {

weft::session_options in_caller(int) {
    return {.inter_op_parallelism_threads = -1,
            .intra_op_parallelism_threads = 1,
            .use_per_session_threads = true};
}
weft::session_options in_threads(int threads) {
    return {.inter_op_parallelism_threads = threads,
            .intra_op_parallelism_threads = 1,
            .use_per_session_threads = true};
}
// One thread is the caller's.
weft::session_options by_threads(int threads) {
    return threads == 1 ? in_caller(threads) : in_threads(threads);
}

template <class Body>
class weft_session : public bench::executor {
public:
    // `options` makes a session's options of a number of threads.
    weft_session(Body body, int threads, weft::session_options (*options)(int))
        : body_(body), options_(options(threads)) {}

    void describe(const bench::dag& of) override {
        std::vector<weft::node_id> nodes;
        nodes.reserve(of.size());
        for (bench::dag_node id = 0; id < of.size(); ++id) {
            nodes.push_back(graph_.call([body = body_, id] { body(id); }).id());
            for (bench::dag_node before : of.before(id))
                graph_.add_control(nodes[before], nodes[id]);
        }
        const std::vector<bench::dag_node> sinks = of.sinks();
        fetched_ = nodes[sinks.front()];
        if (sinks.size() == 1) return;
        fetched_ = weft::group(done_node(graph_, fetched_)).id();
        for (bench::dag_node sink : sinks)
            if (sink != sinks.front()) graph_.add_control(nodes[sink], fetched_);
    }
    void build(const bench::dag&) override {
        session_.emplace(graph_, options_);
        step_.emplace(session_->make_callable(weft::fetches(done_node(graph_, fetched_))));
    }
    void run() override { (*step_)(); }

private:
    using done_node = weft::node<void>;
    using fetched = decltype(weft::fetches(std::declval<done_node&>()));
    using callable =
        decltype(std::declval<weft::session&>().make_callable(std::declval<fetched>()));

    Body body_;
    weft::session_options options_;
    weft::graph graph_;
    weft::node_id fetched_ = weft::no_node;
    std::optional<weft::session> session_;
    std::optional<callable> step_;
};

const bool added = bench::add_peer<weft_session>("weft", &by_threads);

}  // namespace
