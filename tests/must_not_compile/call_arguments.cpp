// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/weft.hpp>

int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, weft::dyn, 3>>("a");
    weft::call([](int x) { return x; }, a);  // expected-error {{weft: the callable does not take these values}}
}
// max-error-lines 12
