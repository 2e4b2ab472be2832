// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Arithmetic of signed integers: it wraps around, division by zero fails.
#include <ops/binary_functions.hpp>

TEST_CASE_TEMPLATE("arithmetic of signed integers", T, std::int8_t, std::int16_t, std::int32_t,
                   std::int64_t) {
    weft_test::check_integer_functions<T>();
}
TEST_CASE_TEMPLATE("what signed integers refuse", T, std::int8_t, std::int32_t, std::int64_t) {
    weft_test::check_integer_failures<T>();
}
