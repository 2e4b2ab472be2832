// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A window that is larger than the image.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto x = g.placeholder<weft::tensor<float, 1, 3, 4, 4>>("x");
    auto w = g.placeholder<weft::tensor<float, 8, 3, 5, 5>>("w");
    weft::node c = weft::conv2d(x, w);  // expected-error {{weft: the window, with its dilation}}
}
// max-error-lines 12
