// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How often operator new has been called in this test program, by any thread, since it started. The
// operators themselves are in allocation_counter_test.cpp: a program can replace them only once.
#pragma once

#include <cstddef>

namespace weft_test {

std::size_t allocations_so_far() noexcept;

}  // namespace weft_test
