// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A message in memory: its bytes with whoever keeps them alive, and as it is delivered, with the
// task it is from. Bytes are shared, never changed, and dropped on whatever thread is last. Knows
// nothing of how it travels.
#pragma once

#include <weft/cluster/wire.hpp>

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>

namespace weft {

// Those that were received begin at a multiple of 64.
struct message_bytes {
    std::shared_ptr<const void> owner{};
    const std::byte* data = nullptr;
    std::size_t size = 0;

    std::span<const std::byte> span() const { return {data, size}; }
};

// A copy of these bytes.
inline message_bytes copy_of(std::span<const std::byte> bytes) {
    auto memory = std::make_shared<std::byte[]>(bytes.size());
    if (!bytes.empty()) std::memcpy(memory.get(), bytes.data(), bytes.size());
    const std::byte* const data = memory.get();
    return {std::move(memory), data, bytes.size()};
}

struct delivery {
    int from = 0;  // a rank
    message_key key{};
    message_bytes payload{};
};

}  // namespace weft
