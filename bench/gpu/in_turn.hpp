// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Times of rivals that take turns on one GPU, the smallest of each. Of kernels it is the GPU's own
// time, between two events: the stream is held back until the host has handed over all of them. Of
// steps it is the host's, from the call to its return. Knows nothing of what is measured.
#pragma once

#include "kernels.hpp"
#include "own_stream.hpp"
#include "row.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace bench {

// The smallest and the median of a rival, in microseconds.
struct figure {
    double best = 0, median = 0;
};
using rival = std::function<void()>;

inline figure figure_of(std::vector<double> times) {
    std::sort(times.begin(), times.end());
    return {times.front(), times[times.size() / 2]};
}

class event_clock {
public:
    explicit event_clock(own_stream& on) : on_(on) {
        require(cudaEventCreate(&begin_), "an event");
        require(cudaEventCreate(&end_), "an event");
    }
    event_clock(const event_clock&) = delete;
    event_clock& operator=(const event_clock&) = delete;
    ~event_clock() {
        static_cast<void>(cudaEventDestroy(begin_));
        static_cast<void>(cudaEventDestroy(end_));
    }

    // Microseconds of a call of `body`, which only starts kernels: the mean of `calls`.
    double time_of(const rival& body, int calls) {
        require(hold_back(on_.get(), calls * cycles_to_start), "a kernel that waits");
        require(cudaEventRecord(begin_, on_.get()), "an event");
        for (int i = 0; i < calls; ++i) body();
        require(cudaEventRecord(end_, on_.get()), "an event");
        require(cudaEventSynchronize(end_), "the end of the kernels");
        float milliseconds = 0;
        require(cudaEventElapsedTime(&milliseconds, begin_, end_), "the time between events");
        return static_cast<double>(milliseconds) * 1e3 / calls;
    }

private:
    static constexpr long long cycles_to_start = 30'000;  // 15 us

    own_stream& on_;
    cudaEvent_t begin_{}, end_{};
};

// Of kernels.
inline std::vector<figure> kernels_in_turn(own_stream& on, const std::vector<rival>& rivals) {
    constexpr int rounds = 25;
    event_clock clock(on);
    std::vector<int> calls;
    for (const rival& one : rivals) {
        one();
        on.finish();
        const double us = clock.time_of(one, 2);
        calls.push_back(static_cast<int>(std::clamp(2000 / (us + 1), 2.0, 40.0)));
    }
    std::vector<std::vector<double>> times(rivals.size());
    for (int round = 0; round < rounds; ++round)
        for (std::size_t i = 0; i < rivals.size(); ++i)
            times[i].push_back(clock.time_of(rivals[i], calls[i]));
    std::vector<figure> out;
    for (auto& of_one : times) out.push_back(figure_of(std::move(of_one)));
    return out;
}

// Of steps, each of which returns when the GPU has done its work.
inline std::vector<figure> steps_in_turn(const std::vector<rival>& rivals) {
    constexpr int rounds = 300, warm = 10;
    using clock = std::chrono::steady_clock;
    std::vector<std::vector<double>> times(rivals.size());
    for (int round = -warm; round < rounds; ++round)
        for (std::size_t i = 0; i < rivals.size(); ++i) {
            const clock::time_point begin = clock::now();
            rivals[i]();
            const std::chrono::duration<double, std::micro> spent = clock::now() - begin;
            if (round >= 0) times[i].push_back(spent.count());
        }
    std::vector<figure> out;
    for (auto& of_one : times) out.push_back(figure_of(std::move(of_one)));
    return out;
}

// Writes rows, with what libraries for Python took for the rows of the same names.
class row_writer {
public:
    explicit row_writer(std::map<std::string, std::vector<peer_figure>> python)
        : python_(std::move(python)) {}

    void add(const std::string& name, double weft, double plain, goal wanted,
             std::vector<peer_figure> peers = {}) const {
        if (const auto at = python_.find(name); at != python_.end())
            peers.insert(peers.end(), at->second.begin(), at->second.end());
        write_row(name, {"us", 1}, weft, plain, wanted, peers);
        std::printf("%-44s %10.2f us", name.c_str(), weft);
        if (plain > 0) std::printf("%10.2f plain, speed %.3f", plain, plain / weft);
        for (const peer_figure& peer : peers)
            std::printf("; %s %.2f", peer.name.c_str(), peer.best);
        std::printf("\n");
        std::fflush(stdout);
    }

    void add_bandwidth(const std::string& name, double gigabytes_per_second) const {
        write_row(name, {"GB/s", 1}, gigabytes_per_second, 0, {}, {});
        std::printf("%-44s %10.0f GB/s\n", name.c_str(), gigabytes_per_second);
    }

private:
    std::map<std::string, std::vector<peer_figure>> python_;
};

}  // namespace bench
