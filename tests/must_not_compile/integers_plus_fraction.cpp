// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A number that is no integer beside integers.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<std::int32_t, weft::dyn>>("a");
    weft::node n = a + 2.5;
}
// expected-error {{weft::elementwise_operands<weft::ops::add, weft::tensor<int.*, double>}}
// expected-error {{weft: a number of this type does not fit}}
// max-error-lines 12
