// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A number beside bools, which are no numbers.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<bool, weft::dyn>>("a");
    weft::node n = a * 2;
}
// expected-error {{weft::elementwise_operands<weft::ops::mul, weft::tensor<bool.*, int>}}
// expected-error {{weft: a number of this type does not fit}}
// max-error-lines 12
