// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What a tracer keeps of runs: numbers and texts of its own, without a pointer to graph, plan or
// session. What is the same in all runs of a plan is there once. How it is collected is in
// tracer.hpp, how it is written in trace_writer.hpp.
#pragma once

#include <weft/runtime/plan.hpp>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace weft {

namespace detail {

// What another process says of its clock is believed within 36 years: differences of such times
// cannot overflow.
constexpr bool is_time(std::int64_t ns) {
    constexpr std::int64_t most = std::int64_t{1} << 60;
    return ns > -most && ns < most;
}

}  // namespace detail

struct traced_step {
    std::string name{}, op{}, device{};
    std::string fused{};  // "Add, Exp", empty where it is one op
    std::string type{};   // "float [4,2]", empty without a value
    std::string where{};
    step_id source = none;  // of a copy: the step that made what it copies
    bool copy = false;
};

struct traced_plan {
    std::weak_ptr<const plan> of{};  // to know it again; its memory is not used
    std::vector<traced_step> steps{};
};

struct traced_event {
    std::int64_t begin_ns, end_ns;
    std::size_t bytes;  // of what it made
    step_id step;
    std::uint32_t thread;
    bool ended;  // without an error
};

// Bytes that a value takes, or gives back.
struct memory_change {
    std::int64_t at_ns, bytes;
    std::uint32_t device;  // in trace_data::devices
};

struct traced_run {
    std::shared_ptr<const traced_plan> plan{};
    std::size_t number = 0;  // from 1
    std::int64_t begin_ns = 0, end_ns = 0;
    std::uint32_t caller = 0;  // its thread
    std::vector<traced_event> events{};
    std::vector<memory_change> memory{};
    std::vector<std::pair<step_id, std::string>> types{};  // those that the plan does not know
};

struct trace_data {
    std::int64_t start_ns = 0;
    std::deque<traced_run> runs{};  // the oldest first
    std::vector<std::string> devices{};
    std::map<std::uint32_t, std::string> threads{};  // names by number
    std::size_t dropped = 0;                         // runs
};

}  // namespace weft
