// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The memory of an emulated GPU. Two address ranges of one size: what allocate() gives lies in the
// first, which nothing may touch, so that host code which follows a device pointer faults; the
// bytes are in the second, at the same offset. Every byte up to the high-water mark that belongs to
// no allocation holds `poison`: guards around allocations, freed memory, the rest of a last line.
// What differs was overwritten.
#pragma once

#include <weft/core/failure.hpp>

#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <vector>

#include <sys/mman.h>

namespace weft {

// Members may be called from any thread.
class emulated_memory {
public:
    static constexpr unsigned char fresh = 0xff;    // new memory: NaN in every floating type
    static constexpr unsigned char poison = 0xfe;
    static constexpr std::size_t line = 256;   // alignment of allocations, and bytes between

    // Reserves addresses for `capacity` bytes; memory is taken from the system as it is used. Fails
    // with resource_exhausted where there are no such addresses.
    explicit emulated_memory(std::size_t capacity) : capacity_(rounded(capacity)) {
        device_ = reserve();
        bytes_ = reserve();
        if (device_ != nullptr && bytes_ != nullptr) return;
        unmap();
        fail(errc::resource_exhausted, "cannot reserve %zu bytes for an emulated GPU", capacity_);
    }
    emulated_memory(const emulated_memory&) = delete;
    emulated_memory& operator=(const emulated_memory&) = delete;
    ~emulated_memory() { unmap(); }

    // A device address, aligned to `line`; null where there is no room.
    void* allocate(std::size_t bytes) noexcept {
        const std::size_t size = rounded(bytes == 0 ? 1 : bytes);
        if (size > capacity_) return nullptr;
        const std::lock_guard lock(mutex_);
        // First fit: the gap before each block, then the rest. Gaps join by themselves when a block
        // goes.
        std::size_t at = line;
        std::size_t place = 0;
        for (; place < blocks_.size() && blocks_[place].offset - at < size + line; ++place)
            at = blocks_[place].end() + line;
        if (at + size + line > capacity_ || !commit(at + size + line)) return nullptr;
        try {
            blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(place), {at, size, bytes});
        } catch (...) {
            return nullptr;
        }
        if (!is_poison(at, size))
            find("memory at offset %zu was written after it was freed", at);
        std::memset(bytes_ + at, fresh, bytes);
        return device_ + at;
    }

    // Frees what allocate() gave. What is wrong with it is kept for check().
    void release(void* address) noexcept {
        const std::lock_guard lock(mutex_);
        const std::size_t offset = offset_of(address);
        const std::size_t after = blocks_up_to(offset);
        if (after == 0 || blocks_[after - 1].offset != offset)
            return find("offset %zu was freed, where no allocation begins", offset);
        const block& freed = blocks_[after - 1];
        check_guards(freed);
        std::memset(bytes_ + offset, poison, freed.size + line);
        blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(after - 1));
    }

    // Where the `bytes` at a device address really are. Fails with internal if not all of them
    // belong to one allocation.
    std::byte* host_address(const void* address, std::size_t bytes) const {
        const std::size_t offset = offset_of(address);
        if (offset >= capacity_)
            fail(errc::internal, "%p is not an address of the device's memory", address);
        const std::lock_guard lock(mutex_);
        const std::size_t after = blocks_up_to(offset);
        if (after == 0 || offset > blocks_[after - 1].offset + blocks_[after - 1].bytes)
            fail(errc::internal, "device address at offset %zu belongs to no allocation", offset);
        const block& b = blocks_[after - 1];
        const std::size_t rest = b.offset + b.bytes - offset;
        if (bytes > rest)
            fail(errc::internal,
                 "access to %zu bytes at offset %zu of an allocation that has %zu bytes", bytes,
                 offset - b.offset, b.bytes);
        return bytes_ + offset;
    }

    // Looks at the guards of all allocations. Fails with internal, and the first thing that was
    // found since the last call; a guard that was found overwritten is repaired.
    void check() {
        const std::lock_guard lock(mutex_);
        for (const block& b : blocks_) check_guards(b);
        if (finding_[0] == '\0') return;
        char text[sizeof finding_];
        std::memcpy(text, finding_, sizeof text);
        finding_[0] = '\0';
        fail(errc::internal, "%s", text);
    }

private:
    struct block {
        std::size_t offset;
        std::size_t size;    // whole lines
        std::size_t bytes;   // as asked for
        std::size_t end() const { return offset + size; }
    };

    static std::size_t rounded(std::size_t bytes) noexcept {
        constexpr auto most = static_cast<std::size_t>(PTRDIFF_MAX);
        return bytes > most ? most : (bytes + line - 1) / line * line;
    }

    // Not below capacity_ for an address from elsewhere.
    std::size_t offset_of(const void* address) const noexcept {
        return reinterpret_cast<std::uintptr_t>(address) -
               reinterpret_cast<std::uintptr_t>(device_);
    }

    // How many allocations begin at `offset` or before.
    std::size_t blocks_up_to(std::size_t offset) const noexcept {
        std::size_t first = 0;
        for (std::size_t count = blocks_.size(); count > 0;) {
            const std::size_t half = count / 2;
            if (blocks_[first + half].offset <= offset) {
                first += half + 1;
                count -= half + 1;
            } else {
                count = half;
            }
        }
        return first;
    }

    std::byte* reserve() const noexcept {
        void* const address = mmap(nullptr, capacity_, PROT_NONE,
                                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        return address == MAP_FAILED ? nullptr : static_cast<std::byte*>(address);
    }

    void unmap() noexcept {
        if (device_ != nullptr) munmap(device_, capacity_);
        if (bytes_ != nullptr) munmap(bytes_, capacity_);
    }

    // Makes the first `end` bytes usable, in steps of 2 MiB, and poisons those that are new.
    bool commit(std::size_t end) noexcept {
        constexpr std::size_t step = std::size_t{2} << 20;
        if (end > usable_) {
            const std::size_t steps = (end + step - 1) / step * step;
            const std::size_t wanted = steps < capacity_ ? steps : capacity_;
            if (mprotect(bytes_ + usable_, wanted - usable_, PROT_READ | PROT_WRITE) != 0)
                return false;
            usable_ = wanted;
        }
        if (end > high_water_) {
            std::memset(bytes_ + high_water_, poison, end - high_water_);
            high_water_ = end;
        }
        return true;
    }

    bool is_poison(std::size_t offset, std::size_t bytes) const noexcept {
        const std::byte* const start = bytes_ + offset;
        return bytes == 0 || (*start == std::byte{poison} &&
                              std::memcmp(start, start + 1, bytes - 1) == 0);
    }

    void check_guards(const block& b) noexcept {
        const std::size_t tail = b.offset + b.bytes;
        if (!is_poison(tail, b.end() + line - tail)) {
            find("memory behind an allocation of %zu bytes at offset %zu was overwritten", b.bytes,
                 b.offset);
            std::memset(bytes_ + tail, poison, b.end() + line - tail);
        }
        if (!is_poison(b.offset - line, line)) {
            find("memory before an allocation of %zu bytes at offset %zu was overwritten", b.bytes,
                 b.offset);
            std::memset(bytes_ + b.offset - line, poison, line);
        }
    }

    // Keeps the first finding.
    [[gnu::format(printf, 2, 3)]] void find(const char* format, ...) noexcept {
        if (finding_[0] != '\0') return;
        std::va_list arguments;
        va_start(arguments, format);
        std::vsnprintf(finding_, sizeof finding_, format, arguments);
        va_end(arguments);
    }

    const std::size_t capacity_;
    std::byte* device_ = nullptr;
    std::byte* bytes_ = nullptr;
    mutable std::mutex mutex_;
    std::vector<block> blocks_;     // by offset; at least a line between two of them
    std::size_t usable_ = 0;
    std::size_t high_water_ = 0;
    char finding_[200] = {};
};

}  // namespace weft
