// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Scratch memory of one kernel at a time: blocks of a device's memory, handed out from front to
// back and all taken back at once. Blocks are kept, and a kernel that asks for the same again gets
// it from them: once every kernel has run, nothing is allocated any more. take() may be called from
// several threads.
#pragma once

#include <weft/runtime/device.hpp>

#include <cstddef>
#include <mutex>
#include <vector>

namespace weft {

class scratch_arena {
public:
    explicit scratch_arena(device& on) : device_(on) {}
    scratch_arena(const scratch_arena&) = delete;
    scratch_arena& operator=(const scratch_arena&) = delete;
    ~scratch_arena() {
        for (const block& b : blocks_) device_.deallocate(b.allocated, b.size);
    }

    // At least `bytes`, aligned to 64, by an address that kernels may use. Fails with
    // resource_exhausted.
    void* take(std::size_t bytes) {
        const std::size_t wanted = rounded(bytes);
        const std::lock_guard lock(mutex_);
        for (; current_ < blocks_.size(); ++current_, used_ = 0)
            if (blocks_[current_].size - used_ >= wanted) return cut(wanted);
        add_block(wanted);
        return cut(wanted);
    }

    // Takes everything back, when no kernel uses it any more.
    void reset() noexcept {
        current_ = 0;
        used_ = 0;
    }

private:
    struct block {
        void* allocated;   // the device's address
        std::byte* usable; // the same memory for kernels
        std::size_t size;
    };

    // A request that does not fit in size_t stays too large for any device.
    static std::size_t rounded(std::size_t bytes) noexcept {
        if (bytes > static_cast<std::size_t>(-1) - 63) return static_cast<std::size_t>(-1);
        return bytes == 0 ? 64 : (bytes + 63) / 64 * 64;
    }

    void* cut(std::size_t bytes) noexcept {
        void* const start = blocks_[current_].usable + used_;
        used_ += bytes;
        return start;
    }

    // As large as all before together, so that their number stays small; where that is too much for
    // the device's limit, as large as needed.
    void add_block(std::size_t wanted) {
        std::size_t total = 0;
        for (const block& b : blocks_) total += b.size;
        blocks_.reserve(blocks_.size() + 1);
        std::size_t size = wanted > total ? wanted : total;
        void* address = nullptr;
        try {
            address = device_.allocate(size);
        } catch (const failure&) {
            if (size == wanted) throw;
            size = wanted;
            address = device_.allocate(size);
        }
        blocks_.push_back({address, static_cast<std::byte*>(device_.translate(address)), size});
        used_ = 0;
    }

    device& device_;
    std::mutex mutex_;
    std::vector<block> blocks_;
    std::size_t current_ = 0;   // the block to cut from
    std::size_t used_ = 0;      // bytes of it that are given away
};

}  // namespace weft
