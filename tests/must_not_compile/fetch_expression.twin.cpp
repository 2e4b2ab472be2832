// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/weft.hpp>

int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, weft::dyn, 3>>("a");
    weft::session s{g};
    weft::node next = a + 1.0f;
    s.run(next);
}
