// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The right way for reshape_size.cpp: six elements stay six.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, 2, 3>>("a");
    [[maybe_unused]] weft::node c = weft::reshape<3, 2>(a);
}
