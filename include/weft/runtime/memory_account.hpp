// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What a device's memory is used for, in numbers: bytes in use, their peak, allocations, and the
// limit. It counts the bytes that were asked for; rounding and guards are the device's own affair,
// so that a limit means the same everywhere. It holds no memory.
#pragma once

#include <weft/core/failure.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace weft {

// A device's memory at one moment, in bytes; limit 0 means that none is set.
struct memory_statistics {
    std::size_t in_use = 0;
    std::size_t peak = 0;
    std::size_t limit = 0;
    std::uint64_t allocations = 0;   // ever
    std::size_t live = 0;            // allocations that have not been freed
};

// Every member may be called from any thread. All atomics here are relaxed: they are numbers, and
// order no other memory.
class memory_account {
public:
    // `device` is the name for messages.
    memory_account(std::string device, std::size_t limit)
        : device_(std::move(device)), limit_(limit) {}

    // Books an allocation; commit(), exhausted() or cancel() follows. Fails with resource_exhausted
    // where it would go over the limit.
    void take(std::size_t bytes) {
        const std::size_t limit = limit_ != 0 ? limit_ : static_cast<std::size_t>(PTRDIFF_MAX);
        std::size_t before = in_use_.load(std::memory_order_relaxed);
        do {
            if (before > limit || bytes > limit - before) refuse(bytes, before);
        } while (!in_use_.compare_exchange_weak(before, before + bytes, std::memory_order_relaxed));
    }

    // There is memory for what was booked.
    void commit() noexcept {
        const std::size_t now = in_use_.load(std::memory_order_relaxed);
        std::size_t peak = peak_.load(std::memory_order_relaxed);
        while (peak < now && !peak_.compare_exchange_weak(peak, now, std::memory_order_relaxed)) {
        }
        allocations_.fetch_add(1, std::memory_order_relaxed);
        live_.fetch_add(1, std::memory_order_relaxed);
    }

    // There is none.
    [[noreturn]] void exhausted(std::size_t bytes) { refuse(bytes, cancel(bytes)); }
    // It is not wanted any more; what is in use without it.
    std::size_t cancel(std::size_t bytes) noexcept {
        return in_use_.fetch_sub(bytes, std::memory_order_relaxed) - bytes;
    }

    // Books its end.
    void give(std::size_t bytes) noexcept {
        in_use_.fetch_sub(bytes, std::memory_order_relaxed);
        live_.fetch_sub(1, std::memory_order_relaxed);
    }

    memory_statistics statistics() const noexcept {
        constexpr auto relaxed = std::memory_order_relaxed;
        return {in_use_.load(relaxed), peak_.load(relaxed), limit_, allocations_.load(relaxed),
                live_.load(relaxed)};
    }
    const std::string& device() const noexcept { return device_; }

private:
    [[noreturn]] void refuse(std::size_t bytes, std::size_t in_use) const {
        if (limit_ != 0)
            fail(errc::resource_exhausted,
                 "out of memory on %s: %zu bytes requested, %zu in use, limit %zu", device_.c_str(),
                 bytes, in_use, limit_);
        fail(errc::resource_exhausted,
             "out of memory on %s: %zu bytes requested, %zu in use, no limit set, and the system "
             "has no more",
             device_.c_str(), bytes, in_use);
    }

    const std::string device_;
    const std::size_t limit_;
    std::atomic<std::size_t> in_use_{0};
    std::atomic<std::size_t> peak_{0};
    std::atomic<std::uint64_t> allocations_{0};
    std::atomic<std::size_t> live_{0};
};

}  // namespace weft
