// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Functions of one operand, of double.
#include <ops/unary_functions.hpp>

TEST_CASE("functions of double that are exact or rounded once") {
    weft_test::check_exact_functions<double>();
}
TEST_CASE("functions of double that are elementary") {
    weft_test::check_elementary_functions<double>();
}
TEST_CASE("activation functions of double") { weft_test::check_activations<double>(); }
