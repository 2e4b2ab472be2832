// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The memory that a piece of code keeps: bytes that its thread allocates with operator new, less
// those that it frees. Needs counted_memory.cpp in the program. Not seen: other threads, and
// libraries that have allocators of their own.
#pragma once

#include <cstddef>

namespace bench {

// Counts from its construction to its destruction; not nested.
class counted_memory {
public:
    counted_memory() {
        kept_ = 0;
        counting_ = true;
    }
    counted_memory(const counted_memory&) = delete;
    counted_memory& operator=(const counted_memory&) = delete;
    ~counted_memory() { counting_ = false; }

    // Bytes, as the allocator rounds them up.
    std::ptrdiff_t kept() const { return kept_; }

    // For operator new and delete.
    static void add(std::ptrdiff_t bytes) noexcept { kept_ += bytes; }
    static bool counts() noexcept { return counting_; }

private:
    static inline thread_local bool counting_ = false;
    static inline thread_local std::ptrdiff_t kept_ = 0;
};

}  // namespace bench
