// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A reshape to another number of elements.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, 2, 3>>("a");
    weft::node c = weft::reshape<4, 2>(a);  // expected-error {{weft: reshape keeps the number of elements}}
}
// max-error-lines 12
