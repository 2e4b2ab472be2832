// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Functions of one operand, of float.
#include <ops/unary_functions.hpp>

TEST_CASE("functions of float that are exact or rounded once") {
    weft_test::check_exact_functions<float>();
}
TEST_CASE("functions of float that are elementary") {
    weft_test::check_elementary_functions<float>();
}
TEST_CASE("activation functions of float") { weft_test::check_activations<float>(); }
