// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How threads share an endpoint. The driver belongs to one thread at a time, which nobody waits
// for: others put what they want into an inbox, and whoever lets go of the driver looks there once
// more. Handlers are called by the owner between two uses of the driver, so that they may send
// directly.
#pragma once

#include <weft/cluster/endpoint.hpp>
#include <weft/cluster/protocol_tokens.hpp>

#include <algorithm>
#include <random>

namespace weft {

namespace detail {

inline const void* this_thread() {
    static thread_local char mark;
    return &mark;
}

inline std::uint64_t random_incarnation(std::uint16_t number) {
    std::random_device device;
    const auto word = [&] { return std::uint64_t{device()}; };
    return std::uint64_t{number} << endpoint_number_at | (word() & 0xffff) << 32 | word() | 1;
}

inline protocol_options protocol_options_of(const endpoint_options& options, int self,
                                            std::uint64_t incarnation) {
    protocol_options out;
    out.self = self;
    out.incarnation = incarnation;
    out.heartbeat = options.heartbeat.count();
    out.dead_after = options.dead_after.count();
    out.start_within = options.start_within.count();
    out.eager_bytes = (std::min)(options.eager_bytes, transport::max_frame - sizeof(frame_header));
    out.memory_budget = options.memory_budget;
    out.transfers_per_peer = options.transfers_per_peer;
    out.sum_large = options.sum_large;
    return out;
}

}  // namespace detail

WEFT_SOURCE std::int64_t endpoint::now() {
    return std::chrono::nanoseconds(clock::now().time_since_epoch()).count();
}

WEFT_SOURCE endpoint::endpoint(transport& engine, const endpoint_options& options)
    : self_(engine.self()),
      size_(engine.size()),
      incarnation_(options.incarnation != 0 ? options.incarnation
                                            : detail::random_incarnation(options.number)),
      eager_bytes_(options.eager_bytes),
      shares_thread_(options.shares_thread),
      driver_(std::make_unique<protocol_driver>(
          engine, detail::protocol_options_of(options, self_, incarnation_),
          options.max_kept_memory)) {
    driver_->state().on_tick(now());
    if (size_ > options.watch_all_up_to) return;
    for (int peer = 0; peer < size_; ++peer)
        if (peer != self_) driver_->state().watch(peer);
}

WEFT_SOURCE endpoint::~endpoint() {
    stop_background();
    handler_ = nullptr;
    drain();
    // The engine has memory of messages or reductions and may still write to it: it is left to it.
    transport& engine = driver_->engine();
    for (collective& one : collectives_) engine.keep(std::move(one.keep));
    if (!driver_->is_idle()) engine.keep(std::shared_ptr<protocol_driver>(std::move(driver_)));
}

// The owner of the driver, and what it was asked for meanwhile: whoever adds to the inbox looks at
// busy_ afterwards, whoever resets busy_ looks at the inbox afterwards, all in one total order, so
// that one of both sees the other.
WEFT_SOURCE bool endpoint::try_own() {
    if (busy_.load(std::memory_order_relaxed) || busy_.exchange(true)) return false;
    owner_.store(detail::this_thread(), std::memory_order_relaxed);
    return true;
}
WEFT_SOURCE void endpoint::release() {
    owner_.store(nullptr, std::memory_order_relaxed);
    busy_.store(false);
    while (inbox_count_.load() != 0 && !busy_.exchange(true)) {
        owner_.store(detail::this_thread(), std::memory_order_relaxed);
        drain();
        owner_.store(nullptr, std::memory_order_relaxed);
        busy_.store(false);
    }
}
WEFT_SOURCE bool endpoint::owns() const {
    return owner_.load(std::memory_order_relaxed) == detail::this_thread();
}

WEFT_SOURCE void endpoint::carry_out(command& what) {
    protocol& state = driver_->state();
    switch (what.what) {
        case command::kind::message: return state.on_send(what.to, what.key, std::move(what.bytes));
        case command::kind::closing: return state.on_close_step(what.key.plan, what.key.step);
        case command::kind::watching: return state.watch(what.to);
        case command::kind::collective: break;
    }
    const collective& of = what.of;
    driver_->begin_collective();
    if (of.reduces)
        driver_->engine().all_reduce(of.group, of.type, of.op, of.in, of.out, of.count, of.token);
    else
        driver_->engine().all_gather(of.group, of.in, of.out, of.count, of.token);
}

// By the owner; a handler is one.
WEFT_SOURCE void endpoint::drain() {
    while (inbox_count_.load() != 0) {
        {
            const std::lock_guard held(inbox_lock_);
            taken_.swap(inbox_);
            inbox_count_.store(0);
        }
        for (command& next : taken_) carry_out(next);
        taken_.clear();
    }
}

WEFT_SOURCE void endpoint::submit(command&& what) {
    const bool is_handler = owns();
    if (is_handler || try_own()) {
        drain();
        carry_out(what);
        return is_handler ? void() : release();
    }
    {
        const std::lock_guard held(inbox_lock_);
        inbox_.push_back(std::move(what));
        inbox_count_.store(inbox_.size());
    }
    if (try_own()) {
        drain();
        release();
    }
}

WEFT_SOURCE void endpoint::send(int to, const message_key& key, message_bytes bytes) {
    const bool needs_progress = bytes.size > eager_bytes_ || to == self_;
    submit({command::kind::message, to, key, std::move(bytes), {}});
    if (!needs_progress || waiting_.load(std::memory_order_relaxed) != 0) return;
    const std::lock_guard held(background_lock_);
    background_has_work_ = true;
    background_wakes_.notify_one();
}
WEFT_SOURCE void endpoint::close_step(std::uint64_t plan, std::uint64_t step) {
    submit({command::kind::closing, 0, {message_kind::value, plan, step, 0}, {}, {}});
}
WEFT_SOURCE void endpoint::watch(int peer) { submit({command::kind::watching, peer, {}, {}, {}}); }

WEFT_SOURCE void endpoint::receive_by(message_handler* handler) { handler_.store(handler); }

WEFT_SOURCE bool endpoint::poll() {
    if (owns() || !try_own()) return false;
    drain();
    bool progress = driver_->poll();
    driver_->state().on_tick(now());
    if (!driver_->collectives().empty()) end_collectives();
    is_moving_.store(driver_->is_moving(), std::memory_order_relaxed);
    if (!driver_->arrivals().empty() && handler_.load() != nullptr) {
        tell();
        progress = true;
    }
    release();
    return progress;
}

// Handlers may send to this task itself, which adds arrivals.
WEFT_SOURCE void endpoint::tell() {
    message_handler& handler = *handler_.load();
    while (!driver_->arrivals().empty()) {
        telling_.swap(driver_->arrivals());
        for (arrival& next : telling_) {
            if (next.what == arrival::message) {
                handler.on_delivery(std::move(next.of));
            } else if (next.what == arrival::loss) {
                fail_collectives(next.of.from);
                handler.on_loss(next.of.from, next.reason);
            } else {
                handler.on_corrupt(next.of.from, next.of.key, next.reason);
            }
        }
        telling_.clear();
    }
}

WEFT_SOURCE bool endpoint::flush(clock::time_point deadline) {
    bool idle = false;
    return wait(
        [&] {
            if (!try_own()) return idle;
            drain();
            idle = driver_->is_idle();
            release();
            return idle;
        },
        deadline);
}

WEFT_SOURCE std::vector<int> endpoint::peers() {
    while (!try_own()) std::this_thread::yield();
    std::vector<int> out = driver_->state().peers();
    release();
    return out;
}
WEFT_SOURCE protocol_statistics endpoint::statistics() {
    if (owns()) return driver_->state().statistics();
    while (!try_own()) std::this_thread::yield();
    const protocol_statistics out = driver_->state().statistics();
    release();
    return out;
}

}  // namespace weft

#include <weft/cluster/endpoint_collectives_source.hpp>
#include <weft/cluster/endpoint_waiting_source.hpp>
