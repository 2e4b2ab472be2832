// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Arithmetic of unsigned integers: it wraps around, division by zero fails.
#include <ops/binary_functions.hpp>

TEST_CASE_TEMPLATE("arithmetic of unsigned integers", T, std::uint8_t, std::uint16_t, std::uint32_t,
                   std::uint64_t) {
    weft_test::check_integer_functions<T>();
}
TEST_CASE_TEMPLATE("what unsigned integers refuse", T, std::uint8_t, std::uint32_t, std::uint64_t) {
    weft_test::check_integer_failures<T>();
}
