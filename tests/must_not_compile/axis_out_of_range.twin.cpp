// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The right way for axis_out_of_range.cpp: the last of two axes is 1, or -1.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, weft::dyn, 3>>("a");
    [[maybe_unused]] weft::node c = weft::sum<-1>(a);
}
