// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The right way for broadcast_shapes.cpp: the vector is made a column.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, 2, 3>>("a");
    auto b = g.placeholder<weft::tensor<float, 2>>("b");
    [[maybe_unused]] weft::node c = a + weft::expand_dims<1>(b);
}
