// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// One builder, run twice: by the compiler, which then refuses a program whose model would not be
// where it should, and by the program, which computes.
#include <weft/placement_of.hpp>
#include <weft/weft.hpp>

#include <iostream>
#include <utility>

using namespace weft;

constexpr auto model = [](auto& g) {
    auto x = g.template placeholder<tensor<float, 2, 3>>("x");
    device_scope first{g, "/gpu:0"};
    auto w = g.variable(tensor<float, 3, 2>{{1, 0}, {0, 1}, {1, 1}}, "w");
    node hidden{relu(matmul(x, w)), "hidden"};
    device_scope second{g, "/gpu:1"};
    node out{softmax(hidden), "out"};
    node picked{argmax<1>(out), "picked"};
    return std::pair{x, picked};
};

// On the machine that it is for, nothing is anywhere else, and two tensors travel.
constexpr auto there = placement_of<model>(machine{.gpus = 2});
static_assert(there.fallbacks == 0 && there.errors == 0);
static_assert(there.copies == 2 && there.copied_bytes == 24 + 16);
static_assert(there.device_of("w") == there.device_of("hidden"));
// One GPU fewer, and two nodes would have to move: the second static_assert would not compile.
constexpr auto smaller = placement_of<model>(machine{.gpus = 1});
static_assert(smaller.fallbacks == 2);

int main() {
    for (std::size_t i = 0; i < there.nodes; ++i)
        std::cout << there[i].name << ": " << there[i].device.view() << ", "
                  << name_of(there[i].reason) << '\n';

    graph g;
    auto [x, picked] = model(g);
    session s{g, {.emulated_gpus = 2}};
    s.initialize();
    auto best = s.run({feed(x, tensor<float, 2, 3>{{1, 2, 3}, {3, 2, 1}})}, picked);
    std::cout << best[0] << ' ' << best[1] << '\n';
}
