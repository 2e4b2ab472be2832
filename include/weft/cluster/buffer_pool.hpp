// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Memory for messages that are received, 64-byte aligned. What is dropped is kept for later ones,
// up to a limit: fresh memory of a large message costs as much as its transfer. Buffers know the
// pool and keep it alive; any thread may drop them.
#pragma once

#include <weft/config.hpp>

#include <bit>
#include <cstddef>
#include <memory>
#include <mutex>
#include <new>
#include <vector>

namespace weft {

class buffer_pool : public std::enable_shared_from_this<buffer_pool> {
public:
    explicit buffer_pool(std::size_t max_kept) : max_kept_(max_kept) {}
    buffer_pool(const buffer_pool&) = delete;
    buffer_pool& operator=(const buffer_pool&) = delete;
    ~buffer_pool();

    // Memory of that many bytes; null where the system has no more.
    std::shared_ptr<std::byte> take(std::size_t bytes);

private:
    static constexpr std::size_t alignment = 64;

    // Sizes have three leading bits, so that at most a quarter is unused.
    static std::size_t class_of(std::size_t bytes) {
        if (bytes <= 256) return (bytes + 63) / 64;
        const auto width = static_cast<std::size_t>(std::bit_width(bytes - 1));
        return (width - 9) * 4 + ((bytes - 1) >> (width - 3)) + 1;
    }
    static std::size_t bytes_of(std::size_t number) {
        if (number <= 4) return (number == 0 ? 1 : number) * 64;
        const std::size_t width = (number - 5) / 4 + 9, quarter = (number - 5) % 4;
        return (quarter + 5) << (width - 3);
    }

    void give(std::byte* memory, std::size_t number);

    const std::size_t max_kept_;
    std::mutex lock_;
    std::size_t kept_ = 0;
    std::vector<std::vector<std::byte*>> free_;  // by class
};

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/cluster/buffer_pool_source.hpp>
#endif
