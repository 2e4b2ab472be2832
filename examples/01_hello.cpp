// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The program of the README: a typed graph, fused by the compiler, placed on devices, run.
#include <weft/weft.hpp>

#include <iostream>

using namespace weft;

int main() {
    graph g;
    auto x = g.placeholder<tensor<float, dyn, 3>>("x");  // rows of 3, as many as are fed
    auto w = g.constant(tensor<float, 3, 2>{{1, 4}, {2, 5}, {3, 6}}, "w");
    auto b = g.constant(tensor<float, 2>{0.5f, -20}, "b");
    node y{relu(matmul(x, w) + b) * 2.0f, "y"};  // one kernel; a node<tensor<float, dyn, 2>>
    node best{on<cpu>(argmax<1>(y)), "best"};    // pinned: would not compile without a kernel

    session s{g, {.emulated_gpus = 1}};
    auto [rows, top] = s.run({feed(x, tensor<float, dyn, 3>{{1, 2, 3}, {0, 1, 0}})}, y, best);
    for (std::size_t i = 0; i < rows.extent(0); ++i)
        std::cout << rows(i, 0) << ' ' << rows(i, 1) << " -> " << top[i] << '\n';
    std::cout << s.explain(best).to_string();
}
