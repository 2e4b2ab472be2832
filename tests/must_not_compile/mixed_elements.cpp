// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Numbers of two types in one expression.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, weft::dyn>>("a");
    auto b = g.placeholder<weft::tensor<double, weft::dyn>>("b");
    weft::node n = a * b + 1.0f;
}
// expected-error {{weft::elementwise_operands<weft::ops::mul, .*float.*double}}
// expected-error {{weft: the operands have different element types .*cast<T>\(x\)}}
// max-error-lines 12
