// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A reduction over one axis under two names.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, weft::dyn, 3>>("a");
    weft::node c = weft::max<1, -1>(a * 2.0f);  // expected-error {{weft: an axis is named twice}}
}
// max-error-lines 12
