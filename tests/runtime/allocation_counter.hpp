// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How often operator new has been called in this test program, by any thread, since it started, and
// calls that fail on demand. The operators themselves are in allocation_counter_test.cpp: a program
// can replace them only once.
#pragma once

#include <cstddef>

namespace weft_test {

std::size_t allocations_so_far() noexcept;
// Those that have not been freed.
std::size_t live_allocations() noexcept;

// While it lives, allocation number `first` from now on fails, of whatever thread, and with `all`
// every later one too; 0 is the next one.
class failing_allocations {
public:
    explicit failing_allocations(std::size_t first, bool all = false) noexcept;
    failing_allocations(const failing_allocations&) = delete;
    failing_allocations& operator=(const failing_allocations&) = delete;
    ~failing_allocations();
};

}  // namespace weft_test
