// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Functions of one operand, of bfloat16, which is computed in float.
#include <ops/unary_functions.hpp>

TEST_CASE("functions of bfloat16 that are exact or rounded once") {
    weft_test::check_exact_functions<weft::bfloat16>();
}
TEST_CASE("functions of bfloat16 that are elementary") {
    weft_test::check_elementary_functions<weft::bfloat16>();
}
TEST_CASE("activation functions of bfloat16") { weft_test::check_activations<weft::bfloat16>(); }
