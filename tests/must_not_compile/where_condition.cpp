// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A condition of numbers.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, weft::dyn>>("a");
    weft::node n = where(a, a, 0);
}
// expected-error {{weft::where_operands<weft::tensor<float}}
// expected-error {{weft: the condition of where.* is a tensor of bool}}
// max-error-lines 12
