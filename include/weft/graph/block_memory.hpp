// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Memory for many small objects that live as long as a graph: handed out from blocks, in order, and
// given back all at once with the object itself. It calls no destructor and knows no node. One
// thread at a time.
#pragma once

#include <weft/config.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace weft {

class block_memory {
public:
    // Aligned for every type that is not over-aligned. Throws std::bad_alloc.
    void* allocate(std::size_t bytes) {
        bytes = (bytes + alignment - 1) / alignment * alignment;
        if (bytes > left_) return allocate_block(bytes);
        void* const at = next_;
        next_ += bytes;
        left_ -= bytes;
        return at;
    }

private:
    static constexpr std::size_t alignment = alignof(std::max_align_t);

    void* allocate_block(std::size_t bytes);

    std::vector<std::unique_ptr<std::byte[]>> blocks_;
    std::byte* next_ = nullptr;
    std::size_t left_ = 0;
};

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/graph/block_memory_source.hpp>
#endif
