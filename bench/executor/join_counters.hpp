// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A graph for libraries that only run tasks: what their users write by hand. Successors in one
// array, a counter per node that its predecessors count down and the node itself sets again. A
// thread goes on with one successor that it made ready; the others become tasks. Knows no library.
#pragma once

#include "executor/graphs.hpp"

namespace bench {

template <class Body>
class join_counters {
public:
    explicit join_counters(Body body) : body_(body) {}

    void build(const dag& of) {
        const std::size_t n = of.size();
        first_.assign(n + 1, 0);
        waits_.resize(n);
        left_ = std::make_unique<std::atomic<std::uint32_t>[]>(n);
        for (dag_node id = 0; id < n; ++id) {
            for (dag_node before : of.before(id)) ++first_[before + 1];
            waits_[id] = static_cast<std::uint32_t>(of.before(id).size());
            left_[id].store(waits_[id], std::memory_order_relaxed);
            if (waits_[id] == 0) sources_.push_back(id);
        }
        for (std::size_t id = 0; id < n; ++id) {
            sinks_ += first_[id + 1] == 0;
            first_[id + 1] += first_[id];
        }
        successors_.resize(of.edges());
        std::vector<std::uint32_t> next(first_.begin(), first_.end() - 1);
        for (dag_node id = 0; id < n; ++id)
            for (dag_node before : of.before(id)) successors_[next[before]++] = id;
    }

    const std::vector<dag_node>& sources() const { return sources_; }
    // Nodes without successors: when all have run, everything has.
    std::size_t sinks() const { return sinks_; }

    // Runs a node and those that follow from it; calls spawn(id) for what other threads may take.
    // True if it ended with a sink.
    template <class Spawn>
    bool run_from(dag_node id, Spawn spawn) {
        constexpr auto none = static_cast<dag_node>(-1);
        for (;;) {
            body_(id);
            left_[id].store(waits_[id], std::memory_order_relaxed);
            const std::uint32_t end = first_[id + 1];
            if (first_[id] == end) return true;
            dag_node following = none;
            for (std::uint32_t i = first_[id]; i < end; ++i) {
                const dag_node later = successors_[i];
                // Pairs with itself in the threads of the other predecessors.
                if (left_[later].fetch_sub(1, std::memory_order_acq_rel) != 1) continue;
                if (following == none)
                    following = later;
                else
                    spawn(later);
            }
            if (following == none) return false;
            id = following;
        }
    }

private:
    Body body_;
    std::vector<std::uint32_t> first_, waits_;
    std::vector<dag_node> successors_, sources_;
    std::unique_ptr<std::atomic<std::uint32_t>[]> left_;
    std::size_t sinks_ = 0;
};

}  // namespace bench
