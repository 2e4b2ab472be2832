// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The lower limit: the nodes in order, through function pointers, in the calling thread.
#include "executor/peers.hpp"

namespace {

template <class Body>
class loop : public bench::executor {
public:
    loop(Body body, int) : body_(body) {}

    void build(const bench::dag& of) override {
        calls_.reserve(of.size());
        for (bench::dag_node id = 0; id < of.size(); ++id) calls_.push_back({&call, &body_, id});
    }
    void run() override {
        for (const entry& e : calls_) e.function(e.body, e.id);
    }

private:
    struct entry {
        void (*function)(const Body*, bench::dag_node);
        const Body* body;
        bench::dag_node id;
    };
    [[gnu::noinline]] static void call(const Body* body, bench::dag_node id) { (*body)(id); }

    Body body_;
    std::vector<entry> calls_;
};

const bool added = bench::add_peer<loop>("loop");

}  // namespace
