// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Functions of two and three floating-point operands, of each type.
#include <ops/binary_functions.hpp>

TEST_CASE_TEMPLATE("functions of two operands", T, float, double, weft::half, weft::bfloat16) {
    weft_test::check_float_functions<T>();
}

TEST_CASE("floating-point arithmetic does not fail") {
    weft_test::test_graph graph;
    const auto x = graph.placeholder<weft_test::vector_of<float>>();
    const weft::node quotient = x / 0.0f;
    const weft::node remainder = x % 0.0f;
    CHECK_FALSE(graph.record(quotient.id()).fallible);
    CHECK_FALSE(graph.record(remainder.id()).fallible);
}
