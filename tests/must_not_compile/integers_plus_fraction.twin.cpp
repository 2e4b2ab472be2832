// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The right way for integers_plus_fraction.cpp: the integers are cast.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<std::int32_t, weft::dyn>>("a");
    [[maybe_unused]] weft::node n = weft::cast<double>(a) + 2.5;
}
