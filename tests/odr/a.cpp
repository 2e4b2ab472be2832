// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Two files of one program include weft: nothing may be defined twice, and a graph made in one file
// is the same thing in the other.
#include <weft/weft.hpp>

#include <cstdio>

float doubled_in_b(weft::graph& g, weft::node<weft::tensor<float>> x);

int main() {
    weft::graph g;
    auto a = g.constant(3.0f, "a");
    auto b = g.constant(4.0f, "b");
    weft::node c = a * b;
    weft::session s{g};
    const float here = s.run(c);
    const float there = doubled_in_b(g, c);
    std::printf("%g %g\n", static_cast<double>(here), static_cast<double>(there));
    return here == 12.0f && there == 24.0f ? 0 : 1;
}
