// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The right way for image_rank.cpp: a batch of one.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto x = g.placeholder<weft::tensor<float, 3, 28, 28>>("x");
    auto w = g.placeholder<weft::tensor<float, 8, 3, 5, 5>>("w");
    [[maybe_unused]] weft::node c = weft::conv2d(weft::expand_dims<0>(x), w);
}
