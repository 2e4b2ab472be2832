// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The right way for mean_of_integers.cpp: fractions are asked for.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<std::int32_t, 5>>("a");
    [[maybe_unused]] weft::node c = weft::mean(weft::cast<float>(a));
}
