// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The right way for conv2d_window.cpp: with padding it fits.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto x = g.placeholder<weft::tensor<float, 1, 3, 4, 4>>("x");
    auto w = g.placeholder<weft::tensor<float, 8, 3, 5, 5>>("w");
    constexpr weft::conv2d_options padded{.padding = 1};
    [[maybe_unused]] weft::node c = weft::conv2d<padded>(x, w);
}
