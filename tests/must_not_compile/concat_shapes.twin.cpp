// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The right way for concat_shapes.cpp: side by side they fit.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, 2, 3>>("a");
    auto b = g.placeholder<weft::tensor<float, 2, 4>>("b");
    [[maybe_unused]] weft::node c = weft::concat<1>(a, b);
}
