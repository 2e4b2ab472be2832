// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A comparison of numbers of two types; != is not the negation of ==.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, weft::dyn>>("a");
    auto b = g.placeholder<weft::tensor<std::int32_t, weft::dyn>>("b");
    weft::node n = a != b;
}
// expected-error {{weft::elementwise_operands<weft::ops::not_equal, .*float.*int}}
// expected-error {{weft: the operands have different element types}}
// max-error-lines 12
