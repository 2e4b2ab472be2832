// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A cast that would drop imaginary parts.
#include <weft/weft.hpp>
#include <weft/core/complex.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<std::complex<float>, 4>>("a");
    weft::node n = weft::cast<float>(a);
}
// expected-error {{weft::missing<weft::ops::cast<float>, weft::cpu, std::complex<float>}}
// expected-error {{weft: no device kind of this graph has a kernel}}
// max-error-lines 12
