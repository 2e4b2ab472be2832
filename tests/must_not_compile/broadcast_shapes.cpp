// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Columns of three plus a vector of two: shapes are aligned at the last axis.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, 2, 3>>("a");
    auto b = g.placeholder<weft::tensor<float, 2>>("b");
    weft::node c = a + b;  // expected-error {{weft: these shapes do not broadcast}}
}
// max-error-lines 12
