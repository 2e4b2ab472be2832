// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The definitions of server_core: how a task comes, serves and leaves. How it takes messages is in
// server_messages_source.hpp, how it runs segments in server_steps_source.hpp and
// server_collectives_source.hpp. A task that leaves says so, and goes when all others have left:
// until then it may be needed.
#pragma once

#include <weft/cluster/cluster_plan.hpp>
#include <weft/runtime/log.hpp>

namespace weft {

WEFT_SOURCE const cluster& server_core::checked(const transport& engine, const cluster& of) {
    if (engine.size() != of.size() || engine.self() != of.rank())
        throw error(errc::invalid_argument,
                    "the engine connects " + std::to_string(engine.size()) +
                        " processes and this one is number " + std::to_string(engine.self()) +
                        ", but the cluster has " + of.describe() + " and this task is number " +
                        std::to_string(of.rank()));
    return of;
}
WEFT_SOURCE endpoint_options server_core::numbered(endpoint_options options,
                                                  std::uint16_t number) {
    options.number = number;
    return options;
}
WEFT_SOURCE server_core::engine_use::engine_use(transport& engine) : of(engine) {
    const auto got = engine.begin_use();
    if (!got)
        throw error(errc::failed_precondition,
                    "the engine serves another server of this process; that must end first");
    number = *got;
}

WEFT_SOURCE server_core::server_core(transport& engine, const cluster& of, const graph_base& built,
                                server_options options, const session_kind* kinds,
                                std::size_t count)
    : cluster_(checked(engine, of)),
      graph_(built),
      options_(std::move(options)),
      session_(std::make_shared<session_core>(built, options_.session, kinds, count, of.self())),
      use_(engine),
      endpoint_(engine, numbered(options_.messages, use_.number)),
      checkpoints_(endpoint_, cluster_, *session_, [this](std::function<void()> job) {
          const std::lock_guard lock(mutex_);
          add_work({{}, 0, std::move(job)});
      }),
      lost_(static_cast<std::size_t>(of.size())) {
    for (int rank = 0; rank < of.size(); ++rank) names_.push_back(of.name_of(rank));
    endpoint_.receive_by(this);
    endpoint_.start_background();
    try {
        say_hello(clock::now() + options_.start_within);
        make_groups();
    } catch (const error& e) {
        endpoint_.stop_background();
        endpoint_.receive_by(nullptr);
        // Who has not come will not come to the end of the engine either.
        if (e.code() == errc::deadline_exceeded)
            for (int rank = 0; rank < of.size(); ++rank)
                if (rank != of.rank()) engine.give_up(rank);
        throw;
    }
    session_->distribute(*this);
    for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { run_others(); });
}

// Where there are many tasks, they do not tell each other one by one: who has had to do with this
// one hears that it leaves, and who collects from all, that it may.
WEFT_SOURCE void server_core::leave() {
    const auto lost = [&](int rank) {
        const std::lock_guard lock(mutex_);
        return std::string(gone_.contains(rank) ? "gone" : "");
    };
    const bool are_many = cluster_.size() > options_.messages.watch_all_up_to;
    for (int rank : endpoint_.peers())
        if (rank != cluster_.rank()) endpoint_.send(rank, {message_kind::stop, 0, 0, leaving}, {});
    if (are_many) return exchanges_.leave(endpoint_, cluster_, everybody(), lost);
    const auto all_gone = [&] {
        const std::lock_guard lock(mutex_);
        for (int rank = 0; rank < cluster_.size(); ++rank)
            if (rank != cluster_.rank() && !left_.contains(rank) &&
                lost_[static_cast<std::size_t>(rank)].empty())
                return false;
        return true;
    };
    endpoint_.wait(all_gone, (clock::time_point::max)());
}

WEFT_SOURCE server_core::~server_core() {
    leave();
    {
        const std::lock_guard lock(mutex_);
        ends_ = true;
        others_wake_.notify_all();
    }
    for (std::thread& thread : threads_) thread.join();
    endpoint_.flush(clock::now() + options_.messages.dead_after);
    endpoint_.stop_background();
    endpoint_.receive_by(nullptr);
}

// Hello.

WEFT_SOURCE std::string server_core::loss_in(const cluster_job& group) const {
    for (int rank = group.first_rank(); rank < group.first_rank() + group.size(); ++rank)
        if (std::string why = loss_of(rank); !why.empty()) return why;
    return {};
}
WEFT_SOURCE exchanges::texts server_core::exchange(const cluster_job& group,
                                                   std::span<const std::byte> mine,
                                                   clock::time_point deadline, bool excuses) {
    const auto left = [&](int rank) {
        const std::lock_guard lock(mutex_);
        return left_.contains(rank);
    };
    return exchanges_.run(
        endpoint_, cluster_, group, mine, deadline, [&](int rank) { return loss_of(rank); }, left,
        excuses);
}

WEFT_SOURCE void server_core::say_hello(clock::time_point deadline) {
    hello mine = make_hello(cluster_, graph_, session_->devices());
    mine.deterministic = options_.session.deterministic;
    std::vector<hello> all;
    for (const auto& text : exchange(everybody(), std::as_bytes(std::span(&mine, 1)), deadline)) {
        hello& heard = all.emplace_back();
        heard.magic = 0;  // of another layout, unless it is of this size
        if (text->size() == sizeof heard) std::memcpy(&heard, text->data(), sizeof heard);
    }
    check_hellos(cluster_, all);
    if (!graphs_agree(all)) {
        std::uint64_t most = 0;
        for (const hello& one : all) most = most < one.nodes ? one.nodes : most;
        find_difference(static_cast<std::size_t>(most), deadline);
    }
    for (int i = 0; i < cluster_.size(); ++i) {
        const int rank = i == 0 ? cluster_.rank() : i <= cluster_.rank() ? i - 1 : i;
        std::uint32_t local = 0;
        for (device_info& device :
             devices_of(all[static_cast<std::size_t>(rank)], cluster_.device_of(rank))) {
            if (rank == cluster_.rank()) {  // in this session's own order
                if (local == 0)
                    for (const device_info& own : session_->devices()) {
                        devices_.add(own);
                        places_.push_back({static_cast<std::uint32_t>(rank), local++});
                    }
                continue;
            }
            devices_.add(std::move(device));
            places_.push_back({static_cast<std::uint32_t>(rank), local++});
        }
    }
}

WEFT_SOURCE void server_core::find_difference(std::size_t most, clock::time_point deadline) {
    std::vector<std::uint64_t> mine = node_hashes(graph_), all;
    mine.resize(most, 0);
    for (const auto& text : exchange(everybody(), std::as_bytes(std::span(mine)), deadline)) {
        const std::size_t before = all.size();
        all.resize(before + most, 0);
        if (text->size() == most * sizeof(std::uint64_t))
            std::memcpy(all.data() + before, text->data(), text->size());
    }
    const std::size_t node = first_difference(all, most);
    const node_sketch sketch = sketch_of(graph_, node);
    std::vector<node_sketch> sketches;
    for (const auto& text : exchange(everybody(), std::as_bytes(std::span(&sketch, 1)), deadline))
        if (text->size() == sizeof sketch)
            std::memcpy(&sketches.emplace_back(), text->data(), sizeof sketch);
    throw_graph_mismatch(cluster_, node, sketches);
}

// Of each job whose tasks do something together: all graphs are the same, so all make them.
WEFT_SOURCE void server_core::make_groups() {
    for (node_id id = 0; id < graph_.size(); ++id) {
        const node_record& node = graph_.record(id);
        if (!is_collective(node)) continue;
        const auto& job = *static_cast<const all_reduce_request*>(node.kernels.front().parameters);
        if (job.job != cluster_.job() || groups_.contains(job.job)) continue;
        const cluster_job members = cluster_.job(job.job);
        std::vector<int> ranks;
        for (int i = 0; i < members.size(); ++i) ranks.push_back(members.first_rank() + i);
        groups_.emplace(job.job, endpoint_.group(ranks));
    }
}

// Serving.

WEFT_SOURCE int server_core::join() {
    {
        const std::lock_guard lock(mutex_);
        ++joined_;
    }
    const auto something = [&] {
        return others_count_.load(std::memory_order_relaxed) > 0 || stopped_ || broken_;
    };
    while (!stopped_ && !broken_) {
        endpoint_.wait(something, (clock::time_point::max)());
        while (run_one_of_others()) {}
    }
    const std::lock_guard lock(mutex_);
    --joined_;
    if (stopped_) return 0;
    for (std::size_t rank = 0; rank < lost_.size(); ++rank)
        if (!lost_[rank].empty()) log_requested("weft: join() ends: " + lost_[rank]);
    return 1;
}
WEFT_SOURCE void server_core::stop() {
    for (int rank = 0; rank < cluster_.size(); ++rank)
        if (rank != cluster_.rank())
            endpoint_.send(rank, {message_kind::stop, 0, 0, stop_all}, {});
    stopped_ = true;
}
WEFT_SOURCE void server_core::barrier(std::string_view job, clock::time_point deadline) {
    const cluster_job group = job.empty() ? everybody() : cluster_.job(job);
    if (cluster_.rank() < group.first_rank() ||
        cluster_.rank() >= group.first_rank() + group.size())
        throw error(errc::invalid_argument, "barrier: this task is " + cluster_.name_of(
                                                cluster_.rank()) +
                                                " and not of job '" + group.name() + '\'');
    exchange(group, {}, deadline);
}
WEFT_SOURCE std::string server_core::loss_of(int rank) const {
    const std::lock_guard lock(mutex_);
    return lost_[static_cast<std::size_t>(rank)];
}

WEFT_SOURCE std::unique_ptr<distributed_plan> server_core::prepare(std::span<const node_id> feeds,
                                                              std::span<const node_id> fetches) {
    return std::make_unique<cluster_plan>(*this, feeds, fetches);
}

}  // namespace weft
