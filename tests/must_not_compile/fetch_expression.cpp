// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/weft.hpp>

int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, weft::dyn, 3>>("a");
    weft::session s{g};
    s.run(a + 1.0f);  // expected-error {{weft::require_node<.*ops::add}}
}
// max-error-lines 12
