// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Where the values of a run lie in one block of memory: offsets from sizes and lifetimes. Pure
// arithmetic; the planner of part of a graph's memory can be replaced behind this one function.
// It knows neither graphs nor devices.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace weft {

// A buffer that is written at step `first` and read for the last time at step `last`.
struct planned_buffer {
    std::size_t bytes = 0;
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::size_t offset = 0;  // the answer
};

// Bytes that every buffer is rounded up to, and its alignment.
inline constexpr std::size_t buffer_granularity = 64;

constexpr std::size_t rounded_to_granularity(std::size_t bytes) {
    return (bytes + buffer_granularity - 1) / buffer_granularity * buffer_granularity;
}

// Gives each buffer an offset and returns the bytes of the block. Buffers are given by growing
// `first`. With `reuse`, buffers whose lifetimes do not overlap may share bytes: each takes the
// smallest gap that fits (best fit, as in Pisarchyk and Lee, "Efficient Memory Management for Deep
// Neural Net Inference").
inline std::size_t plan_memory(std::vector<planned_buffer>& buffers, bool reuse) {
    std::size_t total = 0;
    std::vector<const planned_buffer*> alive;  // by offset
    for (planned_buffer& buffer : buffers) {
        const std::size_t bytes = rounded_to_granularity(buffer.bytes);
        std::erase_if(alive, [&](const planned_buffer* b) { return b->last < buffer.first; });
        std::size_t best = total;
        std::size_t best_gap = static_cast<std::size_t>(-1);
        std::size_t end = 0;
        for (const planned_buffer* b : alive) {
            if (reuse && b->offset >= end + bytes && b->offset - end < best_gap) {
                best = end;
                best_gap = b->offset - end;
            }
            const std::size_t after = b->offset + rounded_to_granularity(b->bytes);
            end = end < after ? after : end;
        }
        if (reuse && best_gap == static_cast<std::size_t>(-1)) best = end;
        buffer.offset = best;
        total = total < best + bytes ? best + bytes : total;
        if (!reuse) continue;
        auto behind = alive.end();
        while (behind != alive.begin() && (*(behind - 1))->offset > buffer.offset) --behind;
        alive.insert(behind, &buffer);
    }
    return total;
}

}  // namespace weft
