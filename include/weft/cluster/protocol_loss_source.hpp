// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What ends: steps that are closed, and peers that are lost. A peer is lost that is not heard of,
// or of which something that it has sent does not come, and it is told so, in case it hears that.
// If this process itself did not run for a while, nobody is lost for that.
#pragma once

#include <weft/cluster/protocol.hpp>
#include <weft/cluster/protocol_tokens.hpp>

#include <algorithm>
#include <cstdio>

namespace weft {

namespace detail {

inline std::string seconds_in_words(std::int64_t nanoseconds) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f s", static_cast<double>(nanoseconds) * 1e-9);
    return text;
}

inline std::uint64_t hash_of_step(std::uint64_t plan, std::uint64_t step) {
    hasher hash;
    hash.add(plan);
    hash.add(step);
    return hash.finish().low;
}

}  // namespace detail

WEFT_SOURCE void protocol::deliver(int from, const message_key& key, message_bytes bytes) {
    ++statistics_.received;
    statistics_.received_bytes += bytes.size;
    actions_.deliver({from, key, std::move(bytes)});
}

WEFT_SOURCE void protocol::damaged(int from, const message_key& key, const std::string& reason) {
    ++statistics_.corrupt;
    actions_.corrupt(from, key, reason);
}

WEFT_SOURCE bool protocol::is_closed(const message_key& key) const {
    return !closed_.empty() && closed_.contains(detail::hash_of_step(key.plan, key.step));
}

WEFT_SOURCE void protocol::on_close_step(std::uint64_t plan, std::uint64_t step) {
    const std::uint64_t hash = detail::hash_of_step(plan, step);
    if (!closed_.insert(hash).second) return;
    if (closed_in_order_.size() < options_.closed_steps) {
        closed_in_order_.push_back(hash);
    } else {
        closed_.erase(closed_in_order_[closed_next_]);
        closed_in_order_[closed_next_] = hash;
        closed_next_ = (closed_next_ + 1) % closed_in_order_.size();
    }
    // Requests of it are refused now; what was granted comes to its end, and is dropped then.
    const auto kept =
        std::partition(pending_.begin(), pending_.end(), [&](const pending_request& request) {
            return request.key.plan != plan || request.key.step != step;
        });
    if (kept == pending_.end()) return;
    for (auto refused = kept; refused != pending_.end(); ++refused) {
        ++statistics_.late;
        --at(refused->from).pending_in;
        post_grant(*refused, detail::refused_tag);
    }
    pending_.erase(kept, pending_.end());
    std::make_heap(pending_.begin(), pending_.end(), is_after);
    pump_grants();
}

WEFT_SOURCE void protocol::on_peer_down(int rank, const std::string& reason) {
    lose(rank, at(rank), reason, false);
}

WEFT_SOURCE void protocol::lose(int rank, protocol_peer& peer, const std::string& reason,
                                bool tell) {
    if (peer.down) return;
    peer.down = true;
    if (tell) post_heartbeat(rank, peer);
    peer.eager = {};
    peer.eager_first = 0;
    peer.large = {};
    peer.pending_in = 0;
    // Bytes that are being sent or received are the engine's until it says that it is done.
    std::erase_if(peer.outgoing, [](const outgoing_transfer& sent) { return !sent.granted; });
    for (const incoming_transfer& transfer : peer.incoming)
        actions_.cancel_receive(detail::bulk_token(detail::incoming_token, rank, transfer.request));
    std::erase_if(pending_, [&](const pending_request& request) { return request.from == rank; });
    std::make_heap(pending_.begin(), pending_.end(), is_after);
    actions_.lost(rank, reason);
    pump_grants();
}

WEFT_SOURCE void protocol::on_tick(std::int64_t now) {
    const std::int64_t passed = now - now_;
    // More than was meant to pass: this process was stopped, or nobody polled.
    const bool has_slept = now_ != 0 && passed > options_.dead_after / 2;
    if (now_ == 0 || has_slept) {
        for (auto& [rank, peer] : peers_) {
            peer.heard += passed;
            if (peer.missed_since != 0) peer.missed_since += passed;
            for (incoming_transfer& transfer : peer.incoming)
                if (transfer.sent_since != 0) transfer.sent_since += passed;
        }
    }
    now_ = now;
    if (now < next_heartbeat_) return;
    // Twice an interval: what is missing is seen in time.
    next_heartbeat_ = now + options_.heartbeat / 2;
    for (auto& [rank, peer] : peers_)
        if (!peer.down) look_after(rank, peer);
}

WEFT_SOURCE void protocol::look_after(int rank, protocol_peer& peer) {
    post_heartbeat(rank, peer);
    // What heartbeats cost is taken off, so that all in all it is dead_after.
    const std::int64_t patience =
        (std::max)(options_.heartbeat, options_.dead_after - 2 * options_.heartbeat);
    const std::int64_t silent = now_ - peer.heard;
    if (peer.incarnation == 0) {
        if (silent > options_.start_within)
            lose(rank, peer, "it did not start within " + detail::seconds_in_words(silent), true);
        return;
    }
    if (silent > options_.dead_after)
        return lose(rank, peer, "last heard " + detail::seconds_in_words(silent) + " ago", true);
    if (peer.promised == peer.came.next()) {
        peer.missed_since = 0;
    } else if (peer.missed_since == 0 || peer.missed != peer.came.next()) {
        peer.missed_since = now_;
        peer.missed = peer.came.next();
    } else if (now_ - peer.missed_since > patience) {
        return lose(rank, peer, "a message of its did not arrive", true);
    }
    for (const incoming_transfer& transfer : peer.incoming)
        if (transfer.sent_since != 0 && now_ - transfer.sent_since > patience)
            return lose(rank, peer, "a large message of its did not arrive", true);
}

}  // namespace weft
