// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Kernels of a plan as one CUDA graph: what a step of a warm callable asks CUDA for, and what makes
// it record again.
#include <cuda_on_cpu.hpp>

#include <weft/weft.hpp>

#include <doctest/doctest.h>

using namespace weft;

namespace {

using vec = tensor<float, dyn>;

// Four kernels that follow each other.
template <class Scale>
auto model(const node<vec>& x, const Scale& scale) {
    node a(tanh(x) * scale);
    node b(a * a + x);
    node c(maximum(b, a));
    return node(c - b);
}
float expected(float x, float scale) {
    const float a = std::tanh(x) * scale, b = a * a + x;
    return std::max(b, a) - b;
}

const session_options own_threads{.use_per_session_threads = true};

}  // namespace

TEST_CASE("a replayed step is one launch, whatever is fed") {
    cuda_on_cpu::set_up({.seed = 7});
    graph g;
    auto x = g.placeholder<vec>("x");
    device_scope on_gpu(g, "/gpu:0");
    node y = model(x, 0.5f);
    session s{g, own_threads};
    auto step = s.make_callable(feeds(x), fetches(y));
    for (int i = 0; i < 6; ++i) step(vec{1, 2, 3});
    cuda_on_cpu::reset_calls();
    const auto out = step(vec{-1, 0.25f, 4});
    CHECK(cuda_on_cpu::calls("cudaGraphLaunch") == 1);
    CHECK(cuda_on_cpu::calls("cudaLaunchKernelEx") == 0);
    CHECK(cuda_on_cpu::calls("cudaStreamBeginCapture") == 0);
    CHECK(out.data()[0] == doctest::Approx(expected(-1, 0.5f)));
    CHECK(out.data()[1] == doctest::Approx(expected(0.25f, 0.5f)));
    CHECK(out.data()[2] == doctest::Approx(expected(4, 0.5f)));
    CHECK(cuda_on_cpu::violation() == "");
}

TEST_CASE("another shape is recorded anew") {
    cuda_on_cpu::set_up();
    graph g;
    auto x = g.placeholder<vec>("x");
    device_scope on_gpu(g, "/gpu:0");
    node y = model(x, 2.0f);
    session s{g, own_threads};
    auto step = s.make_callable(feeds(x), fetches(y));
    for (const std::size_t n : {3, 100, 3, 5000})
        for (int i = 0; i < 6; ++i) {
            vec in = vec::zeros({n});
            for (std::size_t k = 0; k < n; ++k) in.data()[k] = static_cast<float>(k) * 0.01f;
            const auto out = step(in);
            REQUIRE(out.size() == n);
            CHECK(out.data()[n - 1] == doctest::Approx(expected(in.data()[n - 1], 2)));
        }
    CHECK(cuda_on_cpu::calls("cudaGraphLaunch") > 0);
}

TEST_CASE("a variable that is written between runs is read with its new value") {
    cuda_on_cpu::set_up();
    graph g;
    auto x = g.placeholder<vec>("x");
    device_scope on_gpu(g, "/gpu:0");
    auto scale = g.variable(1.0f, "scale");
    node y = model(x, scale);
    auto grow = scale.assign_add(1.0f);
    session s{g, own_threads};
    s.initialize();
    auto step = s.make_callable(feeds(x), fetches(y));
    for (int i = 1; i < 12; ++i) {
        const auto out = step(vec{0.5f});
        CHECK(out.data()[0] == doctest::Approx(expected(0.5f, static_cast<float>(i))));
        s.run(grow);
    }
}

TEST_CASE("a kernel's fault and a lost GPU are told of replays, too") {
    cuda_on_cpu::set_up();
    graph g;
    auto x = g.placeholder<tensor<int, dyn>>("x");
    device_scope on_gpu(g, "/gpu:0");
    node a(x + 1, "a"), b(12 / x, "b");
    node sum(a + b, "sum");
    session s{g, own_threads};
    auto step = s.make_callable(feeds(x), fetches(sum));
    for (int i = 0; i < 6; ++i) CHECK(step(tensor<int, dyn>{3, 4}).data()[1] == 8);
    try {
        step(tensor<int, dyn>{3, 0});
        FAIL("nothing was thrown");
    } catch (const error& e) {
        CHECK(e.code() == errc::invalid_argument);
        CHECK(e.node() == "b");
    }
    CHECK(step(tensor<int, dyn>{2, 6}).data()[0] == 9);
    cuda_on_cpu::lose_device(0);
    CHECK_THROWS_AS(step(tensor<int, dyn>{2, 6}), error);
}
