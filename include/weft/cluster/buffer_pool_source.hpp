// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How buffers are kept: a list for each size class, under one mutex that is held for moments. The
// block that counts a buffer's owners is memory of its own. With AddressSanitizer nothing is kept,
// so that it finds who uses a buffer afterwards.
#pragma once

#include <weft/cluster/buffer_pool.hpp>

namespace weft {

WEFT_SOURCE buffer_pool::~buffer_pool() {
    for (std::vector<std::byte*>& list : free_)
        for (std::byte* memory : list) ::operator delete (memory, std::align_val_t{alignment});
}

WEFT_SOURCE std::shared_ptr<std::byte> buffer_pool::take(std::size_t bytes) {
    if (bytes > (std::size_t{1} << 60)) return {};
    const std::size_t number = class_of(bytes);
    std::byte* memory = nullptr;
    {
        const std::lock_guard held(lock_);
        if (number < free_.size() && !free_[number].empty()) {
            memory = free_[number].back();
            free_[number].pop_back();
            kept_ -= bytes_of(number);
        }
    }
    if (memory == nullptr)
        memory = static_cast<std::byte*>(
            ::operator new (bytes_of(number), std::align_val_t{alignment}, std::nothrow));
    if (memory == nullptr) return {};
    return {memory,
            [pool = shared_from_this(), number](std::byte* given) { pool->give(given, number); }};
}

WEFT_SOURCE void buffer_pool::give(std::byte* memory, std::size_t number) {
    const std::size_t bytes = bytes_of(number);
    if (recycles_memory && bytes <= max_kept_) {
        const std::lock_guard held(lock_);
        if (kept_ + bytes <= max_kept_) {
            if (free_.size() <= number) free_.resize(number + 1);
            free_[number].push_back(memory);
            kept_ += bytes;
            return;
        }
    }
    ::operator delete (memory, std::align_val_t{alignment});
}

}  // namespace weft
