// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The right way for logical_of_numbers.cpp: comparisons.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, weft::dyn>>("a");
    auto b = g.placeholder<weft::tensor<float, weft::dyn>>("b");
    [[maybe_unused]] weft::node n = a != 0 && b != 0;
}
