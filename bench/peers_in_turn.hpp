// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Weft and libraries that do the same work, timed in turn in one process. The plain side of a row
// is the fastest library. Where there are several threads, what counts includes those that a
// library leaves spinning: they are given time to stop before the next call is timed.
#pragma once

#include "compare.hpp"
#include "taken_core.hpp"

#include <chrono>
#include <functional>
#include <thread>
#include <time.h>

namespace bench {

struct peer_call {
    std::string name;
    std::function<void()> run;
};

struct turn_times {
    std::vector<double> weft;                // nanoseconds
    std::vector<std::vector<double>> peers;  // in their order

    static double smallest(const std::vector<double>& times) {
        return times.empty() ? 0 : *std::min_element(times.begin(), times.end());
    }
    static double median(std::vector<double> times) {
        std::sort(times.begin(), times.end());
        return times.empty() ? 0 : times[times.size() / 2];
    }
};

namespace detail {
// After a call that is not timed; of several threads after as many as it takes to wake cores up.
template <class Body>
double warm_time_of(Body& body, int calls, int threads) {
    const double start = now_ns();
    do body();
    while (threads > 1 && now_ns() - start < 10e6);
    double best = time_of(body, calls);
    for (int i = 1; i < threads; ++i) best = std::min(best, time_of(body, calls));
    return best;
}
}  // namespace detail

// Waits until no thread of this process computes any more, for two seconds at most: those that a
// library leaves spinning would be measured with the next call.
inline void wait_until_idle() {
    const auto used = [] {
        timespec time{};
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
    };
    for (int i = 0; i < 100; ++i) {
        const double before = used();
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        if (used() - before < 1e-3) return;
    }
}

// So many rounds of weft and every peer.
template <class Weft>
turn_times time_in_turn(Weft& weft, const std::vector<peer_call>& peers, int rounds, int threads) {
    const int calls = detail::calls_for(weft);
    turn_times all;
    all.peers.resize(peers.size());
    for (int round = 0; round < rounds; ++round) {
        all.weft.push_back(detail::warm_time_of(weft, calls, threads));
        for (std::size_t i = 0; i < peers.size(); ++i) {
            all.peers[i].push_back(detail::warm_time_of(peers[i].run, calls, threads));
            if (threads > 1) wait_until_idle();
        }
    }
    return all;
}

// A row of smallest times. `figures` has those of others, in microseconds, that were measured
// before.
template <class Weft>
void compare_with_peers(benchmark::State& state, const std::string& name, Weft weft,
                        const std::vector<peer_call>& peers, int threads, goal wanted,
                        std::vector<peer_figure> figures = {}) {
    turn_times all;
    for (auto _ : state) {
        turn_times one = time_in_turn(weft, peers, 1, threads);
        all.weft.push_back(one.weft[0]);
        all.peers.resize(peers.size());
        for (std::size_t i = 0; i < peers.size(); ++i) all.peers[i].push_back(one.peers[i][0]);
        state.SetIterationTime(all.weft.back() * 1e-9);
    }
    for (std::size_t i = 0; i < peers.size(); ++i)
        figures.push_back({peers[i].name, turn_times::smallest(all.peers[i]) / 1e3,
                           turn_times::median(all.peers[i]) / 1e3});
    double best = 0;
    for (const peer_figure& one : figures)
        if (best == 0 || one.best * 1e3 < best) best = one.best * 1e3;
    report(state, name, microseconds(), turn_times::smallest(all.weft), best, wanted, figures);
}

// A row of medians while another thread takes one of two cores; the plain side is weft's median
// without it, so that speed says what is left: 0.45 is within 2.2 times.
template <class Weft>
void compare_with_core_taken(benchmark::State& state, const std::string& name, Weft weft,
                             const std::vector<peer_call>& peers, int rounds) {
    for (auto _ : state) {
        const turn_times idle = time_in_turn(weft, {}, rounds, 2);
        turn_times taken;
        {
            const taken_core other;
            taken = time_in_turn(weft, peers, rounds, 2);
        }
        std::vector<peer_figure> figures;
        for (std::size_t i = 0; i < peers.size(); ++i) {
            const double median = turn_times::median(taken.peers[i]) / 1e3;
            figures.push_back({peers[i].name, median, median});
        }
        const double median = turn_times::median(taken.weft);
        state.SetIterationTime(median * 1e-9);
        report(state, name, microseconds(), median, turn_times::median(idle.weft),
               speed_at_least(1 / 2.2), figures);
    }
}

}  // namespace bench
