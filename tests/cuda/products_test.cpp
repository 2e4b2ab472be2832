// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Products in sessions on a GPU that CUDA drives, with the expression that reads them: evaluated by
// the product's kernel where it is a bias and an activation, else behind it.
#include <cuda_on_cpu.hpp>

#include <weft/weft.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace weft;

namespace {

using batch = tensor<float, dyn, 5>;
using weights = tensor<float, 5, 3>;
using bias = tensor<float, 3>;

template <class Tensor>
Tensor counted(const dims& shape) {
    Tensor out = Tensor::uninitialized(shape);
    int n = 0;
    for (auto& element : out) element = static_cast<float>(n++ * 7 % 11 - 5) * 0.25f;
    return out;
}

// Kernels that `expression` of a product, and a bias, takes on the GPU; its result is checked.
template <class Expression>
long launches(Expression expression) {
    cuda_on_cpu::set_up();
    graph g;
    auto x = g.placeholder<batch>("x");
    auto w = g.constant(counted<weights>({5, 3}), "w");
    auto b = g.constant(bias{0.5f, -1, 0.25f}, "b");
    const node on_cpu = [&] {
        device_scope place(g, "/cpu:0");
        return node(expression(matmul(x, w), b));
    }();
    const node on_gpu = [&] {
        device_scope place(g, "/gpu:0");
        return node(expression(matmul(x, w), b));
    }();
    session s{g, {.use_per_session_threads = true}};
    const batch in = counted<batch>({4, 5});
    const auto wanted = s.run({feed(x, in)}, on_cpu);
    s.run({feed(x, in)}, on_gpu);
    cuda_on_cpu::reset_calls();
    const auto found = s.run({feed(x, in)}, on_gpu);
    const long kernels = cuda_on_cpu::calls("cudaLaunchKernelEx");
    REQUIRE(found.shape() == wanted.shape());
    float worst = 0;
    for (std::size_t i = 0; i < found.size(); ++i)
        worst = std::max(worst, std::abs(found.data()[i] - wanted.data()[i]));
    CHECK(worst < 1e-5f);
    return kernels;
}

}  // namespace

TEST_CASE("a bias and an activation are part of the product's kernel") {
    const long alone = launches([](auto product, auto) { return product; });
    const auto check = [&](long kernels) {
        if constexpr (cuda_on_cpu::counts_calls) CHECK(kernels == alone);
    };
    check(launches([](auto product, auto) { return relu(product); }));
    check(launches([](auto product, auto b) { return product + b; }));
    check(launches([](auto product, auto b) { return relu(b + product); }));
    check(launches([](auto product, auto b) { return gelu_tanh(product + b); }));
}

TEST_CASE("any other expression is evaluated behind it") {
    const long alone = launches([](auto product, auto) { return product; });
    const auto check = [&](long kernels) {
        if constexpr (cuda_on_cpu::counts_calls) CHECK(kernels > alone);
    };
    check(launches([](auto product, auto b) { return tanh(product) * b; }));
    check(launches([](auto product, auto b) { return product * 2.0f + b; }));
}
