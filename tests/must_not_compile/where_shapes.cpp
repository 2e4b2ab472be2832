// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A condition of three elements for values of four.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, 3>>("a");
    auto b = g.placeholder<weft::tensor<float, 4>>("b");
    weft::node n = where(a > 0, b, 0);
}
// expected-error {{weft::where_operands<.*bool, 3.*float, 4}}
// expected-error {{weft: the shapes of condition and values do not broadcast}}
// max-error-lines 12
