// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The part of a session that knows no types, as session.hpp sees it: prepared plans, and runs of
// them. What is behind it (planner, executor, pools, memory) is compiled once where a program is
// compiled separately. May be used from several threads at the same time.
#pragma once

#include <weft/placement/report.hpp>
#include <weft/runtime/device_factory.hpp>
#include <weft/runtime/feed_value.hpp>
#include <weft/session/distribution.hpp>
#include <weft/session/options.hpp>
#include <weft/session/session_kind.hpp>

#include <optional>
#include <span>

namespace weft {

class graph_base;

class execution;

// A plan and the executions of it that are idle; lives as long as its session.
class prepared_plan;

class session_core {
public:
    // `task` is whose devices they are, "/job:localhost/task:0" where there is no cluster.
    session_core(const graph_base& of, session_options options, const session_kind* kinds,
                 std::size_t count, const device_spec& task = {.job = "localhost", .task = 0});
    session_core(const session_core&) = delete;
    session_core& operator=(const session_core&) = delete;
    ~session_core();

    const graph_base& of() const;
    const device_list& devices() const;
    const session_options& options() const;
    // Has all plans that are prepared from now on made and run by `by`, which outlives them; once,
    // before there are any.
    void distribute(distribution& by);

    // The plan for these feeds and fetches, made the first time. Any thread. Throws error.
    prepared_plan& prepare(std::span<const node_id> feeds, std::span<const node_id> fetches);
    // The plan of a part that another placement has placed; of the feeds, the last `done` have no
    // value. Any thread. Throws error, also for a variable that is on another device.
    prepared_plan& prepare_part(std::span<const node_id> feeds, std::size_t done,
                                std::span<const node_id> fetches,
                                const std::map<node_id, device_index>& placed);
    // The variables that have a place here.
    std::vector<node_id> placed_variables() const;
    // Runs the initializers of all variables, in the order of making.
    void initialize();

    placement_report explain(const prepared_plan& of) const;
    // "/job:localhost/task:0/gpu:1", where a node of this plan is.
    std::string device_of(const prepared_plan& of, node_id id) const;
    std::size_t nodes(const prepared_plan& of) const;
    // An order in which the plan may run, another one for each seed.
    run_order order(const prepared_plan& of, std::uint64_t seed) const;
    // Bytes that a run of the plan needs on a device, for the shapes of the last run, or the static
    // ones.
    std::size_t peak_bytes(prepared_plan& of, const std::string& device);
    // Of those, the bytes that are alive at the worst step: no placement needs less in that order.
    std::size_t lower_bound_bytes(prepared_plan& of, const std::string& device);

    memory_statistics memory(const std::string& device) const;
    // Kernels that the run that ended last has run.
    std::size_t nodes_run() const;

private:
    friend class session_run;
    friend class held_variables;
    struct memory_use {
        std::size_t peak, lower_bound;
    };
    memory_use memory_of(prepared_plan& of, const std::string& device);

    struct parts;
    std::unique_ptr<parts> parts_;
};

// A run that is prepared, under way or has ended; its fetches can be read until it is destroyed.
// Fetches are told by their position. One thread.
class session_run {
public:
    // The feeds are those that begin() gets: an execution that knows their shapes is best.
    session_run(session_core& core, prepared_plan& of, std::span<const feed_value> feeds);
    session_run(const session_run&) = delete;
    session_run& operator=(const session_run&) = delete;
    ~session_run();

    // Gets everything ready: variables, feeds, shapes, memory. The time limit begins here.
    void begin(std::span<const feed_value> feeds, const run_options& options);
    // Runs the steps. Throws the error of a kernel, cancelled, or deadline_exceeded.
    void execute();

    // The shape of a fetched tensor, known after begin() where it is writable.
    const dims& shape(std::size_t fetch) const;
    // Whether the run makes it in host memory, with a shape known before.
    bool is_writable(std::size_t fetch) const;
    // Has the run write a writable value to `to`; false if it already has a place given, or `to`
    // shares memory with a feed.
    bool write_to(std::size_t fetch, void* to);
    // Copies a fetched tensor's elements to the host.
    void copy_out(std::size_t fetch, void* to, std::size_t bytes) const;
    // The C++ object of a fetch, and whether the run has made it and no later fetch wants it.
    void* object(std::size_t fetch) const;
    bool is_last_use(std::size_t fetch) const;
    const node_record& node(std::size_t fetch) const;

private:
    friend class session_core;
    struct request_stop {
        const stop_state* stop;
        void operator()() const noexcept { stop->request(errc::cancelled); }
    };

    void acquire();
    void bind(std::span<const feed_value> feeds, const run_options& options);
    void observe(const run_options& options);
    void check_initialized();

    session_core& core_;
    prepared_plan& plan_;
    execution* execution_;
    std::optional<std::stop_callback<request_stop>> on_stop_;
    bool holds_ = false;  // the variables
    std::unique_ptr<distributed_result> arrived_;  // from other tasks
    struct observers;     // that this run has
    std::unique_ptr<observers> observers_;
};

// Throws error invalid_argument unless the list of placeholders without a value is empty.
void refuse_unfed(const std::vector<const node_record*>& nodes);
// For fetches of one value. Throws error failed_precondition.
[[noreturn]] void throw_not_copyable(const node_record& node);
// Throws error invalid_argument unless a fetched tensor has the shape of the one it goes to.
void check_fetch_shape(const session_run& run, std::size_t fetch, const dims& given);

// In a catch block: failures that know no node (out of memory, say) become errors, others go on.
[[noreturn]] void rethrow_as_error();

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/session/core_source.hpp>
#include <weft/session/run_source.hpp>
#endif
