// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The program that every route of packaging builds: it uses a graph, threads, and no macro.
#include <weft/weft.hpp>

#include <cstdio>

int main() {
    weft::graph g;
    auto a = g.constant(3.0f, "a");
    auto b = g.constant(4.0f, "b");
    weft::node c = a * b;
    weft::session s{g, {.inter_op_parallelism_threads = 2}};
    const float product = s.run(c);
    std::printf("%g\n", static_cast<double>(product));
    return product == 12.0f ? 0 : 1;
}
