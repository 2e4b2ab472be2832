// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A part of a plan on its task, and one step of it: which slots are full, which segments can run,
// what went wrong. No messages, no threads and no lock of its own: the server guards a step, and
// reads of a full slot's value need no guard, since it is not changed any more.
#pragma once

#include <weft/cluster/collective_run.hpp>
#include <weft/cluster/part.hpp>
#include <weft/cluster/value_message.hpp>
#include <weft/runtime/tracer.hpp>
#include <weft/session/core.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>

namespace weft {

// A part that this task has been given, with what it takes to run it.
class task_plan {
public:
    task_plan(std::uint64_t its_number, int its_driver, cluster_part own)
        : number(its_number),
          driver(its_driver),
          part(std::move(own)),
          waiting(part.slots.size()),
          code_(part.segments.size()) {
        for (std::uint32_t slot = 0; slot < part.slots.size(); ++slot)
            if (part.slots[slot].edge != no_slot)
                slot_of_edge.emplace(part.slots[slot].edge, slot);
        for (std::uint32_t s = 0; s < part.segments.size(); ++s)
            for (std::uint32_t slot : part.segments[s].waits) waiting[slot].push_back(s);
        for (const part_segment& segment : part.segments)
            has_collectives = has_collectives || segment.collective;
    }

    // The plan of a segment, made when it first runs. Any thread. Throws error.
    prepared_plan& prepared(std::uint32_t segment, session_core& core) {
        code& made = code_[segment];
        std::call_once(made.once, [&] { made.plan = &prepare(part.segments[segment], core); });
        return *made.plan;
    }

    // Whether a step is over here, and that it is.
    bool is_closed(std::uint64_t step) const {
        return step < closed_below_ || closed_.contains(step);
    }
    void close(std::uint64_t step) {
        closed_.insert(step);
        while (closed_.erase(closed_below_) > 0) ++closed_below_;
    }

    const std::uint64_t number;  // of the plan, with its driver in the upper half
    const int driver;
    const cluster_part part;
    std::map<edge_id, std::uint32_t> slot_of_edge;
    std::vector<std::vector<std::uint32_t>> waiting;  // for each slot
    bool has_collectives = false;

private:
    struct code {
        std::once_flag once;
        prepared_plan* plan = nullptr;
    };
    prepared_plan& prepare(const part_segment& segment, session_core& core) const {
        std::vector<node_id> feeds, fetches;
        std::map<node_id, device_index> placed;
        for (std::uint32_t slot : segment.feeds) feeds.push_back(part.slots[slot].node);
        feeds.insert(feeds.end(), segment.done.begin(), segment.done.end());
        for (const segment_fetch& fetch : segment.fetches) fetches.push_back(fetch.node);
        for (const auto& [node, device] : segment.placed) placed.emplace(node, device);
        return core.prepare_part(feeds, segment.done.size(), fetches, placed);
    }

    std::uint64_t closed_below_ = 0;
    std::set<std::uint64_t> closed_;
    std::deque<code> code_;
};

// One step of a part.
class task_step {
public:
    task_step(std::shared_ptr<task_plan> of, std::uint64_t its_number)
        : plan(std::move(of)),
          number(its_number),
          values(plan->part.slots.size()),
          segments_left(plan->part.segments.size()),
          full_(plan->part.slots.size(), false) {
        for (const part_segment& segment : plan->part.segments)
            waits_.push_back(segment.waits.size());
        for (std::uint32_t s = 0; s < waits_.size(); ++s)
            if (waits_[s] == 0) ready_.push_back(s);
        for (std::uint32_t slot = 0; slot < values.size(); ++slot)
            results_left += plan->waiting[slot].empty();
    }

    // Fills a slot; false if it is full already.
    bool fill(std::uint32_t slot, travelling_value value) {
        if (full_[slot]) return false;
        full_[slot] = true;
        values[slot] = std::move(value);
        if (plan->waiting[slot].empty()) --results_left;
        for (std::uint32_t segment : plan->waiting[slot])
            if (--waits_[segment] == 0) ready_.push_back(segment);
        return true;
    }
    // A segment that can run, which is running from now on. Collectives first: they take their time
    // while others compute; and in the order of the plan, so that all tasks begin them in the same
    // one: none between the two exchanges of another.
    std::optional<std::uint32_t> take_ready() {
        if (failed) return std::nullopt;
        const bool held = std::ranges::any_of(
            under_way, [](const collective_run& run) { return run.sizes != nullptr; });
        auto found = held ? ready_.end() : std::ranges::find(ready_, next_collective());
        if (found != ready_.end())
            begun_collective_ = *found + 1;
        else
            found = std::ranges::find_if(
                ready_, [&](std::uint32_t segment) { return !is_collective(segment); });
        if (found == ready_.end()) return std::nullopt;
        const std::uint32_t segment = *found;
        ready_.erase(found);
        ++running;
        return segment;
    }
    // Whether nothing runs here and nothing will.
    bool quiet() const { return running == 0 && (failed || segments_left == 0); }

    const std::shared_ptr<task_plan> plan;
    const std::uint64_t number;
    std::vector<travelling_value> values;  // of each slot
    std::size_t segments_left;             // that have not run
    std::size_t results_left = 0;          // slots that are only fetched, and not full
    std::size_t running = 0;               // segments
    std::size_t nodes_run = 0;
    bool failed = false;
    std::stop_source stop{};
    std::chrono::steady_clock::time_point deadline = (std::chrono::steady_clock::time_point::max)();

    // Of the driver's own step: the tasks that have not said that they are done, the first error,
    // and what the waiting thread looks at without a lock.
    std::set<int> others;
    std::uint64_t collective_number = 0;  // which of this task's runs with some
    std::int64_t begun_ns = 0;      // when it began, by stop_state's clock
    std::unique_ptr<tracer> trace;  // of this task's part; null: nobody asked
    run_reader* reader = nullptr;   // of the driver's
    std::optional<error> first_error;
    std::atomic<bool> wakes{false};
    // Those that the waiting thread has begun; its alone.
    std::vector<collective_run> under_way{};
    bool sizes_differ = false;  // of what they combine, as all tasks have found

private:
    bool is_collective(std::uint32_t segment) const {
        return plan->part.segments[segment].collective;
    }
    std::uint32_t next_collective() const {
        std::uint32_t at = begun_collective_;
        while (at < plan->part.segments.size() && !is_collective(at)) ++at;
        return at;
    }

    std::vector<bool> full_;
    std::vector<std::size_t> waits_;  // of each segment: slots that are not full
    std::deque<std::uint32_t> ready_;
    std::uint32_t begun_collective_ = 0;  // all before it have been taken
};

}  // namespace weft
