// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The definitions of cluster_plan: how a driver places and divides a plan, tells the other tasks,
// and sees a run of it through. Its own segments run in the thread that called run(), which looks
// for messages while it waits.
#pragma once

#include <weft/cluster/cluster_plan.hpp>
#include <weft/placement/placer.hpp>
#include <weft/runtime/frame_shapes.hpp>
#include <weft/runtime/prune.hpp>

namespace weft {

WEFT_SOURCE cluster_plan::cluster_plan(server_core& server, std::span<const node_id> feeds,
                                  std::span<const node_id> fetches)
    : server_(server),
      number_(static_cast<std::uint64_t>(server.cluster_.rank()) << 32 | server.next_plan_++),
      fed_(feeds.begin(), feeds.end()) {
    for (node_id id : fetches)
        if (!list_contains(fetched_, id)) fetched_.push_back(id);
    place(feeds, fetched_);
    divided_ = partition({server.graph_, nodes_, devices_, server.places_, fed_, fetched_,
                          server.names_, static_cast<std::uint32_t>(server.cluster_.rank())});
    for (std::size_t task = 0; task < divided_.parts.size(); ++task)
        if (!divided_.parts[task].empty() && static_cast<int>(task) != server.cluster_.rank())
            others_.insert(static_cast<int>(task));
    own_ = std::make_shared<task_plan>(
        number_, server.cluster_.rank(),
        divided_.parts[static_cast<std::size_t>(server.cluster_.rank())]);
    const std::lock_guard lock(server.mutex_);
    server.plans_[number_] = own_;
}

WEFT_SOURCE void cluster_plan::place(std::span<const node_id> feeds,
                                     std::span<const node_id> fetches) {
    nodes_ = prune(server_.graph_, fetches, feeds);
    const session_options& options = server_.session_->options();
    placement_decision decided = weft::place({.nodes = nodes_,
                                              .devices = server_.devices_,
                                              .kept = &server_.kept_,
                                              .fed = feeds,
                                              .allow_soft_placement = options.allow_soft_placement,
                                              .file = &options.placement});
    devices_ = std::move(decided.devices);
    report_ = std::move(decided.report);
    if (options.deny.fallback && report_.fallbacks > 0)
        throw error(errc::failed_precondition,
                    "session_options.deny.fallback: " + std::to_string(report_.fallbacks) +
                        " node(s) are not where they asked to be:\n" + report_.to_string());
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        const node_record& node = *nodes_[i];
        const bool fed = list_contains(feeds, node.id);
        if (node.role == node_role::placeholder && !fed) unfed_.push_back(&node);
        if (node.role == node_role::variable) server_.kept_.emplace(node.id, devices_[i]);
    }
}

// Once; then all tasks know their part.
WEFT_SOURCE void cluster_plan::send_parts(clock::time_point deadline) {
    const std::lock_guard once(sending_);
    if (sent_) return;
    {
        const std::lock_guard lock(server_.mutex_);
        server_.unconfirmed_[number_] = others_;
    }
    for (int task : others_) {
        std::vector<std::uint64_t> words;
        append_part(divided_.parts[static_cast<std::size_t>(task)], words);
        server_.endpoint_.send(task, {message_kind::plan, number_, 0, 0},
                               copy_of(std::as_bytes(std::span(words))));
    }
    const auto confirmed = [&] {
        const std::lock_guard lock(server_.mutex_);
        return server_.unconfirmed_.at(number_).empty();
    };
    const bool all = server_.endpoint_.wait(confirmed, deadline);
    {
        const std::lock_guard lock(server_.mutex_);
        server_.unconfirmed_.erase(number_);
        if (const auto refused = server_.refused_.find(number_);
            refused != server_.refused_.end()) {
            const error why = refused->second;
            server_.refused_.erase(refused);
            throw why;
        }
    }
    if (!all)
        throw error(errc::deadline_exceeded,
                    "the run's time limit is over, and not all tasks have confirmed their part");
    check_peers();
    sent_ = true;
}

WEFT_SOURCE void cluster_plan::check_peers() const {
    for (int task : others_)
        if (const std::string loss = server_.loss_of(task); !loss.empty())
            throw error(errc::unavailable, loss);
}

WEFT_SOURCE std::shared_ptr<task_step> cluster_plan::begin(std::span<const feed_value> feeds,
                                                      const run_options& options,
                                                      clock::time_point deadline,
                                                      std::uint64_t collective_number) {
    auto step = std::make_shared<task_step>(own_, next_step_.fetch_add(1));
    step->deadline = deadline;
    step->others = others_;
    step->collective_number = collective_number;
    step->reader = options.trace;
    if (options.trace != nullptr) step->trace = std::make_unique<tracer>();
    step->begun_ns = stop_state::now_ns();
    {
        const std::lock_guard lock(server_.mutex_);
        for (std::uint32_t slot = 0; slot < own_->part.slots.size(); ++slot)
            if (const std::uint32_t feed = own_->part.slots[slot].feed; feed != no_slot)
                step->fill(slot, {{}, feeds[feed].data, feeds[feed].shape});
        server_.start(step, {number_, step->number});
    }
    const server_core::step_order limit{options.timeout.count(), options.trace != nullptr};
    for (int task : others_)
        server_.endpoint_.send(task, {message_kind::step, number_, step->number, 0},
                               copy_of(std::as_bytes(std::span(&limit, 1))));
    return step;
}
WEFT_SOURCE void cluster_plan::send_feeds(const task_step& step,
                                          std::span<const feed_value> feeds) {
    for (const fed_edge& fed : divided_.fed) {
        const feed_value& value = feeds[fed.feed];
        const node_record& node = server_.graph_.record(value.node);
        value_buffer buffer(node.type, value.shape);
        if (buffer.bytes() > 0) std::memcpy(buffer.elements(), value.data, buffer.bytes());
        server_.endpoint_.send(static_cast<int>(fed.to.task),
                               {message_kind::value, number_, step.number, fed.to.edge},
                               buffer.message());
    }
}

// Runs this task's segments and waits for the others.
WEFT_SOURCE void cluster_plan::take_part(const std::shared_ptr<task_step>& step,
                                    const run_options& options) {
    const bool can_stop = options.stop.stop_possible();
    clock::time_point deadline = step->deadline;
    for (bool over = false; !over;) {
        std::optional<std::uint32_t> segment;
        server_.go_on_with_collectives(step);
        {
            const std::lock_guard lock(server_.mutex_);
            step->wakes = false;
            segment = step->take_ready();
            over = !segment && step->quiet() && step->others.empty() &&
                   (step->failed || step->results_left == 0);
        }
        if (segment) {
            server_.run_segment(step, *segment);
            continue;
        }
        if (over) break;
        const auto woken = [&] {
            return step->wakes || server_.has_ended_collectives(*step) ||
                   (can_stop && options.stop.stop_requested() && !step->stop.stop_requested());
        };
        const clock::time_point left = server_.end_of_patience(*step);
        const bool in_time = server_.endpoint_.wait(woken, (std::min)(deadline, left));
        const std::lock_guard lock(server_.mutex_);
        if (can_stop && options.stop.stop_requested())
            server_.fail(*step, error(errc::cancelled, "the run was stopped"));
        if (in_time) continue;
        if (step->failed) break;  // and some task has not said that it has ended
        server_.fail(*step, left < deadline ? server_.left_alone(*step)
                            : !step->under_way.empty()
                                ? server_.late(step->under_way.front())
                                : error(errc::deadline_exceeded, "the run's time limit is over; " +
                                                                     waited_for(*step)));
        deadline = clock::now() + server_.options_.messages.dead_after;
    }
}
WEFT_SOURCE std::string cluster_plan::waited_for(const task_step& step) const {
    std::string out;
    for (int task : step.others)
        out += (out.empty() ? "waiting for " : ", ") +
               server_.names_[static_cast<std::size_t>(task)];
    return out.empty() ? "its own nodes take longer" : out;
}

// What was fetched, as feeds of the plan that hands it over.
WEFT_SOURCE void cluster_plan::give(task_step& step, distributed_result& out) const {
    for (std::size_t i = 0; i < fetched_.size(); ++i) {
        const std::uint32_t slot = divided_.results[i];
        if (slot == no_slot) continue;
        const travelling_value& value = step.values[slot];
        out.values.push_back({fetched_[i], value.data, value.shape});
        out.kept.push_back(value.owner);
    }
    out.nodes_run = step.nodes_run;
}

WEFT_SOURCE void cluster_plan::run(std::span<const feed_value> feeds, const run_options& options,
                              distributed_result& out) {
    refuse_unfed(unfed_);
    if (options.stats != nullptr || options.record != nullptr || options.replay != nullptr)
        throw error(errc::unimplemented,
                    "run_options: stats, record and replay are for sessions of one task; trace "
                    "shows all tasks");
    for (const feed_value& feed : feeds)
        frame_shapes::check_feed(server_.graph_.record(feed.node), feed.shape);
    const clock::time_point deadline = options.timeout.count() > 0
                                           ? clock::now() + options.timeout
                                           : (clock::time_point::max)();
    if (!others_.empty()) {
        check_peers();
        send_parts(deadline);
    }
    std::unique_lock<std::mutex> turn;
    std::uint64_t collective_number = 0;
    if (own_->has_collectives) {
        turn = std::unique_lock(server_.collectives_);
        collective_number = server_.begin_collectives();
    }
    const std::shared_ptr<task_step> step = begin(feeds, options, deadline, collective_number);
    send_feeds(*step, feeds);
    take_part(step, options);
    const std::lock_guard lock(server_.mutex_);
    server_.steps_.erase({number_, step->number});
    own_->close(step->number);
    if (!others_.empty()) server_.endpoint_.close_step(number_, step->number);
    if (step->trace != nullptr)
        options.trace->read_part(step->trace->to_bytes(),
                                 server_.names_[static_cast<std::size_t>(own_->driver)], 0);
    if (step->first_error) throw *step->first_error;
    give(*step, out);
}

}  // namespace weft
