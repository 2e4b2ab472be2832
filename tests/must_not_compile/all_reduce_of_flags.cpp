// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/cluster/all_reduce.hpp>

int main() {
    weft::graph g;
    auto x = g.placeholder<weft::tensor<float, 3>>("x");
    weft::cluster c({{"worker", 2}}, 0);
    weft::all_reduce(c.job("worker"), weft::reduce_op::max, x > 0.0f);  // expected-error {{all_reduce combines float, double, half, bfloat16, and integers}}
}
// max-error-lines 12
