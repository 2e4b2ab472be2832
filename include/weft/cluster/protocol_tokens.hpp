// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Numbers that say more than one thing. An incarnation has the number of its endpoint in the upper
// 16 bits. The engine's token of a bulk operation says which way, which peer, and the frame that
// requested it; a grant's tag says where the bytes are to be sent, or that they are refused. Must
// not know what a protocol does with them.
#pragma once

#include <cstdint>

namespace weft {

namespace detail {

inline constexpr int endpoint_number_at = 48;
constexpr std::uint16_t endpoint_number(std::uint64_t incarnation) {
    return static_cast<std::uint16_t>(incarnation >> endpoint_number_at);
}

inline constexpr std::uint64_t incoming_token = std::uint64_t{1} << 63;
inline std::uint64_t bulk_token(std::uint64_t way, int peer, std::uint32_t request) {
    return way | static_cast<std::uint64_t>(static_cast<std::uint32_t>(peer)) << 32 | request;
}

inline constexpr std::uint16_t refused_tag = 0;
inline constexpr std::uint16_t max_bulk_tag = 32766;

}  // namespace detail

}  // namespace weft
