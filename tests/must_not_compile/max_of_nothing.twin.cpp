// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The right way for max_of_nothing.cpp: the other axis is not empty.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, 0, 3>>("a");
    [[maybe_unused]] weft::node c = weft::max<1>(a);
}
