// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/weft.hpp>

int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, weft::dyn, 3>>("a");
    weft::node n = weft::exp(weft::cast<int>(a)) + 1;  // expected-error {{weft::require_some_kernel<weft::missing<weft::ops::exp, weft::cpu, int>}}
}
// max-error-lines 12
