// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The right way for axis_twice.cpp: two different axes.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, weft::dyn, 3>>("a");
    [[maybe_unused]] weft::node c = weft::max<0, -1>(a * 2.0f);
}
