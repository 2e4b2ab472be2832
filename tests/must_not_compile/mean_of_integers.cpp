// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The mean of integers, which is none.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<std::int32_t, 5>>("a");
    weft::node c = weft::mean(a);  // expected-error {{weft: .*its result is no integer; write cast<float>\(x\)}}
}
// max-error-lines 12
