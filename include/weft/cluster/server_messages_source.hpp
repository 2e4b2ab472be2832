// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How a task of a cluster takes messages, in whichever thread polls: plans and steps of drivers,
// values of edges, answers to its own steps, losses. Nothing is computed here and nothing waits;
// what a message says is checked before it is believed.
#pragma once

#include <weft/cluster/server_core.hpp>

namespace weft {

WEFT_SOURCE void server_core::on_delivery(delivery&& message) {
    switch (message.key.kind) {
        case message_kind::value:
        case message_kind::control: return on_value(std::move(message));
        case message_kind::plan: return on_plan(message);
        case message_kind::step: return on_step(message);
        case message_kind::done: return on_done(message);
        case message_kind::abort: return on_abort(message);
        case message_kind::out_of_step: {
            const std::lock_guard lock(mutex_);
            return break_collectives(message.key.step, error_from(message));
        }
        case message_kind::barrier: return exchanges_.on_message(endpoint_, message);
        case message_kind::checkpoint: return checkpoints_.on_message(message);
        case message_kind::stop:
            if (message.key.edge == leaving) {
                const std::lock_guard lock(mutex_);
                left_.emplace(message.from, clock::now());
                checkpoints_.on_leave(message.from);
                for (const auto& [key, step] : steps_) step->wakes = true;
                exchanges_.look_again();
            } else {
                stopped_ = true;
            }
            return;
        default: return;
    }
}

// A driver's plan, answered with the same key: nothing, or why it is refused; or that answer.
WEFT_SOURCE void server_core::on_plan(const delivery& message) {
    const bool answer = message.key.edge != 0;
    message_key back = message.key;
    back.edge = 1;
    if (answer) {
        const std::lock_guard lock(mutex_);
        const auto waiting = unconfirmed_.find(message.key.plan);
        if (waiting == unconfirmed_.end()) return;
        if (message.payload.size > 0) refused_.emplace(message.key.plan, error_from(message));
        waiting->second.erase(message.from);
        return;
    }
    try {
        std::vector<std::uint64_t> words(message.payload.size / sizeof(std::uint64_t));
        if (!words.empty())
            std::memcpy(words.data(), message.payload.data, words.size() * sizeof words[0]);
        cluster_part part = read_part(words, {graph_.size(), session_->devices().size(),
                                              static_cast<std::size_t>(cluster_.size())});
        auto made =
            std::make_shared<task_plan>(message.key.plan, message.from, std::move(part));
        const std::lock_guard lock(mutex_);
        plans_[message.key.plan] = std::move(made);
    } catch (const error& e) {
        return endpoint_.send(message.from, back, error_message(e));
    } catch (const std::bad_alloc&) {
        const error what(errc::resource_exhausted, "out of memory for a plan");
        return endpoint_.send(message.from, back, error_message(what));
    }
    endpoint_.send(message.from, back, {});
}

// A driver begins a step: the payload is how long it may take, 0 for no limit, and whether it is
// traced.
WEFT_SOURCE void server_core::on_step(const delivery& message) {
    const std::lock_guard lock(mutex_);
    const auto plan = plans_.find(message.key.plan);
    if (plan == plans_.end() || plan->second->driver != message.from ||
        plan->second->is_closed(message.key.step))
        return;
    const step_key key{message.key.plan, message.key.step};
    if (steps_.contains(key)) return;
    auto step = std::make_shared<task_step>(plan->second, message.key.step);
    step_order order;
    if (message.payload.size == sizeof order)
        std::memcpy(&order, message.payload.data, sizeof order);
    if (order.limit_ns > 0)
        step->deadline = clock::now() + std::chrono::nanoseconds(order.limit_ns);
    if (order.traced != 0) step->trace = std::make_unique<tracer>();
    step->begun_ns = stop_state::now_ns();
    start(step, key);
}

WEFT_SOURCE void server_core::on_value(delivery&& message) {
    const std::lock_guard lock(mutex_);
    const step_key key{message.key.plan, message.key.step};
    const auto found = steps_.find(key);
    if (found == steps_.end()) {
        const auto plan = plans_.find(message.key.plan);
        if (plan != plans_.end() && !plan->second->is_closed(message.key.step))
            early_[key].push_back(std::move(message));
        return;
    }
    const std::shared_ptr<task_step> step = found->second;
    fill_from(*step, message);
    offer(step);
}
WEFT_SOURCE void server_core::fill_from(task_step& step, const delivery& message) {
    if (step.failed) return;
    const task_plan& plan = *step.plan;
    const auto found = plan.slot_of_edge.find(message.key.edge);
    if (found == plan.slot_of_edge.end()) return;
    const part_slot& slot = plan.part.slots[found->second];
    travelling_value value;
    if (slot.is_value) {
        const node_record& node = graph_.record(slot.node);
        if (const char* wrong = read_value(message.payload, node.type, value))
            return fail(step, error(errc::aborted,
                                    "the value of '" + node.name + "' from " +
                                        names_[static_cast<std::size_t>(message.from)] +
                                        " arrived damaged: " + wrong,
                                    node.name, node.where));
    }
    step.fill(found->second, std::move(value));
}

// A task is done with a step of this one's: how many nodes it has run, when by its clock it began
// and ended, and its trace. Its clock is set by the two messages as if both took as long.
WEFT_SOURCE void server_core::on_done(const delivery& message) {
    const std::lock_guard lock(mutex_);
    const auto found = steps_.find({message.key.plan, message.key.step});
    if (found == steps_.end() || !is_driver(*found->second)) return;
    task_step& step = *found->second;
    step_report report;
    const bool is_whole = message.payload.size >= sizeof report;
    if (is_whole) std::memcpy(&report, message.payload.data, sizeof report);
    if (is_whole && detail::is_time(report.begun_ns) && detail::is_time(report.ended_ns)) {
        step.nodes_run += static_cast<std::size_t>(report.nodes);
        const std::int64_t there = report.begun_ns - step.begun_ns;
        const std::int64_t back = stop_state::now_ns() - report.ended_ns;
        const std::int64_t apart = (there - back) / 2, unsure = (there + back) / 2;
        if (step.reader != nullptr)
            step.reader->read_part(message.payload.span().subspan(sizeof report),
                                   names_[static_cast<std::size_t>(message.from)],
                                   apart < -unsure || apart > unsure ? apart : 0);
    }
    step.others.erase(message.from);
    step.wakes = true;
}

// Something went wrong with a step: its driver is told, and tells all others.
WEFT_SOURCE void server_core::on_abort(const delivery& message) {
    const std::lock_guard lock(mutex_);
    const auto found = steps_.find({message.key.plan, message.key.step});
    if (found == steps_.end()) {
        early_.erase({message.key.plan, message.key.step});
        return;
    }
    const std::shared_ptr<task_step> step = found->second;
    if (!is_driver(*step) && message.from != step->plan->driver) return;
    fail(*step, error_from(message));
    end_if_quiet(step);
}

WEFT_SOURCE void server_core::on_loss(int peer, const std::string& reason) {
    const std::lock_guard lock(mutex_);
    gone_.insert(peer);
    exchanges_.look_again();
    const std::string& name = names_[static_cast<std::size_t>(peer)];
    const std::string gone = name + " is gone (" + reason + ')';
    checkpoints_.on_loss(peer, error(errc::unavailable, gone));
    if (left_.contains(peer)) return;
    lost_[static_cast<std::size_t>(peer)] = gone;
    for (auto& [plan, waiting] : unconfirmed_) waiting.erase(peer);
    std::vector<std::shared_ptr<task_step>> open;
    for (const auto& [key, step] : steps_) open.push_back(step);
    for (const std::shared_ptr<task_step>& step : open) {
        const bool driver_lost = step->plan->driver == peer;
        if (!driver_lost && step->others.erase(peer) == 0) continue;
        fail(*step, error(errc::unavailable, name + " is gone (step " +
                                                 std::to_string(step->number) + ", " + reason +
                                                 ')'));
        end_if_quiet(step);
    }
    // Who serves a job that is gone serves nobody.
    bool drivers = false;
    for (int rank = 0; rank < cluster_.size(); ++rank)
        drivers = drivers || (rank != cluster_.rank() && !left_.contains(rank) &&
                              lost_[static_cast<std::size_t>(rank)].empty());
    if (!drivers) broken_ = true;
}

WEFT_SOURCE void server_core::on_corrupt(int peer, const message_key& key,
                                         const std::string& reason) {
    const std::lock_guard lock(mutex_);
    const auto found = steps_.find({key.plan, key.step});
    if (found == steps_.end()) return;
    const std::shared_ptr<task_step> step = found->second;
    const auto slot = step->plan->slot_of_edge.find(key.edge);
    const bool is_edge = key.kind == message_kind::value || key.kind == message_kind::control;
    const std::string what =
        is_edge && slot != step->plan->slot_of_edge.end()
            ? "edge " + std::to_string(key.edge) + ", the value of '" +
                  graph_.record(step->plan->part.slots[slot->second].node).name + "',"
            : std::string("a message");
    fail(*step, error(errc::aborted, what + " from " + names_[static_cast<std::size_t>(peer)] +
                                         " arrived damaged: " + reason));
    end_if_quiet(step);
}

}  // namespace weft
