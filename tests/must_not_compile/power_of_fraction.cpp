// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A power of integers that is no integer.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<std::int32_t, weft::dyn>>("a");
    weft::node n = pow(a, 0.5);
}
// expected-error {{weft::elementwise_operands<weft::ops::pow, weft::tensor<int.*, double>}}
// expected-error {{weft: a number of this type does not fit}}
// max-error-lines 12
