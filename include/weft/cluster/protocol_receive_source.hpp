// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How the protocol receives. A frame is opened, compared with what is known of its sender, counted,
// and only then taken for what it says. What a header says is compared with limits and with what
// was asked for: a peer that is wrong costs a message or the connection, never memory.
#pragma once

#include <weft/cluster/protocol.hpp>
#include <weft/cluster/protocol_tokens.hpp>

#include <algorithm>

namespace weft {

WEFT_SOURCE void protocol::on_message(int from, std::span<const std::byte> frame) {
    const parsed_frame parsed = parse_frame(frame);
    if (is_for_later(parsed)) {
        if (parsed.header.kind != message_kind::heartbeat) actions_.keep_for_later(from, frame);
        return;
    }
    protocol_peer& peer = at(from);
    if (peer.down) {
        ++statistics_.to_lost;
        return;
    }
    if (!is_accepted(from, peer, parsed)) return;
    take(from, peer, parsed);
    if (peer.down) return;
    if (peer.came.next() - peer.told >= options_.eager_credits / 4) post_heartbeat(from, peer);
    pump(from, peer);
}

// Numbers of endpoints go round.
WEFT_SOURCE bool protocol::is_for_later(const parsed_frame& frame) const {
    const std::uint16_t theirs = detail::endpoint_number(frame.header.incarnation);
    const std::uint16_t own = detail::endpoint_number(options_.incarnation);
    return (frame.wrong == nullptr || frame.header_is_good) &&
           static_cast<std::int16_t>(static_cast<std::uint16_t>(theirs - own)) > 0;
}

// Whether a frame is good, of this peer's process and here for the first time.
WEFT_SOURCE bool protocol::is_accepted(int from, protocol_peer& peer, const parsed_frame& frame) {
    const frame_header& header = frame.header;
    if (frame.wrong != nullptr && !frame.header_is_good) {
        damaged(from, header.key(), frame.wrong);
        lose(from, peer, std::string("one of its messages was damaged: ") + frame.wrong, true);
        return false;
    }
    if (peer.incarnation == 0 && detail::endpoint_number(header.incarnation) ==
                                     detail::endpoint_number(options_.incarnation))
        peer.incarnation = header.incarnation;
    if (peer.incarnation != header.incarnation) {
        ++statistics_.stale;
        return false;
    }
    peer.heard = now_;
    if (header.acknowledged - peer.acknowledged <= peer.unacknowledged())
        peer.acknowledged = header.acknowledged;
    return is_counted(from, peer, frame);
}

WEFT_SOURCE bool protocol::is_counted(int from, protocol_peer& peer, const parsed_frame& frame) {
    const frame_header& header = frame.header;
    if (header.kind != message_kind::heartbeat) {
        const frame_window::found found = peer.came.note(header.sequence);
        if (found == frame_window::found::known) {
            ++statistics_.duplicates;
            return false;
        }
        if (found == frame_window::found::beyond) {
            lose(from, peer, "messages before one of its are missing", true);
            return false;
        }
        if (static_cast<std::int32_t>(header.sequence + 1 - peer.promised) > 0)
            peer.promised = header.sequence + 1;
    }
    if (frame.wrong == nullptr) return true;
    damaged(from, header.key(), frame.wrong);
    // Its sender is not left waiting.
    if (header.kind == message_kind::request)
        post_grant({0, from, header.sequence, 0, false, header.key(), 0}, detail::refused_tag);
    return false;
}

WEFT_SOURCE void protocol::take(int from, protocol_peer& peer, const parsed_frame& frame) {
    switch (frame.header.kind) {
        case message_kind::heartbeat: return take_heartbeat(from, peer, frame);
        case message_kind::request: return take_request(from, peer, frame);
        case message_kind::grant: return take_grant(from, peer, frame);
        default: return take_message(from, frame);
    }
}

WEFT_SOURCE void protocol::take_heartbeat(int from, protocol_peer& peer,
                                          const parsed_frame& frame) {
    const frame_header& header = frame.header;
    if (header.tag != 0) return lose(from, peer, "it has given this task up", false);
    const auto sent = static_cast<std::uint32_t>(header.bytes);
    if (static_cast<std::int32_t>(sent - peer.promised) > 0) peer.promised = sent;
    // Transfers whose grant has arrived there, and which are not being sent: all is on its way.
    for (incoming_transfer& transfer : peer.incoming) {
        if (static_cast<std::int32_t>(header.acknowledged - transfer.grant) <= 0) continue;
        bool is_listed = false;
        for (std::size_t i = 0; i + 4 <= frame.payload.size(); i += 4) {
            std::uint32_t request;
            std::memcpy(&request, frame.payload.data() + i, 4);
            is_listed = is_listed || request == transfer.request;
        }
        if (!is_listed && transfer.sent_since == 0) transfer.sent_since = now_;
    }
}

WEFT_SOURCE void protocol::take_request(int from, protocol_peer& peer, const parsed_frame& frame) {
    const frame_header& header = frame.header;
    pending_request request{requests_++,
                            from,
                            header.sequence,
                            0,
                            false,
                            header.key(),
                            static_cast<std::size_t>(header.bytes)};
    if (frame.payload.size() == sizeof request.sum) {
        std::memcpy(&request.sum, frame.payload.data(), sizeof request.sum);
        request.has_sum = true;
    }
    if (is_closed(request.key)) {
        ++statistics_.late;
        return post_grant(request, detail::refused_tag);
    }
    const char* const wrong = header.bytes == 0 ? "it is announced with no bytes"
                              : header.bytes > options_.max_message
                                  ? "it is announced with more bytes than a message may have"
                              : peer.pending_in >= frame_window::width / 4
                                  ? "too many are announced at a time"
                                  : nullptr;
    if (wrong != nullptr) {
        post_grant(request, detail::refused_tag);
        return damaged(from, request.key, wrong);
    }
    ++peer.pending_in;
    pending_.push_back(request);
    std::push_heap(pending_.begin(), pending_.end(), is_after);
    pump_grants();
}

WEFT_SOURCE void protocol::take_grant(int from, protocol_peer& peer, const parsed_frame& frame) {
    const frame_header& header = frame.header;
    const auto transfer = std::find_if(peer.outgoing.begin(), peer.outgoing.end(),
                                       [&](const outgoing_transfer& sent) {
                                           return sent.request == header.bytes && !sent.granted;
                                       });
    if (transfer == peer.outgoing.end())
        return damaged(from, header.key(), "it is granted and was not asked for");
    if (header.tag == detail::refused_tag) {
        ++statistics_.refused;
        peer.outgoing.erase(transfer);
        return;
    }
    if (header.tag > detail::max_bulk_tag) {
        peer.outgoing.erase(transfer);
        return damaged(from, header.key(), "it is granted with a tag that is none");
    }
    transfer->granted = true;
    actions_.bulk_send(from, header.tag, transfer->bytes,
                       detail::bulk_token(0, from, transfer->request));
}

WEFT_SOURCE void protocol::take_message(int from, const parsed_frame& frame) {
    const message_key key = frame.header.key();
    if (is_closed(key)) {
        ++statistics_.late;
        return;
    }
    std::shared_ptr<std::byte> memory = actions_.allocate(frame.payload.size());
    if (memory == nullptr) return damaged(from, key, "there is no memory for it");
    if (!frame.payload.empty())
        std::memcpy(memory.get(), frame.payload.data(), frame.payload.size());
    const std::byte* const data = memory.get();
    deliver(from, key, {std::move(memory), data, frame.payload.size()});
}

WEFT_SOURCE void protocol::on_bulk_done(std::uint64_t token, bool ok) {
    const int rank = static_cast<int>((token & ~detail::incoming_token) >> 32);
    const auto request = static_cast<std::uint32_t>(token);
    const auto found = peers_.find(rank);
    if (found == peers_.end()) return;
    if ((token & detail::incoming_token) != 0)
        received_bulk(rank, found->second, request, ok);
    else
        sent_bulk(rank, found->second, request, ok);
}

WEFT_SOURCE void protocol::sent_bulk(int to, protocol_peer& peer, std::uint32_t request, bool ok) {
    std::erase_if(peer.outgoing, [&](const outgoing_transfer& transfer) {
        return transfer.granted && transfer.request == request;
    });
    if (!ok) return lose(to, peer, "a large message could not be sent to it", true);
    pump(to, peer);
}

WEFT_SOURCE void protocol::received_bulk(int from, protocol_peer& peer, std::uint32_t request,
                                         bool ok) {
    const auto place = std::find_if(
        peer.incoming.begin(), peer.incoming.end(),
        [&](const incoming_transfer& transfer) { return transfer.request == request; });
    if (place == peer.incoming.end()) return;
    const incoming_transfer transfer = std::move(*place);
    peer.incoming.erase(place);
    memory_ -= transfer.size;
    if (ok) tags_.push_back(transfer.tag);  // else bytes may still come
    if (peer.down) {
        ++statistics_.to_lost;
    } else if (!ok) {
        damaged(from, transfer.key, "its bytes did not arrive");
    } else if (is_closed(transfer.key)) {
        ++statistics_.late;
    } else if (transfer.has_sum &&
               checksum({transfer.memory.get(), transfer.size}) != transfer.sum) {
        damaged(from, transfer.key, "the checksum of its bytes is wrong");
    } else {
        const std::byte* const data = transfer.memory.get();
        deliver(from, transfer.key, {transfer.memory, data, transfer.size});
    }
    pump_grants();
}

}  // namespace weft
