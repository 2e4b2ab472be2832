// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Element-wise expressions on a GPU that CUDA drives, against the same node on the CPU: with a
// kernel of their own where this file is compiled with WEFT_CUDA=2, else by their parts, and with
// what NVRTC makes of them where there is a GPU.
#include <cuda_on_cpu.hpp>

#include <weft/cuda/run_time_compiler.hpp>
#include <weft/weft.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>

using namespace weft;

namespace {

constexpr bool compiled = gpu_code_here == gpu_code::compiled;

// Distances in units in the last place; integers differ by their value.
template <class T>
double distance(T a, T b) {
    if constexpr (is_floating<T>) {
        const auto x = static_cast<double>(static_cast<compute_t<T>>(a));
        const auto y = static_cast<double>(static_cast<compute_t<T>>(b));
        if ((x != x && y != y) || x == y) return 0;
        constexpr double digits = std::is_same_v<T, double>  ? 0x1p-52
                                  : std::is_same_v<T, float> ? 0x1p-23
                                  : std::is_same_v<T, half>  ? 0x1p-10
                                                             : 0x1p-7;
        return std::abs(x - y) / (std::max(std::abs(x), std::abs(y)) * digits);
    } else {
        return std::abs(static_cast<double>(a) - static_cast<double>(b));
    }
}

// Numbers of both signs, small ones where the type is.
template <class Tensor>
Tensor numbers(const dims& shape, int seed) {
    Tensor out = Tensor::uninitialized(shape);
    std::uint32_t state = static_cast<std::uint32_t>(seed) * 747796405u + 1;
    for (auto& element : out) {
        state = state * 1664525u + 1013904223u;
        using T = std::remove_reference_t<decltype(element)>;
        const int small = static_cast<int>(state >> 24) % 13 - 6;
        if constexpr (std::is_same_v<T, bool>)
            element = small > 0;
        else if constexpr (is_floating<T>)
            element = static_cast<T>(static_cast<compute_t<T>>(static_cast<float>(small) * 0.37f));
        else
            element = static_cast<T>(std::is_signed_v<T> ? small : small + 6);
    }
    return out;
}

// Without kernels that are compiled as the program runs, until it goes.
struct no_run_time_compiler {
    no_run_time_compiler() {
        // [run_time]
        set_run_time_compilation({.enabled = false});
        // [/run_time]
    }
    no_run_time_compiler(const no_run_time_compiler&) = delete;
    no_run_time_compiler& operator=(const no_run_time_compiler&) = delete;
    ~no_run_time_compiler() { set_run_time_compilation(default_run_time_compilation()); }
};

// Runs `expression` of two placeholders on the CPU and on the GPU.
template <class A, class B, class Expression>
void compare_once(const dims& a_shape, const dims& b_shape, double ulp, Expression expression) {
    graph g;
    auto x = g.placeholder<A>("x");
    auto y = g.placeholder<B>("y");
    device_scope on_cpu(g, "/cpu:0");
    node expected = expression(x, y);
    auto gpu_node = [&] {
        device_scope on_gpu(g, "/gpu:0");
        return node(expression(x, y));
    }();
    session s{g, {.use_per_session_threads = true}};
    const A a = numbers<A>(a_shape, 1);
    const B b = numbers<B>(b_shape, 2);
    const auto [right, found] = s.run({feed(x, a), feed(y, b)}, expected, gpu_node);
    REQUIRE(right.shape() == found.shape());
    double worst = 0;
    for (std::size_t i = 0; i < right.size(); ++i)
        worst = std::max(worst, distance(right.data()[i], found.data()[i]));
    CHECK(worst <= ulp);
    const auto& record = g.record(gpu_node.id());
    CHECK(record.kernel_for("gpu", true) != nullptr);
}
template <class A, class B, class Expression>
void compare(const dims& a_shape, const dims& b_shape, double ulp, Expression expression) {
    {
        const no_run_time_compiler now;
        compare_once<A, B>(a_shape, b_shape, ulp, expression);
    }
    if (!compiled) compare_once<A, B>(a_shape, b_shape, ulp, expression);
}
template <class T>
using line_of = tensor<T, dyn>;
template <class T>
using plane_of = tensor<T, dyn, dyn>;

template <class T, class Expression>
void compare_rows(double ulp, Expression expression) {
    for (const std::size_t n : {1, 7, 8, 33, 2051})
        compare<line_of<T>, line_of<T>>({n}, {n}, ulp, expression);
}

}  // namespace

TEST_CASE("arithmetic of every element type is what the CPU makes of it") {
    cuda_on_cpu::set_up();
    const auto expression = [](auto x, auto y) { return (x + y) * x - y; };
    compare_rows<float>(1, expression);
    compare_rows<double>(1, expression);
    compare_rows<half>(1, expression);
    compare_rows<bfloat16>(1, expression);
    compare_rows<std::int8_t>(0, expression);
    compare_rows<std::int32_t>(0, expression);
    compare_rows<std::uint16_t>(0, expression);
    compare_rows<std::int64_t>(0, expression);
}

TEST_CASE("functions are within their stated accuracy") {
    cuda_on_cpu::set_up();
    compare_rows<float>(4, [](auto x, auto y) { return tanh(x * y) + exp(x) * 0.5f; });
    compare_rows<float>(4, [](auto x, auto y) { return gelu(x) + sigmoid(y) + erf(x - y); });
    compare_rows<double>(4, [](auto x, auto y) { return log1p(square(x)) + softplus(y); });
    compare_rows<half>(1, [](auto x, auto y) { return relu(x) + exp(y); });
}

TEST_CASE("comparisons, selection, conversions, logic") {
    cuda_on_cpu::set_up();
    compare_rows<float>(0, [](auto x, auto y) { return where(x < y, x, y * 2.0f); });
    compare_rows<std::int32_t>(
        0, [](auto x, auto y) { return cast<std::int32_t>(x == y || x > y); });
    compare_rows<float>(0, [](auto x, auto y) { return cast<half>(x) + cast<half>(y); });
    compare_rows<std::int16_t>(0, [](auto x, auto y) { return maximum(x, y) - clamp(x, 0, 3); });
}

TEST_CASE("broadcast operands are read where they are") {
    cuda_on_cpu::set_up();
    const auto expression = [](auto x, auto y) { return x * y + x; };
    using T = float;
    for (const std::size_t n : {1, 3, 4, 64, 130}) {
        compare<plane_of<T>, line_of<T>>({5, n}, {n}, 1, expression);
        compare<plane_of<T>, plane_of<T>>({5, n}, {5, 1}, 1, expression);
        compare<plane_of<T>, plane_of<T>>({1, n}, {7, 1}, 1, expression);
        compare<plane_of<T>, line_of<T>>({5, n}, {1}, 1, expression);
    }
    compare<tensor<T, dyn, dyn, dyn>, tensor<T, dyn, 1, dyn>>({3, 4, 5}, {3, 1, 5}, 1, expression);
    compare<tensor<T, dyn, dyn, dyn>, tensor<T, 4, 1>>({3, 4, 8}, {4, 1}, 1, expression);
    compare<tensor<T>, line_of<T>>({}, {9}, 1, expression);
    compare<line_of<T>, line_of<T>>({0}, {0}, 0, expression);
}

TEST_CASE("an operand that cannot be names the node, and the session works on") {
    cuda_on_cpu::set_up();
    graph g;
    auto x = g.placeholder<line_of<int>>("x");
    auto y = g.placeholder<line_of<int>>("y");
    device_scope on_gpu(g, "/gpu:0");
    node quotient(x / y, "quotient");
    session s{g, {.use_per_session_threads = true}};
    const line_of<int> a{7, 8, 9};
    try {
        s.run({feed(x, a), feed(y, line_of<int>{1, 0, 3})}, quotient);
        FAIL("nothing was thrown");
    } catch (const error& e) {
        CHECK(e.code() == errc::invalid_argument);
        CHECK(e.node() == "quotient");
        CHECK(std::strstr(e.what(), "division of integers by zero") != nullptr);
    }
    const auto right = s.run({feed(x, a), feed(y, line_of<int>{1, 2, 3})}, quotient);
    CHECK(right.data()[1] == 4);
    CHECK(cuda_on_cpu::violation() == "");
}

TEST_CASE("a fused expression is one launch where it is compiled, else one for each part") {
    cuda_on_cpu::set_up();
    const no_run_time_compiler now;
    graph g;
    auto x = g.placeholder<line_of<float>>("x");
    device_scope on_gpu(g, "/gpu:0");
    node y = tanh(x * x + 1.0f) * x;
    session s{g, {.use_per_session_threads = true}};
    auto step = s.make_callable(feeds(x), fetches(y));
    const line_of<float> in{1, 2, 3};
    step(in);
    cuda_on_cpu::reset_calls();
    step(in);
    if constexpr (cuda_on_cpu::counts_calls)
        CHECK(cuda_on_cpu::calls("cudaLaunchKernelEx") == (compiled ? 1 : 4));
}

TEST_CASE("explain says how many kernels an expression is") {
    cuda_on_cpu::set_up();
    const no_run_time_compiler now;
    graph g;
    auto x = g.placeholder<plane_of<float>>("x");
    auto b = g.placeholder<line_of<float>>("b");
    device_scope on_gpu(g, "/gpu:0");
    node fused(tanh(x * x + 1.0f) * x, "fused");
    node stored(cast<half>(fused) + cast<half>(x), "stored");
    node total(sum<1>(x * x), "total");
    node product(matmul(x, x), "product");
    node dense(relu(matmul(x, x) + b), "dense");
    node scaled(relu(sum<1>(x)), "scaled");
    node both(relu(sum<1>(x * x + 1.0f)), "both");
    session s{g, {.use_per_session_threads = true}};
    const placement_report report = s.explain(fused, stored, total, product, dense, scaled, both);
    const auto expect = [&](const char* name, launch_way way, std::size_t kernels) {
        CAPTURE(name);
        const placement_entry* entry = report.find(name);
        REQUIRE(entry != nullptr);
        CHECK(std::string(name_of(entry->launched.way)) == name_of(way));
        CHECK(entry->launched.kernels == kernels);
    };
    const launch_way way = compiled ? launch_way::one_kernel : launch_way::by_parts;
    expect("fused", way, compiled ? 1 : 4);
    expect("stored", way, compiled ? 1 : 4);
    expect("total", way, 1);
    expect("product", launch_way::none, 0);
    expect("dense", launch_way::with_op, 0);
    expect("scaled", way, 1);
    expect("both", way, compiled ? 2 : 3);
    const std::string table = report.to_string(), json = report.to_json();
    const auto has = [](const std::string& text, const char* part) {
        return text.find(part) != text.npos;
    };
    CHECK(has(table, compiled ? "    launched whole, by 1 kernel of its own\n"
                              : "    launched by parts, 4 kernels\n"));
    CHECK(has(table, "    launched by the kernel of the op that it follows\n"));
    CHECK(has(json, compiled ? R"("launched":"one_kernel","kernels":2)"
                             : R"("launched":"by_parts","kernels":3)"));
    CHECK(has(json, R"("launched":"with_op","kernels":0)"));
}

TEST_CASE("what explain says before a run is so afterwards") {
    cuda_on_cpu::set_up();
    graph g;
    auto x = g.placeholder<line_of<float>>("x");
    device_scope on_gpu(g, "/gpu:0");
    node y(sigmoid(x * 3.0f) - x, "y");
    session s{g, {.use_per_session_threads = true}};
    const std::string before = s.explain(y).to_string();
    s.run({feed(x, line_of<float>{1, 2, 3})}, y);
    CHECK(s.explain(y).to_string() == before);
    CHECK(before.find("    launched ") != before.npos);
}
