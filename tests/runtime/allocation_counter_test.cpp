// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The counting operator new of this test program, and that it counts.
#include "allocation_counter.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace {

// Relaxed: numbers that nothing else depends on.
std::atomic<std::size_t> allocations{0};
std::atomic<std::size_t> freed{0};
std::atomic<std::size_t> first_failing{static_cast<std::size_t>(-1)};
std::atomic<bool> all_fail{false};

void* counted(std::size_t bytes, std::size_t alignment) {
    const std::size_t number = allocations.fetch_add(1, std::memory_order_relaxed);
    const std::size_t first = first_failing.load(std::memory_order_relaxed);
    if (number == first || (number > first && all_fail.load(std::memory_order_relaxed))) {
        freed.fetch_add(1, std::memory_order_relaxed);
        throw std::bad_alloc();
    }
    const std::size_t rounded = (bytes / alignment + 1) * alignment;
    void* const memory = alignment <= alignof(std::max_align_t)
                             ? std::malloc(bytes == 0 ? 1 : bytes)
                             : std::aligned_alloc(alignment, rounded);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}
void release(void* memory) noexcept {
    if (memory != nullptr) freed.fetch_add(1, std::memory_order_relaxed);
    std::free(memory);
}

}  // namespace

std::size_t weft_test::allocations_so_far() noexcept {
    return allocations.load(std::memory_order_relaxed);
}
std::size_t weft_test::live_allocations() noexcept {
    return allocations.load(std::memory_order_relaxed) - freed.load(std::memory_order_relaxed);
}
weft_test::failing_allocations::failing_allocations(std::size_t first, bool all) noexcept {
    all_fail.store(all, std::memory_order_relaxed);
    first_failing.store(allocations_so_far() + first, std::memory_order_relaxed);
}
weft_test::failing_allocations::~failing_allocations() {
    first_failing.store(static_cast<std::size_t>(-1), std::memory_order_relaxed);
}

// Not inline: g++ would see through them, and warn that memory from new ends in free().
using bytes_t = std::size_t;
using aligned_t = std::align_val_t;
[[gnu::noinline]] void* operator new(bytes_t n) { return counted(n, 1); }
[[gnu::noinline]] void* operator new[](bytes_t n) { return counted(n, 1); }
[[gnu::noinline]] void* operator new(bytes_t n, aligned_t a) { return counted(n, bytes_t(a)); }
[[gnu::noinline]] void* operator new[](bytes_t n, aligned_t a) {
    return counted(n, bytes_t(a));
}
// What std::stable_sort calls. AddressSanitizer has one of its own, which free() does not match.
[[gnu::noinline]] void* operator new(bytes_t n, const std::nothrow_t&) noexcept {
    try {
        return counted(n, 1);
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}
[[gnu::noinline]] void operator delete(void* p) noexcept { release(p); }
[[gnu::noinline]] void operator delete[](void* p) noexcept { release(p); }
[[gnu::noinline]] void operator delete(void* p, bytes_t) noexcept { release(p); }
[[gnu::noinline]] void operator delete[](void* p, bytes_t) noexcept { release(p); }
[[gnu::noinline]] void operator delete(void* p, aligned_t) noexcept { release(p); }
[[gnu::noinline]] void operator delete[](void* p, aligned_t) noexcept { release(p); }
[[gnu::noinline]] void operator delete(void* p, bytes_t, aligned_t) noexcept { release(p); }
[[gnu::noinline]] void operator delete[](void* p, bytes_t, aligned_t) noexcept { release(p); }

TEST_CASE("the counter counts") {
    const std::size_t before = weft_test::allocations_so_far();
    // Called as functions: a new-expression may be left out by the compiler.
    void* const plain = ::operator new(100);
    void* const aligned = ::operator new(100, std::align_val_t{256});
    CHECK(reinterpret_cast<std::uintptr_t>(aligned) % 256 == 0);
    ::operator delete(plain);
    ::operator delete(aligned, std::align_val_t{256});
    CHECK(weft_test::allocations_so_far() - before == 2);
}

TEST_CASE("allocations fail on demand, one or all from there on") {
    const std::size_t live = weft_test::live_allocations();
    const auto failures = [](std::size_t first, bool all) {
        int failed = 0;
        const weft_test::failing_allocations from(first, all);
        for (int i = 0; i < 5; ++i) {
            try {
                ::operator delete(::operator new(10));
            } catch (const std::bad_alloc&) {
                ++failed;
            }
        }
        return failed;
    };
    CHECK(failures(0, false) == 1);
    CHECK(failures(4, false) == 1);
    CHECK(failures(5, false) == 0);
    CHECK(failures(1, true) == 4);
    CHECK(weft_test::live_allocations() == live);
}
