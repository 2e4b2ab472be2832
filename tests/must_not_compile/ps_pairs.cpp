// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/cluster/strategy.hpp>

int main() {
    weft::graph g;
    auto w = g.variable(1.0f), b = g.variable(1.0f);
    auto dw = g.placeholder<weft::tensor<float>>("dw");
    weft::async_ps{}.apply(w, dw, b);  // expected-error {{apply takes variables, each with its gradient: apply\(w, dw, b, db\)}}
}
// max-error-lines 14
