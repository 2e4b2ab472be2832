// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// weft as its users have it: the callable of a session. The graph is what is there before; planning
// is what is timed as building.
#include "executor/weft_graph.hpp"

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

    void describe(const bench::dag& of) override { made_.describe(of, body_); }
    void build(const bench::dag&) override {
        session_.emplace(made_.graph, options_);
        step_.emplace(session_->make_callable(weft::fetches(made_.done())));
    }
    void run() override { (*step_)(); }

private:
    using fetched = decltype(weft::fetches(std::declval<weft::node<void>>()));
    using callable =
        decltype(std::declval<weft::session&>().make_callable(std::declval<fetched>()));

    Body body_;
    weft::session_options options_;
    bench::weft_graph made_;
    std::optional<weft::session> session_;
    std::optional<callable> step_;
};

const bool added = bench::add_peer<weft_session>("weft", &by_threads);

}  // namespace
