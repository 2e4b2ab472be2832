// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// An image without a batch.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto x = g.placeholder<weft::tensor<float, 3, 28, 28>>("x");
    auto w = g.placeholder<weft::tensor<float, 8, 3, 5, 5>>("w");
    weft::node c = weft::conv2d(x, w);  // expected-error {{weft: images have four axes}}
}
// max-error-lines 12
