// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Values of two types.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, weft::dyn>>("a");
    auto b = g.placeholder<weft::tensor<double, weft::dyn>>("b");
    weft::node n = where(a > 0, a, b);
}
// expected-error {{weft::where_operands<.*float.*double}}
// expected-error {{weft: the values of where have different element types}}
// max-error-lines 12
