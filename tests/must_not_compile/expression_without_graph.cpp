// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/weft.hpp>

int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, weft::dyn, 3>>("a");
    weft::node n = weft::zeros<float, 3>();  // expected-error {{weft::require_graph<.*ops::zeros}}
    static_cast<void>(a);
}
// max-error-lines 12
