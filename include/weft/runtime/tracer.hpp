// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// tracer: collects what happens in runs and writes it for Perfetto (ui.perfetto.dev) and
// chrome://tracing. It keeps what it needs in its own memory, so it outlives graphs and sessions;
// of that memory there is a limit, and the oldest runs make room. Any thread, any number of runs at
// the same time. It knows nothing of sessions and files.
#pragma once

#include <weft/config.hpp>
#include <weft/runtime/run_log.hpp>
#include <weft/runtime/trace_data.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace weft {

struct tracer_options {
    // Steps that are kept, of about 100 bytes each; a run with more is not traced.
    std::size_t max_steps = 1'000'000;
};

// Give it to runs as run_options::trace. Appending costs a copy of the run's times, under a mutex.
class tracer final : public run_reader {
public:
    explicit tracer(tracer_options options = {});
    tracer(const tracer&) = delete;
    tracer& operator=(const tracer&) = delete;

    // One object of JSON: a row for each thread of each device, and one for each caller's runs;
    // counters with the bytes alive on each device; arrows to the copies between devices. A step
    // has its op, device, type, bytes and source line. Times begin when the tracer was made.
    std::string to_chrome_json() const;

    // Runs that are kept, and those that have made room or found none.
    std::size_t runs() const;
    std::size_t dropped_runs() const;
    // Forgets all runs.
    void clear();

    void read(const run_log& log) noexcept override;
    // The runs that are kept, for a tracer of another process.
    std::vector<std::byte> to_bytes() const;
    // Adds those: devices are named with their task, threads told apart from this process's, times
    // set by this clock. Bytes that are not a tracer's are dropped.
    void read_part(std::span<const std::byte> bytes, std::string_view task,
                   std::int64_t clock_ns) noexcept override;

private:
    void append(const run_log& log);
    void keep(traced_run run);
    void add(trace_data from, const std::string& task, std::int64_t clock_ns);
    std::shared_ptr<const traced_plan> describe(const run_log& log);
    void add_memory(const run_log& log, traced_run& to);
    void add_types(const run_log& log, traced_run& to) const;
    std::uint32_t device_number(const std::string& name);
    void make_room(std::size_t steps);

    // Numbers of other processes' threads begin here.
    static constexpr std::uint32_t first_foreign_thread = 1'000'000;

    const tracer_options options_;
    std::uint32_t foreign_threads_ = 0;
    mutable std::mutex mutex_;  // guards the rest
    trace_data data_;
    std::vector<std::shared_ptr<const traced_plan>> plans_;
    std::size_t steps_ = 0;  // in all runs
};

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/runtime/tracer_source.hpp>
#endif
