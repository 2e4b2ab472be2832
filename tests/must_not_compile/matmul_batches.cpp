// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Two matrices cannot be multiplied with five, one by one.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, 2, 8, 3>>("a");
    auto b = g.placeholder<weft::tensor<float, 5, 3, 4>>("b");
    weft::node c = weft::matmul(a, b);  // expected-error {{weft: }}
}
// max-error-lines 12
