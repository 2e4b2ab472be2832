// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The right way for clamp_shapes.cpp: three columns.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, weft::dyn, 4>>("a");
    auto b = g.placeholder<weft::tensor<float, 3>>("b");
    [[maybe_unused]] weft::node n = clamp(weft::slice<1, 0, 3>(a), 0, b);
}
