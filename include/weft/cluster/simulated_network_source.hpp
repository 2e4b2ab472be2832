// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The transports and the queue of a simulated network. Random numbers are SplitMix64's, so that a
// seed means the same everywhere. Bytes of bulk operations are copied when both ends are there, and
// arrive later, in two events that may be far apart, or one of them never.
#pragma once

#include <weft/cluster/simulated_network.hpp>
#include <weft/core/failure.hpp>

#include <algorithm>
#include <cstring>
#include <limits>

namespace weft {

class simulated_network::task final : public transport {
public:
    task(simulated_network& network, int rank) : network_(network), rank_(rank) {}

    int self() const override { return rank_; }
    int size() const override { return network_.size(); }

    void post(int to, std::span<const std::byte> header,
              std::span<const std::byte> payload) override {
        event out{event::kind::frame, to, rank_};
        out.bytes.resize(header.size() + payload.size());
        std::memcpy(out.bytes.data(), header.data(), header.size());
        if (!payload.empty())
            std::memcpy(out.bytes.data() + header.size(), payload.data(), payload.size());
        if (!is_dead_) network_.send_frame(std::move(out));
    }
    void bulk_send(int to, int tag, std::span<const std::byte> bytes,
                   std::uint64_t token) override {
        if (is_dead_) return;
        network_.sends_[{rank_, to, tag}].push_back(
            {token, bytes.data(), nullptr, bytes.size(), rank_});
        network_.meet({rank_, to, tag});
    }
    void bulk_receive(int from, int tag, std::span<std::byte> bytes, std::uint64_t token) override {
        if (is_dead_) return;
        network_.receives_[{from, rank_, tag}].push_back(
            {token, nullptr, bytes.data(), bytes.size(), rank_});
        network_.meet({from, rank_, tag});
    }
    void cancel_receive(std::uint64_t token) override {
        bool is_there = false;
        for (auto& [by, ends] : network_.receives_)
            is_there |= std::erase_if(ends, [&](const bulk_end& end) {
                            return end.owner == rank_ && end.token == token;
                        }) != 0;
        // One that was lost on its way, too; one that is on its way still comes.
        is_there |= std::erase(lost_, token) != 0;
        if (is_there)
            network_.schedule(network_.now_, {event::kind::bulk, rank_, 0, {}, token, false});
    }

    bool poll(transport_events& events) override {
        const std::vector<event> taken = std::move(events_);
        events_.clear();
        for (const event& next : taken) {
            switch (next.what) {
                case event::kind::frame: events.on_frame(next.from, next.bytes); break;
                case event::kind::bulk: events.on_bulk_done(next.token, next.ok); break;
                case event::kind::failed: events.on_peer_failed(next.from, "it was killed"); break;
            }
        }
        return !taken.empty();
    }

    void give_up(int) override {}
    int make_group(std::span<const int>) override { refuse(); }
    void all_reduce(int, reduce_type, reduce_op, const void*, void*, std::size_t,
                    std::uint64_t) override {
        refuse();
    }
    void all_gather(int, const void*, void*, std::size_t, std::uint64_t) override { refuse(); }

private:
    friend simulated_network;

    [[noreturn]] static void refuse() {
        fail(errc::unimplemented, "a simulated network has no collective operations");
    }

    simulated_network& network_;
    const int rank_;
    bool is_dead_ = false;
    std::vector<event> events_;        // to be polled
    std::vector<std::uint64_t> lost_;  // receives that will never end
};

WEFT_SOURCE simulated_network::simulated_network(int tasks, std::uint64_t seed,
                                                 const simulated_faults& faults)
    : faults_(faults), state_(seed) {
    for (int rank = 0; rank < tasks; ++rank) tasks_.push_back(std::make_unique<task>(*this, rank));
    last_.resize(tasks_.size() * tasks_.size());
    harm_.resize(last_.size());
}
WEFT_SOURCE simulated_network::~simulated_network() = default;

WEFT_SOURCE transport& simulated_network::of(int rank) {
    return *tasks_[static_cast<std::size_t>(rank)];
}
WEFT_SOURCE bool simulated_network::is_dead(int rank) const {
    return tasks_[static_cast<std::size_t>(rank)]->is_dead_;
}

WEFT_SOURCE std::uint64_t simulated_network::random(std::uint64_t n) {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (z ^ (z >> 31)) % n;
}
WEFT_SOURCE bool simulated_network::happens(double probability) {
    return probability > 0 && static_cast<double>(random(1u << 30)) < probability * (1u << 30);
}

WEFT_SOURCE void simulated_network::schedule(std::int64_t time, event&& what) {
    std::size_t number = events_.size();
    if (free_events_.empty()) {
        events_.push_back(std::move(what));
    } else {
        number = free_events_.back();
        free_events_.pop_back();
        events_[number] = std::move(what);
    }
    queue_.push({time, order_++, number});
}

WEFT_SOURCE std::int64_t simulated_network::next_event() const {
    return queue_.empty() ? (std::numeric_limits<std::int64_t>::max)() : queue_.top().time;
}

WEFT_SOURCE int simulated_network::take_event() {
    const timed next = queue_.top();
    queue_.pop();
    now_ = (std::max)(now_, next.time);
    event& what = events_[next.number];
    const int rank = what.to;
    task& to = *tasks_[static_cast<std::size_t>(rank)];
    if (!to.is_dead_) to.events_.push_back(std::move(what));
    free_events_.push_back(next.number);
    return rank;
}

WEFT_SOURCE std::int64_t simulated_network::delayed(int from, int to, bool in_order) {
    const auto range = static_cast<std::uint64_t>(faults_.most_delay - faults_.least_delay + 1);
    std::int64_t time = now_ + faults_.least_delay + static_cast<std::int64_t>(random(range));
    if (!in_order) return time;
    std::int64_t& last = last_[index_of(from, to)];
    return last = (std::max)(last, time);
}

WEFT_SOURCE void simulated_network::send_frame(event&& frame) {
    harm& done = harm_[index_of(frame.from, frame.to)];
    if (happens(faults_.lose)) {
        ++done.lost;
        return;
    }
    if (happens(faults_.damage)) {
        ++done.damaged;
        const std::uint64_t bit = random(frame.bytes.size() * 8);
        frame.bytes[bit / 8] ^= std::byte{1} << (bit % 8);
    }
    if (happens(faults_.duplicate)) {
        ++done.duplicated;
        schedule(delayed(frame.from, frame.to, false), event(frame));
    }
    const bool in_order = !happens(faults_.overtake);
    schedule(delayed(frame.from, frame.to, in_order), std::move(frame));
}

WEFT_SOURCE void simulated_network::meet(const route& by) {
    std::vector<bulk_end>&sends = sends_[by], &receives = receives_[by];
    while (!sends.empty() && !receives.empty()) {
        const bulk_end from = sends.front(), to = receives.front();
        sends.erase(sends.begin());
        receives.erase(receives.begin());
        harm& done = harm_[index_of(from.owner, to.owner)];
        const bool ok = from.size == to.size;
        if (ok) std::copy_n(from.from, from.size, to.to);
        if (ok && happens(faults_.damage_bulk)) {
            ++done.damaged;
            to.to[random(to.size)] ^= std::byte{1};
        }
        schedule(delayed(to.owner, from.owner, false),
                 {event::kind::bulk, from.owner, to.owner, {}, from.token, ok});
        if (happens(faults_.lose_bulk)) {
            ++done.lost;
            tasks_[static_cast<std::size_t>(to.owner)]->lost_.push_back(to.token);
        } else {
            schedule(delayed(from.owner, to.owner, false),
                     {event::kind::bulk, to.owner, from.owner, {}, to.token, ok});
        }
    }
}

WEFT_SOURCE void simulated_network::kill(int rank, bool tells) {
    task& dead = *tasks_[static_cast<std::size_t>(rank)];
    if (dead.is_dead_) return;
    dead.is_dead_ = true;
    dead.events_.clear();
    for (auto* ends : {&sends_, &receives_})
        for (auto& [by, list] : *ends)
            std::erase_if(list, [&](const bulk_end& end) { return end.owner == rank; });
    for (const auto& other : tasks_)
        if (tells && !other->is_dead_)
            schedule(delayed(rank, other->rank_, false),
                     {event::kind::failed, other->rank_, rank, {}, 0, false});
}

}  // namespace weft
