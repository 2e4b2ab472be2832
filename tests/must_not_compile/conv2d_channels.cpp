// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Images with channels last, convolved as if they came first.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto x = g.placeholder<weft::tensor<float, weft::dyn, 28, 28, 3>>("x");
    auto w = g.placeholder<weft::tensor<float, 5, 5, 3, 16>>("w");
    weft::node c = weft::conv2d(x, w);  // expected-error {{weft: filters have as many channels}}
}
// max-error-lines 12
