// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Frames, what tasks send each other: a header of 64 bytes, and behind it up to some KiB of
// payload. Larger messages are announced by a frame and travel without a header. Nothing that was
// received is believed before parse_frame() has seen it: sizes are compared with what is there, and
// sums with what they are of. The byte order is the machine's; a magic number tells if it is
// another.
#pragma once

#include <weft/cluster/hash.hpp>
#include <weft/config.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace weft {

// What a message is about. heartbeat, request and grant belong to the protocol; all others mean
// something only to those who send and receive them. Programs have user0 and what follows it.
enum class message_kind : std::uint16_t {
    value,
    control,
    plan,
    step,
    done,
    abort,
    out_of_step,  // of a job whose tasks combine values
    barrier,
    stop,
    checkpoint,
    heartbeat,
    request,
    grant,
    user0 = 64,
};

// Which message: of an edge of a plan, in a step.
struct message_key {
    message_kind kind = message_kind::value;
    std::uint64_t plan = 0, step = 0;
    std::uint32_t edge = 0;

    friend auto operator<=>(const message_key&, const message_key&) = default;
};

struct frame_header {
    static constexpr std::uint32_t right_magic = 0x74666577;  // "weft"
    static constexpr std::uint16_t right_version = 1;

    std::uint32_t magic = right_magic;
    std::uint16_t version = right_version;
    message_kind kind = message_kind::value;
    std::uint64_t incarnation = 0;  // of the sender's process
    std::uint64_t plan = 0;
    std::uint64_t step = 0;
    std::uint32_t edge = 0;
    std::uint16_t tag = 0;                         // of a grant: where the bytes are to be sent
    message_kind announced = message_kind::value;  // of a request: the message's own kind
    std::uint64_t bytes = 0;     // of the payload; see protocol.hpp for the protocol's own kinds
    std::uint32_t sequence = 0;  // counts what the sender has sent to this receiver
    std::uint32_t acknowledged = 0;  // all of the receiver's before that number have come
    std::uint32_t payload_sum = 0;
    std::uint32_t header_sum = 0;  // of all before it

    message_key key() const {
        return {kind == message_kind::request || kind == message_kind::grant ? announced : kind,
                plan, step, edge};
    }
};
static_assert(sizeof(frame_header) == 64 && std::is_trivially_copyable_v<frame_header> &&
              std::has_unique_object_representations_v<frame_header>);

// 32 bits of the hash of these bytes.
std::uint32_t checksum(std::span<const std::byte> bytes);

// Sets both sums.
void seal(frame_header& header, std::span<const std::byte> payload);

// What was found in a frame.
struct parsed_frame {
    frame_header header{};
    std::span<const std::byte> payload{};
    const char* wrong = nullptr;  // what is wrong with it
    bool header_is_good = false;  // although something is wrong
};
// Never throws, whatever the bytes.
parsed_frame parse_frame(std::span<const std::byte> frame);

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/cluster/wire_source.hpp>
#endif
