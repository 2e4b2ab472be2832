// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/cluster/strategy.hpp>

int main() {
    weft::graph g;
    auto w = g.variable(weft::tensor<float, 3>{1, 2, 3});
    auto dw = g.placeholder<weft::tensor<double, 3>>("dw");
    weft::async_ps{}.apply(w, dw);  // expected-error {{a gradient has the element type and the shape of its variable}}
}
// max-error-lines 16
