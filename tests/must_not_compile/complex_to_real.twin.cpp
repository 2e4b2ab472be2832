// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The right way for complex_to_real.cpp: a cast to complex numbers.
#include <weft/weft.hpp>
#include <weft/core/complex.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<std::complex<float>, 4>>("a");
    [[maybe_unused]] weft::node n = weft::cast<std::complex<double>>(a);
}
