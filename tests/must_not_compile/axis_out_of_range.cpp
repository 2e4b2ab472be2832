// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A reduction over an axis that the tensor does not have.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, weft::dyn, 3>>("a");
    weft::node c = weft::sum<2>(a);  // expected-error {{weft::reduction_of<weft::ops::sum, .*, 2>}}
}
// max-error-lines 12
