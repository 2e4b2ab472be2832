// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Rows of different lengths one below the other.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, 2, 3>>("a");
    auto b = g.placeholder<weft::tensor<float, 2, 4>>("b");
    weft::node c = weft::concat<0>(a, b);  // expected-error {{weft: tensors that are joined must have}}
}
// max-error-lines 12
