// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The right way for matmul_batches.cpp: each with each.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, 2, 8, 3>>("a");
    auto b = g.placeholder<weft::tensor<float, 5, 3, 4>>("b");
    [[maybe_unused]] weft::node c = weft::matmul(weft::expand_dims<1>(a), b);
}
