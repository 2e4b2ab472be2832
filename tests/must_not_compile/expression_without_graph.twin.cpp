// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/weft.hpp>

int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, weft::dyn, 3>>("a");
    weft::node n = a + weft::zeros<float, 3>();
    static_cast<void>(n);
}
