// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How frames are sealed and opened. The header's sum is looked at before anything else in it, so
// that what follows may rely on it: a wrong sum of the payload names the message it belongs to.
// Only frames whose payload is their message say its size; the protocol's own are bounded by it.
#pragma once

#include <weft/cluster/wire.hpp>

#include <cstring>

namespace weft {

WEFT_SOURCE std::uint32_t checksum(std::span<const std::byte> bytes) {
    hasher hash;
    hash.add(bytes);
    const hash128 found = hash.finish();
    return static_cast<std::uint32_t>(found.low ^ (found.low >> 32));
}

namespace detail {

inline std::uint32_t sum_of_header(const frame_header& header) {
    return checksum(std::as_bytes(std::span(&header, 1)).first(offsetof(frame_header, header_sum)));
}

inline bool is_own_kind(message_kind kind) {
    return kind == message_kind::heartbeat || kind == message_kind::request ||
           kind == message_kind::grant;
}

}  // namespace detail

WEFT_SOURCE void seal(frame_header& header, std::span<const std::byte> payload) {
    header.payload_sum = payload.empty() ? 0 : checksum(payload);
    header.header_sum = detail::sum_of_header(header);
}

WEFT_SOURCE parsed_frame parse_frame(std::span<const std::byte> frame) {
    parsed_frame out;
    if (frame.size() < sizeof out.header) {
        out.wrong = "it is shorter than a header";
        return out;
    }
    std::memcpy(&out.header, frame.data(), sizeof out.header);
    out.payload = frame.subspan(sizeof out.header);
    if (out.header.magic != frame_header::right_magic)
        out.wrong = "it does not begin as messages of weft do";
    else if (out.header.version != frame_header::right_version)
        out.wrong = "it is of another version";
    else if (out.header.header_sum != detail::sum_of_header(out.header))
        out.wrong = "the checksum of its header is wrong";
    if (out.wrong != nullptr) return out;
    out.header_is_good = true;
    if (!detail::is_own_kind(out.header.kind) && out.header.bytes != out.payload.size())
        out.wrong = "it has another size than it says";
    else if (out.header.payload_sum != (out.payload.empty() ? 0 : checksum(out.payload)))
        out.wrong = "the checksum of its payload is wrong";
    return out;
}

}  // namespace weft
