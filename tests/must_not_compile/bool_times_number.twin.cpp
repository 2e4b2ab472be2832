// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The right way for bool_times_number.cpp: bools are cast to numbers.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<bool, weft::dyn>>("a");
    [[maybe_unused]] weft::node n = weft::cast<int>(a) * 2;
}
