// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// One protocol on one transport: hands what the one asks for to the other, and collects what
// arrives for the layer above. Knows no thread and no clock: one caller at a time, who says what
// time it is. The endpoint drives it for programs, simulations drive many.
#pragma once

#include <weft/cluster/buffer_pool.hpp>
#include <weft/cluster/protocol.hpp>
#include <weft/cluster/transport.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace weft {

// What the layer above is to hear, in its order.
struct arrival {
    enum kind { message, loss, corruption } what = message;
    delivery of{};         // of a loss only `from`, of a corruption no payload
    std::string reason{};  // of a loss or a corruption
};

class protocol_driver final : private protocol_actions, private transport_events {
public:
    protocol_driver(transport& engine, const protocol_options& options, std::size_t max_kept)
        : engine_(engine), pool_(std::make_shared<buffer_pool>(max_kept)), state_(options, *this) {}

    protocol& state() { return state_; }
    const protocol& state() const { return state_; }
    transport& engine() { return engine_; }

    // Takes what the transport has; whether there was anything but heartbeats.
    bool poll() {
        heartbeats_ = others_ = false;
        if (std::exchange(is_first_poll_, false))  // what endpoints before this one have kept
            for (const transport::kept_frame& frame : engine_.take_kept_frames())
                on_frame(frame.from, frame.bytes);
        const bool any = engine_.poll(*this) || others_;
        return any && (others_ || !heartbeats_);
    }

    // For the layer above to take; it may send while it does.
    std::vector<arrival>& arrivals() { return arrivals_; }
    // Tokens of collective operations that have ended, and whether they succeeded.
    std::vector<std::pair<std::uint64_t, bool>>& collectives() { return collectives_; }

    void begin_collective() { ++running_; }
    // Whether bytes go through the engine that only polls move on.
    bool is_moving() const { return bulk_ + running_ != 0; }
    // Whether the engine has no memory of a message.
    bool is_idle() const { return state_.is_idle() && bulk_ == 0; }

private:
    void post(int to, const frame_header& header, std::span<const std::byte> payload) override {
        engine_.post(to, std::as_bytes(std::span(&header, 1)), payload);
    }
    void bulk_send(int to, int tag, const message_bytes& bytes, std::uint64_t token) override {
        ++bulk_;
        engine_.bulk_send(to, tag, bytes.span(), token);
    }
    void bulk_receive(int from, int tag, std::span<std::byte> to, std::uint64_t token) override {
        ++bulk_;
        engine_.bulk_receive(from, tag, to, token);
    }
    void cancel_receive(std::uint64_t token) override { engine_.cancel_receive(token); }
    std::shared_ptr<std::byte> allocate(std::size_t bytes) override { return pool_->take(bytes); }
    void deliver(delivery&& message) override {
        arrivals_.push_back({arrival::message, std::move(message)});
    }
    void lost(int peer, std::string reason) override {
        engine_.give_up(peer);
        arrivals_.push_back({arrival::loss, {peer}, std::move(reason)});
    }
    void corrupt(int peer, const message_key& key, std::string reason) override {
        arrivals_.push_back({arrival::corruption, {peer, key}, std::move(reason)});
    }

    void keep_for_later(int from, std::span<const std::byte> frame) override {
        engine_.keep_frame(from, frame);
    }

    void on_frame(int from, std::span<const std::byte> frame) override {
        const std::size_t at = offsetof(frame_header, kind);
        message_kind kind = message_kind::value;
        if (frame.size() >= sizeof(frame_header))
            std::memcpy(&kind, frame.data() + at, sizeof kind);
        (kind == message_kind::heartbeat ? heartbeats_ : others_) = true;
        state_.on_message(from, frame);
    }
    void on_bulk_done(std::uint64_t token, bool ok) override {
        --bulk_;
        others_ = true;
        state_.on_bulk_done(token, ok);
    }
    void on_collective_done(std::uint64_t token, bool ok) override {
        --running_;
        others_ = true;
        collectives_.emplace_back(token, ok);
    }
    void on_peer_failed(int peer, const char* reason) override {
        others_ = true;
        state_.on_peer_down(peer, reason);
    }

    transport& engine_;
    std::shared_ptr<buffer_pool> pool_;
    protocol state_;
    std::vector<arrival> arrivals_;
    std::vector<std::pair<std::uint64_t, bool>> collectives_;
    std::size_t bulk_ = 0, running_ = 0;  // bulk and collective operations that have not ended
    bool heartbeats_ = false, others_ = false;  // what the last poll found
    bool is_first_poll_ = true;
};

}  // namespace weft
