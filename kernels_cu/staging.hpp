// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The pinned memory that copies between host and GPU go through, in pieces, so that one piece is on
// its way while the next one is filled or emptied: the GPU copies from and to pageable memory only
// with the calling thread waiting. Not thread-safe: a device has one for each direction, with a
// lock. What goes wrong is returned, for the device to say.
#pragma once

#include "handles.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace weft::cuda {

// To the GPU: memory that is filled from front to back, and again once the GPU has read it.
class upload_staging {
public:
    // Enough for a transfer to take long compared with its start.
    static constexpr std::size_t block_bytes = std::size_t{4} << 20;
    static constexpr std::size_t most_blocks = 8;

    // Memory for up to `wanted` bytes, at least one, that the caller fills and copies from on
    // `on`, always the same. Waits where all of it is under way.
    cudaError_t take(std::size_t wanted, const stream& on, std::span<std::byte>& out);

private:
    struct block {
        pinned_memory memory{};
        event read{};  // recorded behind the last copy from it
    };
    cudaError_t next_block(const stream& on);
    cudaError_t add_block();

    std::vector<block> blocks_;
    std::size_t current_ = 0;
    std::size_t used_ = block_bytes;  // bytes of the current block
};

// From the GPU: two blocks that take turns.
class download_staging {
public:
    static constexpr std::size_t block_bytes = std::size_t{4} << 20;

    // Copies what is at `from` when `on` comes to it; returns when the bytes are there.
    cudaError_t copy(void* to, const void* from, std::size_t bytes, const stream& on);

private:
    struct block {
        pinned_memory memory{};
        event written{};
    };
    cudaError_t begin(block& in, const void* from, std::size_t bytes, const stream& on);

    block blocks_[2];
};

}  // namespace weft::cuda
