// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/cluster/strategy.hpp>

int main() {
    weft::graph g;
    auto w = g.variable(weft::tensor<float, 3>{1, 2, 3});
    auto dw = g.placeholder<weft::tensor<float, 3>>("dw");
    weft::async_ps{}.apply(w, dw);
}
