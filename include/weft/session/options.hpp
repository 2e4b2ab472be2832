// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What a session and a run can be told. Names are TensorFlow's; the order of members is that of the
// designated initialisers in programs, and every one has a default.
// Plain data: nothing is checked here but when a session is made.
#pragma once

#include <weft/placement/placement_file.hpp>
#include <weft/runtime/emulated_gpu_options.hpp>
#include <weft/runtime/run_order.hpp>

#include <condition_variable>  // std::chrono::nanoseconds; <chrono> has calendars and streams, too
#include <cstddef>
#include <map>
#include <stop_token>
#include <string>

namespace weft {

class run_reader;

// Turns what a plan would do silently into an error when the plan is made.
struct deny_flags {
    bool fallback = false;    // a node that is not where it asked to be (soft placement)
    bool copy = false;        // a value that crosses devices
    bool allocation = false;  // a value whose size is known only while the plan runs
};

struct session_options {
    // Threads per device for nodes that run at the same time, and for one node that splits itself.
    // 0: one per allowed core. inter < 0: everything runs in the thread that calls run().
    int inter_op_parallelism_threads = 0;
    int intra_op_parallelism_threads = 0;
    // Threads of this session's own. Otherwise the first session that starts decides for the
    // process.
    bool use_per_session_threads = false;
    // A node whose device has no kernel for it, or does not exist, goes to the best one that has.
    bool allow_soft_placement = false;
    // Every new plan's placement goes to the log (set_log_sink), or to stderr.
    bool log_device_placement = false;
    // Logical devices by kind, {{"CPU", 2}}; 1 of each kind unless given.
    std::map<std::string, int> device_count = {};
    // GPUs that live in host memory and answer to /gpu:N.
    int emulated_gpus = 0;
    // Bytes by device, {{"/gpu:0", 1 << 30}}.
    std::map<std::string, std::size_t> memory_limit = {};
    deny_flags deny = {};
    // Callables run in the order of making, one after the other. What kernels compute does not
    // depend on the number of threads in any case.
    bool deterministic = false;
    // The devices of the nodes named in it, as if each were pinned there: placement_file::of makes
    // it from a report. A pin in the program that says something else is an error, or overruled
    // with allow_soft_placement. Other nodes are placed as usual. Lines of nodes that the graph
    // does not have are ignored, or refused with deny.fallback.
    placement_file placement = {};
    // How emulated GPUs behave, by device: {{"/gpu:1", {.lost_from = 100}}}.
    std::map<std::string, emulated_gpu_options> emulation = {};
};

struct run_options {
    // From the call to its end; 0: no limit. Kernels that run when it is over are waited for.
    std::chrono::nanoseconds timeout{};
    // Stops the run when requested.
    std::stop_token stop{};
    // Gets what happens in the run: a tracer, which may be that of several runs at the same time,
    // and the run_stats of this one; both are in <weft/io.hpp>. They must outlive the run.
    run_reader* trace = nullptr;
    run_reader* stats = nullptr;
    // Gets the order in which the steps of this run begin.
    run_order* record = nullptr;
    // Runs the steps one after the other in this order, recorded or made by plan_info::order().
    // Throws error invalid_argument where it is none of this plan's.
    const run_order* replay = nullptr;
};

}  // namespace weft
