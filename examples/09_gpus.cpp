// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// GPUs: those of this machine where the program is built with CUDA and there are some, else one
// that is emulated. The program is the same, and so are its numbers, whoever computes them.
#include "09_gpus.hpp"

#include <weft/cuda/devices.hpp>

#include <iomanip>
#include <iostream>

using namespace weft;

namespace {

bool has_gpu() {
    if constexpr (has_cuda) return !cuda_devices().empty();
    return false;
}

}  // namespace

int main() {
    graph g;
    auto x = g.placeholder<tensor<float, dyn>>("x");
    auto scale = g.variable(tensor<float, dyn>{0.5f, 1.0f, 2.0f}, "scale");
    device_scope on_gpu{g, "/gpu:0"};
    node y{model(x, scale), "y"};      // one kernel
    node total{sum(y), "total"};
    session s{g, {.emulated_gpus = has_gpu() ? 0 : 1}};
    s.initialize();

    auto step = s.make_callable(feeds(x), fetches(y, total));
    const auto [values, together] = step(tensor<float, dyn>{1.0f, -2.0f, 3.0f});
    std::cout << std::fixed << std::setprecision(4);
    for (const float value : values) std::cout << value << ' ';
    std::cout << "make " << together << ", computed on " << s.device_of(y) << '\n';
}
