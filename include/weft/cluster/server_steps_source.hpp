// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How a task of a cluster runs segments: each is a run of its own plan, with the values of its
// slots as feeds; what it fetches is written where it is sent from. It holds the locks of variables
// only while it runs, so tasks cannot wait for each other in a circle. The first error of a step
// stops it on every task that has a part in it.
#pragma once

#include <weft/cluster/server_core.hpp>

namespace weft {

WEFT_SOURCE void server_core::start(const std::shared_ptr<task_step>& step, step_key key) {
    steps_.emplace(key, step);
    if (const auto early = early_.find(key); early != early_.end()) {
        for (const delivery& message : early->second) fill_from(*step, message);
        early_.erase(early);
    }
    if (is_driver(*step)) return;
    offer(step);
    end_if_quiet(step);
}

// Hands segments that can run to who runs them.
WEFT_SOURCE void server_core::offer(const std::shared_ptr<task_step>& step) {
    if (is_driver(*step)) {
        step->wakes = true;
        return;
    }
    while (const auto segment = step->take_ready()) add_work({step, *segment, {}});
}
WEFT_SOURCE void server_core::add_work(work next) {
    others_.push_back(std::move(next));
    others_count_.fetch_add(1, std::memory_order_relaxed);
    if (joined_ == 0 || others_.size() > 1) others_wake_.notify_one();
}

// With the first error a step stops here, and its driver or all that have a part in it are told.
WEFT_SOURCE void server_core::fail(task_step& step, const error& what) {
    if (step.failed) return;
    step.failed = true;
    step.stop.request_stop();
    const message_key key{message_kind::abort, step.plan->number, step.number, 0};
    if (is_driver(step)) {
        step.first_error = what;
        step.wakes = true;
        if (step.plan->has_collectives) break_collectives(step, what);
        for (int task : step.others) endpoint_.send(task, key, error_message(what));
    } else if (lost_[static_cast<std::size_t>(step.plan->driver)].empty()) {
        endpoint_.send(step.plan->driver, key, error_message(what));
    }
}

// A part that is over is forgotten, and its driver told how much it was.
WEFT_SOURCE void server_core::end_if_quiet(const std::shared_ptr<task_step>& step) {
    if (is_driver(*step) || !step->quiet()) return;
    const step_key key{step->plan->number, step->number};
    if (steps_.erase(key) == 0) return;
    step->plan->close(step->number);
    endpoint_.close_step(key.plan, key.step);
    const step_report report{step->nodes_run, step->begun_ns, stop_state::now_ns()};
    const auto words = std::as_bytes(std::span(&report, 1));
    std::vector<std::byte> bytes(words.begin(), words.end());
    if (step->trace != nullptr) {
        const std::vector<std::byte> trace = step->trace->to_bytes();
        bytes.insert(bytes.end(), trace.begin(), trace.end());
    }
    endpoint_.send(step->plan->driver, {message_kind::done, key.plan, key.step, 0},
                   copy_of(bytes));
}

WEFT_SOURCE void server_core::run_segment(const std::shared_ptr<task_step>& step,
                                     std::uint32_t segment) {
    std::vector<std::optional<value_buffer>> made(
        step->plan->part.segments[segment].fetches.size());
    std::vector<travelling_value> objects(made.size());
    std::optional<error> wrong;
    try {
        if (!step->plan->part.segments[segment].collective)
            run_plan(*step, segment, made, objects);
        else if (is_driver(*step))
            return step->under_way.push_back(begin_collective(*step, segment));
        else
            run_collective(*step, segment, made);
    } catch (const error& e) {
        wrong = e;
    } catch (const failure& e) {
        wrong = error(e.code(), e.what());
    } catch (const std::bad_alloc&) {
        wrong = error(errc::resource_exhausted, "out of memory on the host");
    } catch (const std::exception& e) {
        wrong = error(errc::internal, e.what());
    }
    if (!wrong) return publish(step, segment, made, objects);
    end_wrong(step, *wrong);
}
WEFT_SOURCE void server_core::end_wrong(const std::shared_ptr<task_step>& step,
                                        const error& what) {
    const std::lock_guard lock(mutex_);
    --step->running;
    fail(*step, what);
    step->wakes = true;
    end_if_quiet(step);
}

namespace detail {

// The time that is left until a deadline, for run_options.
inline std::chrono::nanoseconds time_left(std::chrono::steady_clock::time_point deadline) {
    if (deadline == (std::chrono::steady_clock::time_point::max)()) return {};
    const auto left = deadline - std::chrono::steady_clock::now();
    return left.count() > 0 ? std::chrono::nanoseconds(left) : std::chrono::nanoseconds(1);
}

// An object that a run has made, moved to where it can outlive the run.
inline travelling_value kept_object(session_run& run, std::size_t fetch) {
    const node_record& node = run.node(fetch);
    const object_type& type = *node.type.object;
    if (!run.is_last_use(fetch)) throw_not_copyable(node);
    const std::shared_ptr<void> memory(
        ::operator new(type.size, std::align_val_t{type.align}),
        [&type](void* p) { ::operator delete(p, std::align_val_t{type.align}); });
    type.move_construct(memory.get(), run.object(fetch));
    const std::shared_ptr<const void> object(memory.get(), [&type, memory](const void* p) {
        type.destroy(const_cast<void*>(p));
    });
    return {object, memory.get(), {}};
}

}  // namespace detail

WEFT_SOURCE void server_core::run_plan(task_step& step, std::uint32_t segment,
                                  std::vector<std::optional<value_buffer>>& made,
                                  std::vector<travelling_value>& objects) {
    const part_segment& of = step.plan->part.segments[segment];
    prepared_plan& plan = step.plan->prepared(segment, *session_);
    std::vector<feed_value> feeds;
    for (std::uint32_t slot : of.feeds)
        feeds.push_back({step.plan->part.slots[slot].node, step.values[slot].data,
                         step.values[slot].shape});
    session_run run(*session_, plan, feeds);
    run.begin(feeds, {.timeout = detail::time_left(step.deadline),
                      .stop = step.stop.get_token(),
                      .trace = step.trace.get()});
    std::vector<bool> written(of.fetches.size(), false);
    const auto is_wanted = [&](std::size_t i) {
        return of.fetches[i].slot != no_slot || !of.fetches[i].edges.empty();
    };
    for (std::size_t i = 0; i < of.fetches.size(); ++i)
        if (is_wanted(i) && run.is_writable(i)) {
            made[i].emplace(run.node(i).type, run.shape(i));
            written[i] = run.write_to(i, made[i]->elements());
        }
    run.execute();
    for (std::size_t i = 0; i < of.fetches.size(); ++i) {
        if (!is_wanted(i) || written[i]) continue;
        const node_record& node = run.node(i);
        if (node.type.is_object()) {
            objects[i] = detail::kept_object(run, i);
            continue;
        }
        if (!made[i]) made[i].emplace(node.type, run.shape(i));
        run.copy_out(i, made[i]->elements(), made[i]->bytes());
    }
    const std::size_t nodes = session_->nodes(plan);
    const std::lock_guard lock(mutex_);
    step.nodes_run += nodes;
}

// What a segment has made goes to who waits for it.
WEFT_SOURCE void server_core::publish(const std::shared_ptr<task_step>& step, std::uint32_t segment,
                                 std::vector<std::optional<value_buffer>>& made,
                                 std::vector<travelling_value>& objects) {
    const part_segment& of = step->plan->part.segments[segment];
    const auto send = [&](message_kind kind, const outgoing_edge& to, message_bytes bytes) {
        endpoint_.send(static_cast<int>(to.task),
                       {kind, step->plan->number, step->number, to.edge}, std::move(bytes));
    };
    for (std::size_t i = 0; i < of.fetches.size(); ++i)
        for (const outgoing_edge& to : of.fetches[i].edges)
            send(message_kind::value, to, made[i]->message());
    for (const outgoing_edge& to : of.signal_edges) send(message_kind::control, to, {});
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < of.fetches.size(); ++i)
        if (of.fetches[i].slot != no_slot)
            step->fill(of.fetches[i].slot, made[i] ? made[i]->value() : std::move(objects[i]));
    for (std::uint32_t slot : of.signals) step->fill(slot, {});
    --step->running;
    --step->segments_left;
    offer(step);
    end_if_quiet(step);
}

// Segments of other tasks' sessions.

WEFT_SOURCE bool server_core::run_one_of_others() {
    work next;
    {
        const std::lock_guard lock(mutex_);
        if (others_.empty()) return false;
        next = std::move(others_.front());
        others_.pop_front();
        others_count_.fetch_sub(1, std::memory_order_relaxed);
    }
    if (next.other)
        next.other();
    else
        run_segment(next.step, next.segment);
    return true;
}
WEFT_SOURCE void server_core::run_others() {
    std::unique_lock lock(mutex_);
    for (;;) {
        others_wake_.wait(lock, [&] { return ends_ || !others_.empty(); });
        if (ends_) return;
        lock.unlock();
        while (run_one_of_others()) {}
        lock.lock();
    }
}

}  // namespace weft
