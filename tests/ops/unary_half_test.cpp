// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Functions of one operand, of half, which is computed in float.
#include <ops/unary_functions.hpp>

TEST_CASE("functions of half that are exact or rounded once") {
    weft_test::check_exact_functions<weft::half>();
}
TEST_CASE("functions of half that are elementary") {
    weft_test::check_elementary_functions<weft::half>();
}
TEST_CASE("activation functions of half") { weft_test::check_activations<weft::half>(); }
