// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The right way for where_shapes.cpp: three of the values.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, 3>>("a");
    auto b = g.placeholder<weft::tensor<float, 4>>("b");
    [[maybe_unused]] weft::node n = where(a > 0, weft::slice<0, 0, 3>(b), 0);
}
