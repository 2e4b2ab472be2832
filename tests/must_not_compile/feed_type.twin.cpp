// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The right way for feed_type.cpp: the fed tensor has the placeholder's element type.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, weft::dyn>>("a");
    weft::session s{g};
    s.run({weft::feed(a, weft::tensor<float, weft::dyn>{1.0f, 2.0f})}, a);
}
