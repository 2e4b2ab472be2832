// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The second file of the program in a.cpp.
#include <weft/weft.hpp>

float doubled_in_b(weft::graph& g, weft::node<weft::tensor<float>> x) {
    weft::node twice = x * 2.0f;
    weft::session s{g};
    return s.run(twice);
}
