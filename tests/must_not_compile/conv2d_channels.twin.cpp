// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The right way for conv2d_channels.cpp: the layout is said.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto x = g.placeholder<weft::tensor<float, weft::dyn, 28, 28, 3>>("x");
    auto w = g.placeholder<weft::tensor<float, 5, 5, 3, 16>>("w");
    constexpr weft::conv2d_options last{.layout = weft::image_layout::nhwc};
    [[maybe_unused]] weft::node c = weft::conv2d<last>(x, w);
}
