// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Runs the protocol of a few tasks on a simulated network and checks what it promises: each message
// is delivered once and as it was sent, or somebody is told why not, in time; memory stays within
// its budget; nobody is lost without a reason.
#pragma once

#include <weft/cluster/protocol_driver.hpp>
#include <weft/cluster/simulated_network.hpp>

#include <algorithm>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace weft_test {

using namespace weft;

constexpr std::int64_t ms = 1'000'000;

// One way in which a protocol can be wrong that works while nothing fails.
enum class broken { nothing, counts_nothing, believes_all, no_clock, no_budget };

// Between the network and the protocol: spoils what is received.
class spoiled_transport final : public transport, private transport_events {
public:
    spoiled_transport(transport& under, broken how) : under_(under), how_(how) {}
    int self() const override { return under_.self(); }
    int size() const override { return under_.size(); }
    void post(int to, std::span<const std::byte> header,
              std::span<const std::byte> payload) override {
        under_.post(to, header, payload);
    }
    void bulk_send(int to, int tag, std::span<const std::byte> bytes,
                   std::uint64_t token) override {
        under_.bulk_send(to, tag, bytes, token);
    }
    void bulk_receive(int from, int tag, std::span<std::byte> bytes, std::uint64_t token) override {
        under_.bulk_receive(from, tag, bytes, token);
    }
    void cancel_receive(std::uint64_t token) override { under_.cancel_receive(token); }
    bool poll(transport_events& events) override {
        events_ = &events;
        return under_.poll(*this);
    }
    void give_up(int peer) override { under_.give_up(peer); }
    int make_group(std::span<const int> ranks) override { return under_.make_group(ranks); }
    void all_reduce(int, reduce_type, reduce_op, const void*, void*, std::size_t,
                    std::uint64_t) override {}
    void all_gather(int, const void*, void*, std::size_t, std::uint64_t) override {}

private:
    void on_frame(int from, std::span<const std::byte> frame) override {
        std::vector<std::byte> copy(frame.begin(), frame.end());
        frame_header header;
        std::memcpy(&header, copy.data(), sizeof header);
        const std::span<const std::byte> payload = std::span(copy).subspan(sizeof header);
        const bool counts =
            header.kind != message_kind::heartbeat && header.kind != message_kind::request;
        if (how_ == broken::counts_nothing && counts) header.sequence = next_++;
        if (how_ == broken::believes_all || how_ == broken::counts_nothing) seal(header, payload);
        std::memcpy(copy.data(), &header, sizeof header);
        events_->on_frame(from, copy);
    }
    void on_bulk_done(std::uint64_t token, bool ok) override { events_->on_bulk_done(token, ok); }
    void on_collective_done(std::uint64_t, bool) override {}
    void on_peer_failed(int peer, const char* reason) override {
        events_->on_peer_failed(peer, reason);
    }

    transport& under_;
    broken how_;
    transport_events* events_ = nullptr;
    std::uint32_t next_ = 0;
};

struct simulation_plan {
    int tasks = 3;
    int messages = 24;
    simulated_faults faults{};
    int kills = 0;
    bool closes_a_step = false;
    broken how = broken::nothing;
};

class simulation {
public:
    static constexpr std::size_t budget = 1500, largest = 1000;

    simulation(const simulation_plan& plan, std::uint64_t seed)
        : plan_(plan), network_(plan.tasks, seed, plan.faults) {
        for (int rank = 0; rank < plan.tasks; ++rank) {
            spoiled_.push_back(std::make_unique<spoiled_transport>(network_.of(rank), plan.how));
            protocol_options options;
            options.self = rank;
            options.incarnation = static_cast<std::uint64_t>(rank) + 100;
            options.heartbeat = 100 * ms;
            options.dead_after = 400 * ms;
            options.start_within = 600 * ms;
            options.eager_bytes = 64;
            options.memory_budget = plan.how == broken::no_budget ? 1u << 20 : budget;
            options.eager_credits = 8;
            options.transfers_per_peer = 2;
            options.sum_large = plan.faults.damage_bulk > 0;
            drivers_.push_back(
                std::make_unique<protocol_driver>(*spoiled_.back(), options, 1u << 16));
            for (int peer = 0; peer < plan.tasks; ++peer)
                if (peer != rank) drivers_.back()->state().watch(peer);
            tick(rank);
        }
        told_.resize(drivers_.size() * drivers_.size(), 0);
    }

    // What is wrong; empty if nothing is.
    std::string run() {
        make_work();
        const std::int64_t limit = 1300 * ms;
        std::size_t next = 0;
        while (wrong_.empty() && (next < work_.size() || !is_settled())) {
            const std::int64_t at =
                next < work_.size() ? work_[next].time : std::numeric_limits<std::int64_t>::max();
            const std::int64_t soonest = std::min({at, network_.next_event(), next_tick()});
            if (soonest > limit) break;
            if (soonest == at)
                start(work_[next++]);
            else if (soonest == network_.next_event())
                poll(network_.take_event());
            else
                tick_all(soonest);
        }
        if (wrong_.empty()) check_end();
        return wrong_;
    }

private:
    struct message {
        int from, to;
        std::uint64_t step;
        std::size_t size;
        int delivered = 0;
        bool damaged = false, closed = false;
    };
    struct work {
        std::int64_t time;
        enum class kind { send, kill, close } what;
        std::size_t number;  // a message or a rank
    };

    void make_work() {
        const auto tasks = static_cast<std::uint64_t>(plan_.tasks);
        for (int i = 0; i < plan_.messages; ++i) {
            const auto from = static_cast<int>(network_.random(tasks));
            const auto to = static_cast<int>(network_.random(tasks));
            const bool is_large = network_.random(3) == 0;
            messages_.push_back({from, to, network_.random(3),
                                 static_cast<std::size_t>(is_large ? 65 + network_.random(936)
                                                                   : network_.random(65))});
            work_.push_back({some_time(), work::kind::send, messages_.size() - 1});
        }
        for (int i = 0; i < plan_.kills; ++i)
            work_.push_back({some_time(), work::kind::kill, network_.random(tasks)});
        if (plan_.closes_a_step)
            work_.push_back({some_time(), work::kind::close, network_.random(tasks)});
        std::sort(work_.begin(), work_.end(),
                  [](const work& a, const work& b) { return a.time < b.time; });
    }
    std::int64_t some_time() { return static_cast<std::int64_t>(network_.random(20 * ms)); }

    static std::byte content(std::size_t number, std::size_t i) {
        return static_cast<std::byte>(number * 31 + i * 7 + 1);
    }

    void start(const work& what) {
        network_.pass_until(what.time);
        const auto rank = static_cast<int>(what.number);
        if (what.what == work::kind::send) {
            const message& sent = messages_[what.number];
            if (network_.is_dead(sent.from)) return;
            std::vector<std::byte> bytes(sent.size);
            for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = content(what.number, i);
            driver(sent.from).state().on_send(
                sent.to,
                {message_kind::value, 1, sent.step, static_cast<std::uint32_t>(what.number)},
                copy_of(bytes));
            take_arrivals(sent.from);
        } else if (what.what == work::kind::kill) {
            network_.kill(rank, network_.random(2) == 0);
        } else if (!network_.is_dead(rank)) {
            driver(rank).state().on_close_step(1, 1);
            for (message& sent : messages_)
                if (sent.step == 1 && sent.to == rank) sent.closed = true;
        }
    }

    void poll(int rank) {
        if (network_.is_dead(rank)) return;
        if (plan_.how != broken::no_clock) driver(rank).state().on_tick(network_.now());
        driver(rank).poll();
        take_arrivals(rank);
    }
    std::int64_t next_tick() const {
        if (plan_.how == broken::no_clock) return network_.now() + 50 * ms;
        std::int64_t soonest = std::numeric_limits<std::int64_t>::max();
        for (int rank = 0; rank < plan_.tasks; ++rank)
            if (!network_.is_dead(rank))
                soonest = std::min(soonest, driver(rank).state().next_tick());
        return std::max(soonest, network_.now() + 1);
    }
    void tick(int rank) { driver(rank).state().on_tick(network_.now() + 1); }
    void tick_all(std::int64_t time) {
        network_.pass_until(time);
        for (int rank = 0; rank < plan_.tasks; ++rank) {
            if (network_.is_dead(rank) || plan_.how == broken::no_clock) continue;
            driver(rank).state().on_tick(time);
            take_arrivals(rank);
        }
    }

    void take_arrivals(int rank) {
        std::vector<arrival> arrivals;
        arrivals.swap(driver(rank).arrivals());
        for (const arrival& next : arrivals) {
            const std::size_t number = next.of.key.edge;
            if (next.what == arrival::message)
                take_message(rank, number, next.of);
            else if (next.what == arrival::loss)
                note_loss(rank, next.of.from, next.reason);
            else if (number < messages_.size())
                messages_[number].damaged = true;
        }
    }
    void take_message(int rank, std::size_t number, const delivery& of) {
        if (number >= messages_.size()) return fail("a message that nobody sent");
        message& sent = messages_[number];
        const std::string name = "message " + std::to_string(number);
        if (sent.from != of.from || sent.to != rank || sent.step != of.key.step)
            return fail(name + " came from elsewhere");
        if (++sent.delivered > 1) return fail(name + " came twice");
        if (has_told(rank, of.from)) fail(name + " came after its sender was lost");
        if (of.payload.size != sent.size) return fail(name + " has another size");
        for (std::size_t i = 0; i < sent.size; ++i)
            if (of.payload.data[i] != content(number, i)) return fail(name + " is another");
    }
    void note_loss(int rank, int peer, const std::string& reason) {
        if (has_told(rank, peer)) fail("a peer was lost twice");
        told_[index(rank, peer)] = 1;
        if (network_.is_dead(peer) || is_harmed(rank, peer)) return;
        fail("task " + std::to_string(rank) + " lost " + std::to_string(peer) +
             ", which is well: " + reason);
    }

    bool is_harmed(int a, int b) const {
        const auto bad = [&](const simulated_network::harm& done) {
            return done.lost + done.damaged > 0;
        };
        return bad(network_.done_to(a, b)) || bad(network_.done_to(b, a));
    }
    // Its end is known: it came, or one of both ends knows why it will not.
    bool is_settled(const message& sent) const {
        return sent.delivered == 1 || sent.damaged || sent.closed || network_.is_dead(sent.from) ||
               network_.is_dead(sent.to) || has_told(sent.from, sent.to) ||
               has_told(sent.to, sent.from);
    }
    bool is_settled() const {
        for (const message& sent : messages_)
            if (!is_settled(sent)) return false;
        for (int rank = 0; rank < plan_.tasks; ++rank)
            for (int dead = 0; dead < plan_.tasks; ++dead)
                if (network_.is_dead(dead) && !network_.is_dead(rank) && !has_told(rank, dead))
                    return false;
        return true;
    }

    void check_end() {
        if (!is_settled()) fail("something is stuck");
        for (int rank = 0; rank < plan_.tasks; ++rank)
            if (driver(rank).state().statistics().most_memory > budget)
                fail("more memory than the budget");
    }

    std::size_t index(int rank, int peer) const {
        return static_cast<std::size_t>(rank * plan_.tasks + peer);
    }
    bool has_told(int rank, int peer) const { return told_[index(rank, peer)] != 0; }
    protocol_driver& driver(int rank) const { return *drivers_[static_cast<std::size_t>(rank)]; }
    void fail(const std::string& what) {
        if (wrong_.empty()) wrong_ = what;
    }

    const simulation_plan plan_;
    simulated_network network_;
    std::vector<std::unique_ptr<spoiled_transport>> spoiled_;
    std::vector<std::unique_ptr<protocol_driver>> drivers_;
    std::vector<message> messages_;
    std::vector<work> work_;
    std::vector<char> told_;  // by rank and peer
    std::string wrong_;
};

// Of seeds [first, first + count): how many went wrong; prints the first of them.
inline int wrong_seeds(const simulation_plan& plan, std::uint64_t first, int count,
                       std::string& what) {
    int wrong = 0;
    for (int i = 0; i < count; ++i) {
        const std::uint64_t seed = first + static_cast<std::uint64_t>(i);
        const std::string found = simulation(plan, seed).run();
        if (found.empty()) continue;
        if (wrong++ == 0) what = "seed " + std::to_string(seed) + ": " + found;
    }
    return wrong;
}

}  // namespace weft_test
