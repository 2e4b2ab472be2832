// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/weft.hpp>

int main() {
    weft::graph g;
    auto a = g.placeholder<weft::tensor<float, weft::dyn, 3>>("a");
    weft::session s{g};
    auto step = s.make_callable(weft::feeds(a), weft::fetches(a));
    step(weft::tensor<double, weft::dyn, 3>{});  // expected-error {{weft::require_feed_type<weft::tensor<float, .*double}}
}
// max-error-lines 12
