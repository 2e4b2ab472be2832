// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Memory for the elements of tensors. Large blocks that are given back are kept for the next tensor
// of about that size: fresh ones cost the system a page fault for every 4 KiB, which is four times
// what it takes to fill them. A few blocks are kept, in slots that threads exchange without a lock.
#pragma once

#include <weft/config.hpp>

#include <cstddef>
#include <new>

namespace weft {

// Alignment of the elements of every tensor and buffer, in bytes.
inline constexpr std::size_t tensor_alignment = 64;

// Elements, and for how many bytes there is room.
struct element_block {
    void* data = nullptr;
    std::size_t bytes = 0;
};

namespace detail {

// Blocks that nobody uses, of all threads; a block's size is in its first bytes.
struct idle_blocks {
    static constexpr std::size_t least = std::size_t{64} << 10, most = std::size_t{128} << 20;
    static constexpr int slots = recycles_memory ? 8 : 0;
    static inline void* block[8] = {};

    static std::size_t size_of(void* data) { return *static_cast<std::size_t*>(data); }
    static void free(void* data) noexcept {
        ::operator delete(data, std::align_val_t{tensor_alignment});
    }
    // A block of `bytes` to twice as many; null where there is none.
    static void* take(std::size_t bytes) noexcept {
        for (int i = 0; i < slots; ++i) {
            // Whoever exchanges a block for null owns it: acquire pairs with the release that put
            // it there, with which its size came.
            void* const data = __atomic_exchange_n(&block[i], nullptr, __ATOMIC_ACQUIRE);
            if (data == nullptr) continue;
            if (size_of(data) >= bytes && size_of(data) / 2 <= bytes) return data;
            if (!put(data, i)) free(data);
        }
        return nullptr;
    }
    static bool put(void* data, int i) noexcept {
        void* nothing = nullptr;
        return __atomic_compare_exchange_n(&block[i], &nothing, data, false, __ATOMIC_RELEASE,
                                           __ATOMIC_RELAXED);
    }
    static bool keep(void* data, std::size_t bytes) noexcept {
        if (bytes < least || bytes > most) return false;
        *static_cast<std::size_t*>(data) = bytes;
        for (int i = 0; i < slots; ++i)
            if (put(data, i)) return true;
        return false;
    }
};

}  // namespace detail

// Memory for `bytes`, not initialised; null for 0. Throws std::bad_alloc. Any thread.
inline element_block take_elements(std::size_t bytes) {
    if (bytes == 0) return {};
    if (bytes >= detail::idle_blocks::least)
        if (void* const data = detail::idle_blocks::take(bytes))
            return {data, detail::idle_blocks::size_of(data)};
    return {::operator new(bytes, std::align_val_t{tensor_alignment}), bytes};
}
inline void give_elements(element_block block) noexcept {
    if (block.data == nullptr || detail::idle_blocks::keep(block.data, block.bytes)) return;
    detail::idle_blocks::free(block.data);
}

// Frees the blocks that are kept for later tensors. Any thread.
inline void release_idle_memory() noexcept {
    for (int i = 0; i < detail::idle_blocks::slots; ++i)
        if (void* const data =
                __atomic_exchange_n(&detail::idle_blocks::block[i], nullptr, __ATOMIC_ACQUIRE))
            detail::idle_blocks::free(data);
}

}  // namespace weft
