// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What a file of this folder gives to be measured: an executor, which turns a dag into whatever its
// library runs, and runs it. Each file adds one or more under a name; which of them there are is up
// to the build. Executors are templates of what a node does, so that their libraries may inline it.
#pragma once

#include "executor/graphs.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace bench {

// One graph in one library, with the threads that run it. Used by one thread.
class executor {
public:
    executor() = default;
    executor(const executor&) = delete;
    executor& operator=(const executor&) = delete;
    virtual ~executor() = default;

    // What is there before the library sees it; not timed. The dag outlives the executor.
    virtual void describe(const dag&) {}
    // Makes it ready to run; called once.
    virtual void build(const dag& of) = 0;
    // Runs all nodes and returns when they are done.
    virtual void run() = 0;
};

struct peer {
    std::string name;
    // `check` is used where `what` is work::check.
    std::function<std::unique_ptr<executor>(work what, int threads, order_check* check)> make;
};

// In the order of adding, which is the one in which the files are linked.
inline std::vector<peer>& all_peers() {
    static std::vector<peer> peers;
    return peers;
}

// Adds Executor<Body>(body, threads, settings...) under a name. Always true: called to initialise a
// constant.
template <template <class> class Executor, class... Settings>
bool add_peer(std::string name, Settings... settings) {
    const auto make = [=](work what, int threads,
                          order_check* check) -> std::unique_ptr<executor> {
        switch (what) {
            case work::nothing:
                return std::make_unique<Executor<empty_body>>(empty_body{}, threads, settings...);
            case work::microsecond:
                return std::make_unique<Executor<busy_body>>(busy_body{}, threads, settings...);
            case work::check: break;
        }
        return std::make_unique<Executor<checking_body>>(checking_body{check}, threads,
                                                         settings...);
    };
    all_peers().push_back({std::move(name), make});
    return true;
}

}  // namespace bench
