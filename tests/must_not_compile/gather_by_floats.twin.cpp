// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The right way for gather_by_floats.cpp: they are converted.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, 2, 3>>("a");
    [[maybe_unused]] weft::node c = weft::gather<0>(a, weft::cast<std::int32_t>(a));
}
