// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The right way for mixed_comparison.cpp: one of them is cast.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, weft::dyn>>("a");
    auto b = g.placeholder<weft::tensor<std::int32_t, weft::dyn>>("b");
    [[maybe_unused]] weft::node n = a != weft::cast<float>(b);
}
