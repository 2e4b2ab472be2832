// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How the protocol calls its bulk operations: the engine's token says which way, which peer, and
// the frame that requested it; a grant's tag says where the bytes are to be sent, or that they are
// refused. Must not know what a protocol does with them.
#pragma once

#include <cstdint>

namespace weft {

namespace detail {

inline constexpr std::uint64_t incoming_token = std::uint64_t{1} << 63;
inline std::uint64_t bulk_token(std::uint64_t way, int peer, std::uint32_t request) {
    return way | static_cast<std::uint64_t>(static_cast<std::uint32_t>(peer)) << 32 | request;
}

inline constexpr std::uint16_t refused_tag = 0;
inline constexpr std::uint16_t max_bulk_tag = 32766;

}  // namespace detail

}  // namespace weft
