// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How a task takes part in collective operations: the thread that called run() begins them, goes
// on with what else can run, and looks after them in between; in a part of another driver's the
// thread that runs the segment waits. Must not know which nodes need the results.
#pragma once

#include <weft/cluster/server_core.hpp>

namespace weft {

WEFT_SOURCE collective_run server_core::begin_collective(const task_step& step,
                                                         std::uint32_t segment) {
    const part_segment& of = step.plan->part.segments[segment];
    const node_record& node = graph_.record(of.fetches.front().node);
    const auto& asked = *static_cast<const all_reduce_request*>(node.kernels.front().parameters);
    const auto group = groups_.find(asked.job);
    if (group == groups_.end())
        throw error(errc::invalid_argument,
                    "node '" + node.name + "' is for the tasks of job '" + asked.job +
                        "', and runs on " + names_[static_cast<std::size_t>(cluster_.rank())],
                    node.name, node.where);
    collective_run run{.segment = segment,
                       .node = &node,
                       .job = cluster_.job(asked.job),
                       .group = group->second,
                       .in = step.values[of.feeds.front()]};
    run.result.emplace(node.type, run.in.shape);
    if (node.type.shape.known()) {
        exchange(run);
        return run;
    }
    run.sizes = std::make_shared<collective_run::size_bounds>();
    run.sizes->mine[0] = run.in.shape.size();
    run.sizes->mine[1] = ~std::uint64_t{run.in.shape.size()};
    run.token = endpoint_.all_reduce(run.group, reduce_type::u64, reduce_op::min, run.sizes->mine,
                                     run.sizes->all, 2, run.sizes);
    return run;
}

// In a deterministic session every task gets all values and adds them up in the order of tasks.
WEFT_SOURCE void server_core::exchange(collective_run& run) {
    const auto& asked =
        *static_cast<const all_reduce_request*>(run.node->kernels.front().parameters);
    const std::size_t count = run.in.shape.size(), bytes = run.result->bytes();
    if (!session_->options().deterministic || run.job.size() <= 2) {
        const auto keep =
            std::make_shared<std::pair<travelling_value, value_buffer>>(run.in, *run.result);
        run.token = endpoint_.all_reduce(run.group, asked.type, asked.op, run.in.data,
                                         run.result->elements(), count, keep);
        return;
    }
    const element_block block = take_elements(bytes * static_cast<std::size_t>(run.job.size()));
    run.parts = {static_cast<std::byte*>(block.data),
                 [block](const void*) noexcept { give_elements(block); }};
    using pair = std::pair<std::shared_ptr<const void>, std::shared_ptr<const void>>;
    run.token = endpoint_.all_gather(run.group, run.in.data, run.parts.get(), bytes,
                                     std::make_shared<pair>(run.in.owner, run.parts));
}

// After an exchange has ended: whether the result is there. Throws error.
WEFT_SOURCE bool server_core::go_on(collective_run& run) {
    if (endpoint_.state(run.token) == collective_state::failed) {
        const std::string lost = loss_in(run.job);
        throw lost.empty() ? late(run) : error(errc::unavailable, lost);
    }
    if (run.sizes != nullptr) {
        const std::uint64_t least = run.sizes->all[0], most = ~run.sizes->all[1];
        if (least != most)
            throw error(errc::invalid_argument,
                        "node '" + run.node->name +
                            "' combines values of one size, but the tasks of job '" +
                            run.job.name() + "' have " + std::to_string(least) + " to " +
                            std::to_string(most) + " elements",
                        run.node->name, run.node->where);
        run.sizes = nullptr;
        exchange(run);
        return false;
    }
    if (run.parts != nullptr) {
        const auto& asked =
            *static_cast<const all_reduce_request*>(run.node->kernels.front().parameters);
        combine(asked.type, asked.op, run.result->elements(), run.parts.get(),
                run.in.shape.size(), static_cast<std::size_t>(run.job.size()));
    }
    return true;
}
WEFT_SOURCE error server_core::late(const collective_run& run) {
    return error(errc::deadline_exceeded,
                 "the run's time limit is over, and not all tasks of job '" + run.job.name() +
                     "' have come to node '" + run.node->name + '\'',
                 run.node->name, run.node->where);
}

// With the lock held. The others of the job are told once; a size that differs is known to all.
WEFT_SOURCE void server_core::break_collectives(const task_step& by, const error& what) {
    if (collectives_broken_ || by.sizes_differ) return;
    const cluster_job job = cluster_.job(cluster_.job());
    const message_bytes said = error_message(what);
    for (int rank = job.first_rank(); rank < job.first_rank() + job.size(); ++rank)
        if (rank != cluster_.rank() && lost_[static_cast<std::size_t>(rank)].empty())
            endpoint_.send(rank, {message_kind::out_of_step, 0, by.collective_number, 0}, said);
    break_collectives(by.collective_number, what);
}
// Runs before that one are not concerned: another task may be ahead.
WEFT_SOURCE void server_core::break_collectives(std::uint64_t from, const error& what) {
    if (collectives_broken_) return;
    collectives_broken_ = what;
    broken_from_ = from;
    for (const auto& [key, step] : steps_)
        if (is_driver(*step) && step->plan->has_collectives && step->collective_number >= from)
            fail(*step, what);
}
// The number of a run of this task's that has some.
WEFT_SOURCE std::uint64_t server_core::begin_collectives() {
    const std::lock_guard lock(mutex_);
    if (!collectives_broken_ || next_collective_run_ < broken_from_) return next_collective_run_++;
    throw error(collectives_broken_->code(),
                "the tasks of job '" + cluster_.job() +
                    "' are out of step since one of them failed in an all_reduce; start the job "
                    "again. That error was: " +
                    collectives_broken_->what());
}
WEFT_SOURCE server_core::clock::time_point server_core::end_of_patience(
    const task_step& step) const {
    clock::time_point out = (clock::time_point::max)();
    if (step.under_way.empty()) return out;
    const cluster_job& job = step.under_way.front().job;
    const std::lock_guard lock(mutex_);
    for (const auto& [rank, when] : left_)
        if (rank >= job.first_rank() && rank < job.first_rank() + job.size())
            out = (std::min)(out, when + options_.messages.dead_after);
    return out;
}
WEFT_SOURCE error server_core::left_alone(const task_step& step) const {
    const collective_run& run = step.under_way.front();
    std::string names;
    for (const auto& [rank, when] : left_)
        if (rank >= run.job.first_rank() && rank < run.job.first_rank() + run.job.size())
            names += (names.empty() ? "" : ", ") + names_[static_cast<std::size_t>(rank)];
    return error(errc::unavailable,
                 names + " has left, and will not come to node '" + run.node->name + '\'',
                 run.node->name, run.node->where);
}

// Of the thread that waits for a step of its own.
WEFT_SOURCE void server_core::go_on_with_collectives(const std::shared_ptr<task_step>& step) {
    std::vector<collective_run>& runs = step->under_way;
    if (runs.empty()) return;
    {
        const std::lock_guard lock(mutex_);
        if (step->failed) {  // the memory of the exchanges is kept by the endpoint
            step->running -= runs.size();
            return runs.clear();
        }
    }
    endpoint_.poll();
    for (std::size_t i = 0; i < runs.size();) {
        std::optional<error> wrong;
        try {
            if (!endpoint_.done(runs[i].token) || !go_on(runs[i])) {
                ++i;
                continue;
            }
        } catch (const error& e) {
            wrong = e;
        } catch (const std::bad_alloc&) {
            wrong = error(errc::resource_exhausted, "out of memory on the host");
        }
        const std::uint32_t segment = runs[i].segment;
        std::vector<std::optional<value_buffer>> made;
        made.push_back(std::move(runs[i].result));
        runs.erase(runs.begin() + static_cast<std::ptrdiff_t>(i));
        if (wrong) {
            step->sizes_differ = wrong->code() == errc::invalid_argument;
            return end_wrong(step, *wrong);
        }
        std::vector<travelling_value> objects(1);
        publish(step, segment, made, objects);
    }
}
WEFT_SOURCE bool server_core::has_ended_collectives(const task_step& step) const {
    return std::ranges::any_of(step.under_way, [&](const collective_run& run) {
        return endpoint_.done(run.token);
    });
}

WEFT_SOURCE void server_core::run_collective(task_step& step, std::uint32_t segment,
                                             std::vector<std::optional<value_buffer>>& made) {
    collective_run run = begin_collective(step, segment);
    do {
        const auto over = [&] { return endpoint_.done(run.token) || step.stop.stop_requested(); };
        if (!endpoint_.wait(over, step.deadline)) throw late(run);
        if (!endpoint_.done(run.token)) throw error(errc::cancelled, "the run was stopped");
    } while (!go_on(run));
    made[0] = std::move(run.result);
}

}  // namespace weft
