// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What the protocol knows of one peer: what of each other's frames has arrived, messages that wait
// to be sent, and large ones on their way. Frames are counted in 32 bits and compared by their
// differences. An idle peer takes less than 1 KiB.
#pragma once

#include <weft/cluster/message.hpp>

#include <cstdint>
#include <vector>

namespace weft {

// Which frames have come: each number once, in any order within a window.
class frame_window {
public:
    static constexpr std::uint32_t width = 1024;

    // All before this number have come.
    std::uint32_t next() const { return next_; }

    enum class found { fresh, known, beyond };
    found note(std::uint32_t sequence) {
        const std::uint32_t ahead = sequence - next_;
        if (ahead >= width) return ahead >> 31 ? found::known : found::beyond;
        if (test(sequence)) return found::known;
        word(sequence) |= bit(sequence);
        while (test(next_)) word(next_) &= ~bit(next_), ++next_;
        return found::fresh;
    }

private:
    static std::uint64_t bit(std::uint32_t n) { return std::uint64_t{1} << (n % 64); }
    std::uint64_t& word(std::uint32_t n) { return seen_[n % width / 64]; }
    bool test(std::uint32_t n) { return (word(n) & bit(n)) != 0; }

    std::uint32_t next_ = 0;
    std::uint64_t seen_[width / 64] = {};
};

// A message that waits to be sent.
struct queued_message {
    message_key key;
    message_bytes bytes;
};

// A large message that goes out: asked for, and granted once the bytes are being sent.
struct outgoing_transfer {
    std::uint32_t request;  // the number of the frame that asked
    bool granted = false;
    message_bytes bytes;
};

// A large message that comes in, since it was granted.
struct incoming_transfer {
    std::uint32_t request, grant;  // numbers of the frames
    std::uint16_t tag;
    std::uint32_t sum;  // of its bytes, if `has_sum`
    bool has_sum;
    std::int64_t sent_since = 0;  // when its sender said that it had sent all; 0: not yet
    message_key key;
    std::shared_ptr<std::byte> memory;
    std::size_t size;
};

struct protocol_peer {
    std::uint64_t incarnation = 0;  // 0: nothing was heard yet
    bool down = false;
    std::int64_t heard = 0;          // when the last frame came
    std::int64_t missed_since = 0;   // when a frame was first missed, 0: none is
    std::uint32_t missed = 0;        // which
    std::uint32_t promised = 0;      // how many frames the peer has sent, as far as is known
    std::uint32_t next_out = 0;      // the number of our next frame
    std::uint32_t acknowledged = 0;  // all of ours before that have arrived
    std::uint32_t told = 0;          // what was last acknowledged to the peer
    std::uint32_t pending_in = 0;    // requests of its that wait for a grant
    frame_window came;

    std::vector<queued_message> eager;  // from eager_first on: first in, first out
    std::size_t eager_first = 0;
    std::vector<queued_message> large;  // the next one last
    std::vector<outgoing_transfer> outgoing;
    std::vector<incoming_transfer> incoming;

    // Frames of ours that may still be on their way.
    std::uint32_t unacknowledged() const { return next_out - acknowledged; }
    bool has_queued() const { return eager_first < eager.size() || !large.empty(); }
    bool is_idle() const { return !has_queued() && outgoing.empty() && incoming.empty(); }
};
static_assert(sizeof(protocol_peer) < 512);

}  // namespace weft
