// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A logical operator of numbers.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, weft::dyn>>("a");
    auto b = g.placeholder<weft::tensor<float, weft::dyn>>("b");
    weft::node n = a && b;
}
// expected-error {{weft::missing<weft::ops::logical_and, weft::cpu, float>}}
// expected-error {{weft: no device kind of this graph has a kernel}}
// max-error-lines 12
