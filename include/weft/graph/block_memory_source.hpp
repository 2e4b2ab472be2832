// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The blocks of block_memory: small ones first, so that small graphs stay small, then larger ones.
// What is too large for a block gets one of its own, and the block that was open stays open. Blocks
// are never moved.
#pragma once

#include <weft/graph/block_memory.hpp>

namespace weft {

WEFT_SOURCE void* block_memory::allocate_block(std::size_t bytes) {
    const std::size_t size = blocks_.size() < 2 ? 4096 : 65536;
    const bool own = bytes > size / 4;
    blocks_.emplace_back(new std::byte[own ? bytes : size]);
    std::byte* const at = blocks_.back().get();
    if (own) return at;
    next_ = at + bytes;
    left_ = size - bytes;
    return at;
}

}  // namespace weft
