// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The right way for shapes.cpp: the columns of the first matrix are the rows of the second.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, 8, 3>>("a");
    auto b = g.placeholder<weft::tensor<float, 3, 5>>("b");
    [[maybe_unused]] weft::node c = weft::matmul(a, b);
}
