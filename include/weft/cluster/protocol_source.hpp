// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How the protocol sends: queues, credits, requests and grants. Order among what waits is by (step,
// edge), so that what the earliest step waits for is first, and a transfer that was granted never
// waits for another: whatever is granted comes to its end, then the lowest that waits has its turn.
// What is received is in protocol_receive_source.hpp, losses are in protocol_loss_source.hpp.
#pragma once

#include <weft/cluster/protocol.hpp>
#include <weft/cluster/protocol_tokens.hpp>

#include <algorithm>
#include <tuple>

namespace weft {

namespace detail {

inline bool is_before(const message_key& a, const message_key& b) {
    return std::tie(a.step, a.edge) < std::tie(b.step, b.edge);
}

}  // namespace detail

WEFT_SOURCE protocol_peer& protocol::at(int rank) {
    const auto [found, added] = peers_.try_emplace(rank);
    if (added) found->second.heard = now_;
    return found->second;
}

WEFT_SOURCE bool protocol::is_idle() const {
    return pending_.empty() && std::all_of(peers_.begin(), peers_.end(), [](const auto& entry) {
               return entry.second.down || entry.second.is_idle();
           });
}

WEFT_SOURCE void protocol::post(int to, protocol_peer& peer, frame_header& header,
                                std::span<const std::byte> payload) {
    header.incarnation = options_.incarnation;
    header.sequence = peer.next_out;
    if (header.kind != message_kind::heartbeat) ++peer.next_out;
    header.acknowledged = peer.told = peer.came.next();
    seal(header, payload);
    actions_.post(to, header, payload);
}

// `bytes` says how many frames were sent before; the payload lists the transfers that are being
// sent, so that the receiver knows which are not any more.
WEFT_SOURCE void protocol::post_heartbeat(int to, protocol_peer& peer) {
    std::vector<std::uint32_t> sending;
    for (const outgoing_transfer& transfer : peer.outgoing)
        if (transfer.granted) sending.push_back(transfer.request);
    frame_header header;
    header.kind = message_kind::heartbeat;
    header.tag = peer.down;
    header.bytes = peer.next_out;
    post(to, peer, header, std::as_bytes(std::span(sending)));
    ++statistics_.heartbeats;
}

// `bytes` is the number of the frame with the request.
WEFT_SOURCE void protocol::post_grant(const pending_request& of, std::uint16_t tag) {
    frame_header header;
    header.kind = message_kind::grant;
    header.announced = of.key.kind;
    header.plan = of.key.plan;
    header.step = of.key.step;
    header.edge = of.key.edge;
    header.tag = tag;
    header.bytes = of.request;
    post(of.from, at(of.from), header, {});
}

// `bytes` is the size of the message, the payload its sum if there is one.
WEFT_SOURCE void protocol::post_request(int to, protocol_peer& peer, queued_message&& message) {
    frame_header header;
    header.kind = message_kind::request;
    header.announced = message.key.kind;
    header.plan = message.key.plan;
    header.step = message.key.step;
    header.edge = message.key.edge;
    header.bytes = message.bytes.size;
    peer.outgoing.push_back({peer.next_out, false, std::move(message.bytes)});
    if (options_.sum_large) {
        const std::uint32_t sum = checksum(peer.outgoing.back().bytes.span());
        post(to, peer, header, std::as_bytes(std::span(&sum, 1)));
    } else {
        post(to, peer, header, {});
    }
}

WEFT_SOURCE void protocol::post_eager(int to, protocol_peer& peer, const queued_message& message) {
    frame_header header;
    header.kind = message.key.kind;
    header.plan = message.key.plan;
    header.step = message.key.step;
    header.edge = message.key.edge;
    header.bytes = message.bytes.size;
    post(to, peer, header, message.bytes.span());
}

WEFT_SOURCE void protocol::on_send(int to, const message_key& key, message_bytes bytes) {
    if (to == options_.self) {
        ++statistics_.sent;
        statistics_.sent_bytes += bytes.size;
        if (is_closed(key))
            ++statistics_.late;
        else
            deliver(to, key, std::move(bytes));
        return;
    }
    protocol_peer& peer = at(to);
    if (peer.down) {
        ++statistics_.to_lost;
        return;
    }
    ++statistics_.sent;
    statistics_.sent_bytes += bytes.size;
    if (bytes.size <= options_.eager_bytes) {
        if (peer.eager_first == peer.eager.size() && peer.unacknowledged() < options_.eager_credits)
            return post_eager(to, peer, {key, std::move(bytes)});
        peer.eager.push_back({key, std::move(bytes)});
    } else {
        // Before all that are lower or came later: the next one is the last.
        const auto place = std::lower_bound(peer.large.begin(), peer.large.end(), key,
                                            [](const queued_message& a, const message_key& b) {
                                                return detail::is_before(b, a.key);
                                            });
        peer.large.insert(place, {key, std::move(bytes)});
    }
    pump(to, peer);
}

// Sends what may be sent.
WEFT_SOURCE void protocol::pump(int to, protocol_peer& peer) {
    if (peer.down || !peer.has_queued()) return;
    while (peer.eager_first < peer.eager.size() && peer.unacknowledged() < options_.eager_credits) {
        queued_message& next = peer.eager[peer.eager_first++];
        post_eager(to, peer, next);
        next.bytes = {};
    }
    // What was sent is removed once it is more than what is left.
    if (2 * peer.eager_first >= peer.eager.size()) {
        peer.eager.erase(peer.eager.begin(),
                         peer.eager.begin() + static_cast<std::ptrdiff_t>(peer.eager_first));
        peer.eager_first = 0;
        if (peer.eager.empty()) peer.eager.shrink_to_fit();
    }
    while (!peer.large.empty() && peer.outgoing.size() < options_.transfers_per_peer &&
           peer.unacknowledged() < frame_window::width / 2) {
        queued_message next = std::move(peer.large.back());
        peer.large.pop_back();
        post_request(to, peer, std::move(next));
    }
}

WEFT_SOURCE bool protocol::is_after(const pending_request& a, const pending_request& b) {
    return std::tie(a.key.step, a.key.edge, a.order) > std::tie(b.key.step, b.key.edge, b.order);
}

WEFT_SOURCE std::uint16_t protocol::take_tag() {
    if (!tags_.empty()) {
        const std::uint16_t tag = tags_.back();
        tags_.pop_back();
        return tag;
    }
    return fresh_tag_ <= detail::max_bulk_tag ? fresh_tag_++ : detail::refused_tag;
}

// The lowest that waits is next, and nobody passes it; if it is larger than the budget, it comes
// alone.
WEFT_SOURCE void protocol::pump_grants() {
    while (!pending_.empty()) {
        const pending_request next = pending_.front();
        if (memory_ != 0 &&
            next.size > options_.memory_budget - (std::min)(options_.memory_budget, memory_))
            return;
        if (!grant(next)) return;
        std::pop_heap(pending_.begin(), pending_.end(), is_after);
        pending_.pop_back();
        --at(next.from).pending_in;
    }
}

// False where it has to wait for a tag.
WEFT_SOURCE bool protocol::grant(const pending_request& request) {
    const std::uint16_t tag = take_tag();
    if (tag == detail::refused_tag) return false;
    std::shared_ptr<std::byte> memory = actions_.allocate(request.size);
    if (memory == nullptr) {
        tags_.push_back(tag);
        post_grant(request, detail::refused_tag);
        damaged(request.from, request.key,
                "there is no memory for its " + std::to_string(request.size) + " bytes");
        return true;
    }
    protocol_peer& peer = at(request.from);
    memory_ += request.size;
    statistics_.most_memory = (std::max)(statistics_.most_memory, memory_);
    std::byte* const to = memory.get();
    peer.incoming.push_back({request.request, peer.next_out, tag, request.sum, request.has_sum, 0,
                             request.key, std::move(memory), request.size});
    actions_.bulk_receive(
        request.from, tag, {to, request.size},
        detail::bulk_token(detail::incoming_token, request.from, request.request));
    post_grant(request, tag);
    return true;
}

}  // namespace weft
