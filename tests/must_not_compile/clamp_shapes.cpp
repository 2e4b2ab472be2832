// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A limit for each of three columns where there are four.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, weft::dyn, 4>>("a");
    auto b = g.placeholder<weft::tensor<float, 3>>("b");
    weft::node n = clamp(a, 0, b);
}
// expected-error {{weft::elementwise_operands<weft::ops::clamp, }}
// expected-error {{weft: these shapes do not broadcast}}
// max-error-lines 12
