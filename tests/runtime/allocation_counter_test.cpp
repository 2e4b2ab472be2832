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

// Relaxed: a number that nothing else depends on.
std::atomic<std::size_t> allocations{0};

void* counted(std::size_t bytes, std::size_t alignment) {
    allocations.fetch_add(1, std::memory_order_relaxed);
    const std::size_t rounded = (bytes / alignment + 1) * alignment;
    void* const memory = alignment <= alignof(std::max_align_t)
                             ? std::malloc(bytes == 0 ? 1 : bytes)
                             : std::aligned_alloc(alignment, rounded);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

}  // namespace

std::size_t weft_test::allocations_so_far() noexcept {
    return allocations.load(std::memory_order_relaxed);
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
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete[](void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, bytes_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete[](void* p, bytes_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, aligned_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete[](void* p, aligned_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, bytes_t, aligned_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete[](void* p, bytes_t, aligned_t) noexcept { std::free(p); }

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
