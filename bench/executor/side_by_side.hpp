// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Measures all peers on one graph in turn, several rounds in one process. In each round a peer is
// made, built, run and taken down before the next one, so that no idle threads of one disturb
// another and no two large graphs are in memory. First, each has to show that it runs every node
// once and in order.
#pragma once

#include "compare.hpp"
#include "executor/counted_memory.hpp"
#include "executor/peers.hpp"

#include <thread>

namespace bench {

// What all peers do in a row of the table.
struct scene {
    std::string name;  // "fan 1k"
    dag (*graph)();
    work body = work::nothing;
    int threads = 1;
    int rounds = 1;
};

// What was measured of a peer: nanoseconds of a call, and bytes.
struct samples {
    std::vector<double> run, build;
    double bytes = 0;
};

inline double smallest(const std::vector<double>& all) {
    return *std::min_element(all.begin(), all.end());
}
inline double median(std::vector<double> all) {
    const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
    std::nth_element(all.begin(), middle, all.end());
    return *middle;
}

class side_by_side {
public:
    explicit side_by_side(const scene& what)
        : scene_(what), graph_(what.graph()), samples_(all_peers().size()) {}

    // The first peer that does not do every node once and in order; empty if all do. Larger graphs
    // than 100,000 nodes are not checked: smaller ones of their kind are.
    std::string wrong_peer() const {
        if (graph_.size() > 100'000) return {};
        for (const peer& one : all_peers())
            if (!runs_in_order(one)) return one.name;
        return {};
    }

    // All peers once more.
    void round() {
        for (std::size_t i = 0; i < samples_.size(); ++i) measure_once(all_peers()[i], samples_[i]);
    }

    const dag& graph() const { return graph_; }
    // There is a peer of each name that is asked for.
    const samples& of(const std::string& name) const {
        std::size_t i = 0;
        while (all_peers()[i].name != name) ++i;
        return samples_[i];
    }
    // Of every peer but `but`, whose figures are in the row anyway.
    template <class Samples>
    std::vector<peer_figure> figures(Samples samples_of, double per, const char* but) const {
        std::vector<peer_figure> out;
        for (std::size_t i = 0; i < samples_.size(); ++i) {
            const std::vector<double> all = samples_of(samples_[i]);
            if (all_peers()[i].name == but) continue;
            out.push_back({all_peers()[i].name, smallest(all) / per, bench::median(all) / per});
        }
        return out;
    }

private:
    bool runs_in_order(const peer& one) const {
        order_check check(graph_);
        const auto made = one.make(work::check, scene_.threads, &check);
        made->describe(graph_);
        made->build(graph_);
        for (int run = 0; run < 3; ++run) {
            check.begin();
            made->run();
            if (!check.passed()) return false;
        }
        return true;
    }

    void measure_once(const peer& one, samples& into) const {
        // Threads of whoever was before spin for a while when they have nothing to do.
        std::this_thread::sleep_for(std::chrono::milliseconds(3));
        const auto made = one.make(scene_.body, scene_.threads, nullptr);
        made->describe(graph_);
        const auto body = [&] { made->run(); };
        double first_run = 0;
        {
            const counted_memory memory;
            into.build.push_back(detail::time_of([&] { made->build(graph_); }, 1));
            first_run = detail::time_of(body, 1);
            into.bytes = static_cast<double>(memory.kept());
        }
        const int calls = first_run > 10e6 ? 1 : detail::calls_for(body);
        // Three runs, or as many as go into 8 ms.
        const double until = detail::now_ns() + 8e6;
        for (int run = 0; run < 3 || detail::now_ns() < until; ++run)
            into.run.push_back(detail::time_of(body, calls));
    }

    scene scene_;
    dag graph_;
    std::vector<samples> samples_;
};

}  // namespace bench
