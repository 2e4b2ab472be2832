// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// run_stats: the numbers of one run, node by node: how long it waited and ran, what it read and
// wrote; and of the run as a whole: how busy devices were, and which chain of nodes took longest.
// Plain values that outlive graph and session. It reads a run's log and knows nothing of sessions.
#pragma once

#include <weft/config.hpp>
#include <weft/runtime/run_log.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace weft {

// A node that has begun, or the copy of one to another device.
struct node_stats {
    std::string node{};  // "y", of a copy "y -> /gpu:0"
    std::string op{};
    std::string device{};  // that ran it: "/cpu:0"
    bool copy = false;
    bool ended = true;             // false for one that failed
    std::int64_t waiting_ns = 0;   // from the end of the last one it had to wait for to its start
    std::int64_t running_ns = 0;   // from its start to its end
    std::size_t bytes_read = 0;    // of its inputs
    std::size_t bytes_written = 0; // of its value
};

struct device_stats {
    std::string device{};
    std::int64_t busy_ns = 0;  // the sum over its nodes
};

// The last run that was given this as run_options::stats and has begun; one run at a time.
struct run_stats final : run_reader {
    std::vector<node_stats> nodes{};     // in the order of the plan
    std::vector<device_stats> devices{}; // those that ran something
    // The longest chain of nodes that wait for each other, by running time: positions in `nodes`.
    std::vector<std::size_t> critical_path{};
    std::int64_t wall_ns = 0;   // from the start of the first step to the end of the last
    bool complete = true;       // false where memory for these numbers did not suffice

    std::int64_t busy_ns() const;
    std::int64_t critical_ns() const;
    // Nodes that ran at the same time, on average: busy by wall.
    double parallelism() const;

    // A table for people: the nodes that ran longest come first.
    std::string to_string() const;
    // One line of JSON.
    std::string to_json() const;

    void read(const run_log& log) noexcept override;
};

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/runtime/run_stats_source.hpp>
#endif
