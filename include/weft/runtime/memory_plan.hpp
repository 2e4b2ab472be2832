// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Where the values of a run lie in one block of memory: offsets from sizes and lifetimes. Pure
// arithmetic; it knows neither graphs nor devices. When a buffer is free is asked of its caller, so
// that the same placement serves steps in a fixed order and steps that run side by side.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace weft {

// A buffer that is written at step `first` and read for the last time at step `last`.
struct planned_buffer {
    static constexpr std::uint32_t no_buffer = static_cast<std::uint32_t>(-1);

    std::size_t bytes = 0;
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::uint32_t in_place_of = no_buffer;  // one before it, of that size, that dies at `first`
    std::size_t offset = 0;                 // the answer
};

// Bytes that every buffer is rounded up to, and its alignment.
inline constexpr std::size_t buffer_granularity = 64;

constexpr std::size_t rounded_to_granularity(std::size_t bytes) {
    return (bytes + buffer_granularity - 1) / buffer_granularity * buffer_granularity;
}

// What a placement came to, in bytes.
struct memory_need {
    std::size_t block = 0;        // of memory: the highest end of a buffer
    std::size_t lower_bound = 0;  // alive together at the worst step of the order of numbers
};

namespace detail {

// A stretch of the block that is in use.
struct used_stretch {
    std::uint32_t buffer;
    std::size_t offset, end;
};

// The smallest gap of at least `bytes` between stretches by offset, else behind the last one: best
// fit, as in Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference" (2020).
inline std::size_t best_fit(const std::vector<used_stretch>& used, std::size_t bytes) {
    std::size_t best = 0, best_gap = static_cast<std::size_t>(-1), end = 0;
    for (const used_stretch& stretch : used) {
        if (stretch.offset >= end + bytes && stretch.offset - end < best_gap) {
            best = end;
            best_gap = stretch.offset - end;
        }
        end = end < stretch.end ? stretch.end : end;
    }
    return best_gap == static_cast<std::size_t>(-1) ? end : best;
}

inline std::size_t bytes_alive_at_worst(const std::vector<planned_buffer>& buffers) {
    // Buffers come by `first`; a heap of ends would be faster, but so many are never alive.
    std::vector<std::uint32_t> alive;
    std::size_t now = 0, worst = 0;
    for (std::uint32_t b = 0; b < buffers.size(); ++b) {
        const planned_buffer& buffer = buffers[b];
        std::size_t kept = 0;
        for (std::uint32_t other : alive) {
            const bool dead = buffers[other].last < buffer.first || buffer.in_place_of == other;
            if (dead)
                now -= rounded_to_granularity(buffers[other].bytes);
            else
                alive[kept++] = other;
        }
        alive.resize(kept);
        alive.push_back(b);
        now += rounded_to_granularity(buffer.bytes);
        worst = worst < now ? now : worst;
    }
    return worst;
}

}  // namespace detail

// Gives each buffer an offset. Buffers come by growing `first`; `is_free(b, step)` says whether
// buffer number b, which is earlier, is not used any more when the step begins. With `for_good`
// what is free once stays so for all later steps.
template <class IsFree>
memory_need plan_memory(std::vector<planned_buffer>& buffers, bool for_good, IsFree is_free) {
    memory_need need;
    need.lower_bound = detail::bytes_alive_at_worst(buffers);
    std::vector<detail::used_stretch> used;  // by offset
    std::vector<detail::used_stretch> blocking;
    for (std::uint32_t b = 0; b < buffers.size(); ++b) {
        planned_buffer& buffer = buffers[b];
        if (buffer.in_place_of != planned_buffer::no_buffer) {
            buffer.offset = buffers[buffer.in_place_of].offset;
            for (detail::used_stretch& stretch : used)
                if (stretch.buffer == buffer.in_place_of) stretch.buffer = b;
            continue;
        }
        buffer.offset = 0;
        if (buffer.bytes == 0) continue;
        blocking.clear();
        for (const detail::used_stretch& stretch : used)
            if (!is_free(stretch.buffer, buffer.first)) blocking.push_back(stretch);
        if (for_good) used = blocking;
        buffer.offset = detail::best_fit(blocking, rounded_to_granularity(buffer.bytes));
        const std::size_t end = buffer.offset + rounded_to_granularity(buffer.bytes);
        need.block = need.block < end ? end : need.block;
        auto at = used.begin();
        while (at != used.end() && at->offset <= buffer.offset) ++at;
        used.insert(at, {b, buffer.offset, end});
    }
    return need;
}

// For steps in any order, without sharing.
inline memory_need plan_separate_memory(std::vector<planned_buffer>& buffers) {
    memory_need need;
    need.lower_bound = detail::bytes_alive_at_worst(buffers);
    for (planned_buffer& buffer : buffers) {
        buffer.in_place_of = planned_buffer::no_buffer;
        buffer.offset = buffer.bytes == 0 ? 0 : need.block;
        need.block += rounded_to_granularity(buffer.bytes);
    }
    return need;
}

}  // namespace weft
