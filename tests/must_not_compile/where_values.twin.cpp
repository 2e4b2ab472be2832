// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The right way for where_values.cpp: one of them is cast.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, weft::dyn>>("a");
    auto b = g.placeholder<weft::tensor<double, weft::dyn>>("b");
    [[maybe_unused]] weft::node n = where(a > 0, a, weft::cast<float>(b));
}
