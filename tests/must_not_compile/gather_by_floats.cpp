// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Indices that are no integers.
#include <weft/weft.hpp>
int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, 2, 3>>("a");
    weft::node c = weft::gather<0>(a, a);  // expected-error {{weft: indices and labels are std::int32_t or std::int64_t}}
}
// max-error-lines 12
