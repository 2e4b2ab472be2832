// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The largest of no elements.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, 0, 3>>("a");
    weft::node c = weft::max<0>(a);  // expected-error {{weft: this reduction of an empty dimension has no value}}
}
// max-error-lines 12
