// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The protocol between the tasks of a cluster, as a state machine: no input or output, no thread,
// no clock, no global. It is told what happens, with the time, and says what to do.
//
// Messages up to eager_bytes are sent at once, a bounded number ahead of their acknowledgement; the
// rest waits. Larger ones are requested, granted by the receiver, lowest (step, edge) first, within
// a budget of memory, and sent to a tag that the receiver chose; few at a time to each peer, so
// that small messages pass. Messages overtake each other.
//
// What is promised: every message is delivered once or not at all, and as it was sent. The engine
// is relied upon not to lose anything while both ends live, so nothing is sent twice: frames are
// counted, and one that is missing, or a silence, ends the connection within dead_after, as the
// loss of the peer. Duplicates, messages of closed steps and of other incarnations are dropped. A
// damaged payload is told with its message; after a damaged header the peer is lost.
#pragma once

#include <weft/cluster/protocol_peer.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace weft {

struct protocol_options {
    int self = 0;
    // Of this process and endpoint, not 0: the number of the endpoint in the upper 16 bits, below
    // what no other has.
    std::uint64_t incarnation = 1;
    // Nanoseconds.
    std::int64_t heartbeat = 500'000'000;
    std::int64_t dead_after = 3'000'000'000;
    std::int64_t start_within = 60'000'000'000;  // for the first sign of a peer
    std::size_t eager_bytes = 8192;
    std::size_t memory_budget = std::size_t{1} << 30;  // of large messages on their way here
    std::size_t max_message = std::size_t{1} << 42;
    std::uint32_t eager_credits = 256;  // frames ahead of their acknowledgement
    std::uint32_t transfers_per_peer = 4;
    std::size_t closed_steps = 65536;  // that are remembered
    bool sum_large = false;            // of large messages, too, a sum is sent and compared
};

// What has happened so far.
struct protocol_statistics {
    std::uint64_t sent = 0, received = 0;  // messages of the layer above
    std::uint64_t sent_bytes = 0, received_bytes = 0;
    std::uint64_t late = 0;        // dropped: of a closed step
    std::uint64_t stale = 0;       // dropped: of another incarnation
    std::uint64_t duplicates = 0;  // dropped
    std::uint64_t to_lost = 0;     // dropped: from or to a peer that is lost
    std::uint64_t corrupt = 0;
    std::uint64_t refused = 0;     // large messages that their receiver did not want
    std::uint64_t heartbeats = 0;  // sent, acknowledgements among them
    std::size_t most_memory = 0;   // of large messages on their way here
};

// What the protocol asks for. None of these may call back into it.
class protocol_actions {
public:
    virtual void post(int to, const frame_header& header, std::span<const std::byte> payload) = 0;
    virtual void bulk_send(int to, int tag, const message_bytes& bytes, std::uint64_t token) = 0;
    virtual void bulk_receive(int from, int tag, std::span<std::byte> to, std::uint64_t token) = 0;
    virtual void cancel_receive(std::uint64_t token) = 0;
    // Memory for a message, null where there is none.
    virtual std::shared_ptr<std::byte> allocate(std::size_t bytes) = 0;
    virtual void deliver(delivery&& message) = 0;
    // Nothing comes from this peer any more, and nothing reaches it. Once a peer.
    virtual void lost(int peer, std::string reason) = 0;
    // A message was damaged and dropped; the key is what could be read of it.
    virtual void corrupt(int peer, const message_key& key, std::string reason) = 0;
    // This frame is for an endpoint that comes after this one.
    virtual void keep_for_later(int from, std::span<const std::byte> frame) = 0;

protected:
    ~protocol_actions() = default;
};

class protocol {
public:
    protocol(const protocol_options& options, protocol_actions& actions)
        : options_(options), actions_(actions) {}
    protocol(const protocol&) = delete;
    protocol& operator=(const protocol&) = delete;

    // What happens. Times never go back.
    void on_send(int to, const message_key& key, message_bytes bytes);
    void on_message(int from, std::span<const std::byte> frame);
    void on_bulk_done(std::uint64_t token, bool ok);
    void on_tick(std::int64_t now);
    void on_peer_down(int peer, const std::string& reason);
    // Messages of this step that come from now on are dropped; those of ours are still sent.
    void on_close_step(std::uint64_t plan, std::uint64_t step);
    // Exchanges heartbeats with this peer, which otherwise begins with the first message.
    void watch(int peer) { at(peer); }

    // Those that it exchanges heartbeats with, and those that are lost.
    std::vector<int> peers() const {
        std::vector<int> out;
        for (const auto& [rank, peer] : peers_) out.push_back(rank);
        return out;
    }
    bool is_down(int peer) const {
        const auto found = peers_.find(peer);
        return found != peers_.end() && found->second.down;
    }
    // No message is on its way or waits, but for what is not acknowledged.
    bool is_idle() const;
    // When on_tick has something to do next.
    std::int64_t next_tick() const { return next_heartbeat_; }
    const protocol_statistics& statistics() const { return statistics_; }

private:
    struct pending_request {
        std::uint64_t order;  // of arrival
        int from;
        std::uint32_t request;
        std::uint32_t sum;
        bool has_sum;
        message_key key;
        std::size_t size;
    };
    static bool is_after(const pending_request& a, const pending_request& b);

    protocol_peer& at(int rank);
    void post(int to, protocol_peer& peer, frame_header& header,
              std::span<const std::byte> payload);
    void post_heartbeat(int to, protocol_peer& peer);
    void post_grant(const pending_request& of, std::uint16_t tag);
    void post_request(int to, protocol_peer& peer, queued_message&& message);
    void post_eager(int to, protocol_peer& peer, const queued_message& message);
    void pump(int to, protocol_peer& peer);
    void pump_grants();
    bool grant(const pending_request& request);

    bool is_for_later(const parsed_frame& frame) const;
    bool is_accepted(int from, protocol_peer& peer, const parsed_frame& frame);
    bool is_counted(int from, protocol_peer& peer, const parsed_frame& frame);
    void take(int from, protocol_peer& peer, const parsed_frame& frame);
    void take_heartbeat(int from, protocol_peer& peer, const parsed_frame& frame);
    void take_request(int from, protocol_peer& peer, const parsed_frame& frame);
    void take_grant(int from, protocol_peer& peer, const parsed_frame& frame);
    void take_message(int from, const parsed_frame& frame);
    void sent_bulk(int to, protocol_peer& peer, std::uint32_t request, bool ok);
    void received_bulk(int from, protocol_peer& peer, std::uint32_t request, bool ok);

    void look_after(int rank, protocol_peer& peer);
    void damaged(int from, const message_key& key, const std::string& reason);
    void lose(int rank, protocol_peer& peer, const std::string& reason, bool tell);
    bool is_closed(const message_key& key) const;
    void deliver(int from, const message_key& key, message_bytes bytes);
    std::uint16_t take_tag();

    const protocol_options options_;
    protocol_actions& actions_;
    std::int64_t now_ = 0, next_heartbeat_ = 0;
    std::unordered_map<int, protocol_peer> peers_;
    std::vector<pending_request> pending_;  // a heap, the lowest on top
    std::uint64_t requests_ = 0;
    std::size_t memory_ = 0;  // of granted transfers
    std::vector<std::uint16_t> tags_;
    std::uint16_t fresh_tag_ = 1;
    std::unordered_set<std::uint64_t> closed_;    // hashes of plan and step
    std::vector<std::uint64_t> closed_in_order_;  // a ring
    std::size_t closed_next_ = 0;
    protocol_statistics statistics_;
};

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/cluster/protocol_loss_source.hpp>
#include <weft/cluster/protocol_receive_source.hpp>
#include <weft/cluster/protocol_source.hpp>
#endif
