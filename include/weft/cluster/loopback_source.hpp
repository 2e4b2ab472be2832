// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The transports of a loopback network. What is for a task is in a queue of its; bytes of bulk
// operations are copied when both ends are there, and collective operations are computed by the
// last that joins, in the order of the members.
#pragma once

#include <weft/cluster/loopback.hpp>
#include <weft/cluster/reduce.hpp>
#include <weft/core/error.hpp>

#include <algorithm>
#include <cstring>

namespace weft {

class loopback_network::task final : public transport {
public:
    task(loopback_network& network, int rank) : network_(network), rank_(rank) {}

    int self() const override { return rank_; }
    int size() const override { return network_.size(); }

    void post(int to, std::span<const std::byte> header,
              std::span<const std::byte> payload) override {
        event out{event::frame, rank_};
        out.bytes.reserve(header.size() + payload.size());
        out.bytes.insert(out.bytes.end(), header.begin(), header.end());
        out.bytes.insert(out.bytes.end(), payload.begin(), payload.end());
        const std::lock_guard held(network_.lock_);
        if (!is_dead_) network_.give(to, std::move(out));
    }

    void bulk_send(int to, int tag, std::span<const std::byte> bytes,
                   std::uint64_t token) override {
        const std::lock_guard held(network_.lock_);
        if (is_dead_) return;
        network_.sends_[{rank_, to, tag}].push_back(
            {token, bytes.data(), nullptr, bytes.size(), rank_});
        network_.meet({rank_, to, tag});
    }
    void bulk_receive(int from, int tag, std::span<std::byte> bytes, std::uint64_t token) override {
        const std::lock_guard held(network_.lock_);
        if (is_dead_) return;
        network_.receives_[{from, rank_, tag}].push_back(
            {token, nullptr, bytes.data(), bytes.size(), rank_});
        network_.meet({from, rank_, tag});
    }
    void cancel_receive(std::uint64_t token) override {
        const std::lock_guard held(network_.lock_);
        for (auto& [by, ends] : network_.receives_) {
            const auto gone = std::erase_if(ends, [&](const bulk_end& end) {
                return end.owner == rank_ && end.token == token;
            });
            if (gone != 0) events_.push_back({event::bulk, 0, {}, token, false});
        }
    }

    bool poll(transport_events& events) override {
        {
            const std::lock_guard held(network_.lock_);
            taken_.swap(events_);
        }
        for (const event& next : taken_) {
            switch (next.what) {
                case event::frame: events.on_frame(next.from, next.bytes); break;
                case event::bulk: events.on_bulk_done(next.token, next.ok); break;
                case event::collective: events.on_collective_done(next.token, next.ok); break;
                case event::failed: events.on_peer_failed(next.from, "it was killed"); break;
            }
        }
        const bool any = !taken_.empty();
        taken_.clear();
        return any;
    }

    void give_up(int) override {}

    int make_group(std::span<const int> ranks) override {
        const std::lock_guard held(network_.lock_);
        std::size_t number = 0;
        while (number < network_.groups_.size() &&
               !std::ranges::equal(network_.groups_[number].ranks, ranks))
            ++number;
        if (number == network_.groups_.size())
            network_.groups_.push_back(
                {{ranks.begin(), ranks.end()}, {}, std::vector<std::size_t>(ranks.size())});
        return static_cast<int>(number);
    }
    void all_reduce(int group, reduce_type type, reduce_op op, const void* in, void* out,
                    std::size_t count, std::uint64_t token) override {
        network_.join_collective(rank_, group, {true, type, op, count, {}, 0},
                                 {in, out, token, true});
    }
    void all_gather(int group, const void* in, void* out, std::size_t bytes,
                    std::uint64_t token) override {
        network_.join_collective(rank_, group, {false, {}, {}, bytes, {}, 0},
                                 {in, out, token, true});
    }

private:
    friend loopback_network;
    loopback_network& network_;
    const int rank_;
    bool is_dead_ = false;  // the rest: under the network's mutex
    std::vector<event> events_;
    std::vector<event> taken_;
};

WEFT_SOURCE loopback_network::loopback_network(int tasks) {
    for (int rank = 0; rank < tasks; ++rank) tasks_.push_back(std::make_unique<task>(*this, rank));
}
WEFT_SOURCE loopback_network::~loopback_network() = default;

WEFT_SOURCE transport& loopback_network::of(int rank) {
    return *tasks_[static_cast<std::size_t>(rank)];
}

WEFT_SOURCE void loopback_network::kill(int rank, bool tells) {
    const std::lock_guard held(lock_);
    task& dead = *tasks_[static_cast<std::size_t>(rank)];
    dead.is_dead_ = true;
    dead.events_.clear();
    const auto is_its = [&](const bulk_end& end) { return end.owner == rank; };
    for (auto& [by, ends] : sends_) std::erase_if(ends, is_its);
    for (auto& [by, ends] : receives_) std::erase_if(ends, is_its);
    for (const auto& other : tasks_)
        if (tells && !other->is_dead_) other->events_.push_back({event::failed, rank});
}

WEFT_SOURCE void loopback_network::give(int rank, event&& what) {
    task& to = *tasks_[static_cast<std::size_t>(rank)];
    if (!to.is_dead_) to.events_.push_back(std::move(what));
}

WEFT_SOURCE void loopback_network::meet(const route& by) {
    const auto sends = sends_.find(by), receives = receives_.find(by);
    if (sends == sends_.end() || receives == receives_.end()) return;
    while (!sends->second.empty() && !receives->second.empty()) {
        const bulk_end from = sends->second.front(), to = receives->second.front();
        sends->second.pop_front();
        receives->second.pop_front();
        const bool ok = from.size == to.size;
        if (ok && from.size != 0) std::memcpy(to.to, from.from, from.size);
        give(from.owner, {event::bulk, 0, {}, from.token, ok});
        give(to.owner, {event::bulk, 0, {}, to.token, ok});
    }
    if (sends->second.empty()) sends_.erase(sends);
    if (receives->second.empty()) receives_.erase(receives);
}

WEFT_SOURCE void loopback_network::join_collective(int rank, int number, collective&& what,
                                                   collective::part part) {
    const std::lock_guard held(lock_);
    if (tasks_[static_cast<std::size_t>(rank)]->is_dead_) return;
    group& in = groups_[static_cast<std::size_t>(number)];
    const auto place = std::find(in.ranks.begin(), in.ranks.end(), rank);
    const auto member = static_cast<std::size_t>(place - in.ranks.begin());
    const std::size_t nth = in.started[member]++;
    if (nth == in.running.size()) {
        in.running.push_back(std::move(what));
        in.running.back().parts.resize(in.ranks.size());
    }
    collective& mine = in.running[nth];
    mine.parts[member] = part;
    if (++mine.here < in.ranks.size()) return;
    // Members join in the same order, so that this is the first that runs.
    finish(mine);
    for (std::size_t i = 0; i < in.ranks.size(); ++i) {
        give(in.ranks[i], {event::collective, 0, {}, mine.parts[i].token, true});
        --in.started[i];
    }
    in.running.pop_front();
}

WEFT_SOURCE void loopback_network::finish(const collective& of) {
    const std::size_t bytes = of.reduces ? of.count * size_of(of.type) : of.count;
    if (bytes == 0) return;
    const std::size_t members = of.parts.size();
    std::vector<std::byte> all(of.reduces ? bytes : bytes * members);
    for (std::size_t i = 0; i < members; ++i) {
        if (!of.reduces)
            std::memcpy(all.data() + i * bytes, of.parts[i].in, bytes);
        else if (i == 0)
            std::memcpy(all.data(), of.parts[i].in, bytes);
        else
            reduce_into(of.type, of.op, of.parts[i].in, all.data(), of.count);
    }
    for (const collective::part& part : of.parts) std::memcpy(part.out, all.data(), all.size());
}

}  // namespace weft
