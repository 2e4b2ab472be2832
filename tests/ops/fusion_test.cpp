// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What an element-wise expression becomes when it is named as a node: one kernel on each device
// kind, with each tensor read once; and what its type says before.
#include <support/elementwise.hpp>
#include <weft/ops/elementwise.hpp>

#include <complex>
#include <string>

namespace {

using weft::dyn;
using weft::tensor;
using weft_test::vector_of;

template <class Expected, class E>
void is(const E&) {
    static_assert(std::is_same_v<weft::result_of_t<E>, Expected>);
}

// The text of the error that making a node of an expression ends with.
template <class E>
std::string refusal(const E& e) {
    try {
        const weft::node n = e;
        return "made " + n.name();
    } catch (const weft::error& reason) {
        CHECK(reason.code() == weft::errc::invalid_argument);
        CHECK(reason.where().line() > 0);
        return reason.what();
    }
}

bool contains(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("an expression is one node that lists its ops, root first") {
    weft_test::test_graph graph;
    const auto a = graph.placeholder<vector_of<float>>();
    const auto b = graph.placeholder<vector_of<float>>();
    const weft::node y = sigmoid(a * b + 1.0f) - a;
    const weft::node_record& record = graph.record(y.id());
    CHECK(graph.size() == 3);
    CHECK(record.op == "Sub");
    CHECK(record.name == "Sub");
    CHECK(record.fused == std::vector<std::string>{"Sub", "Sigmoid", "Add", "Mul"});
    CHECK(record.inputs == std::vector<weft::node_id>{a.id(), b.id()});
    CHECK(record.role == weft::node_role::compute);
    CHECK_FALSE(record.fallible);
    REQUIRE(record.kernels.size() == 2);
    CHECK(record.kernel_for("cpu") != nullptr);
    CHECK(record.kernel_for("gpu") != nullptr);
    CHECK(bool(record.kernel_for("gpu")->run == record.kernel_for("cpu")->run));
}

TEST_CASE("a node of one op lists nothing") {
    weft_test::test_graph graph;
    const auto a = graph.placeholder<vector_of<float>>();
    const weft::node y = exp(a);
    CHECK(graph.record(y.id()).op == "Exp");
    CHECK(graph.record(y.id()).fused.empty());
}

TEST_CASE("a tensor that occurs often is one input") {
    weft_test::test_graph graph;
    const auto x = graph.placeholder<vector_of<double>>();
    const weft::node y = x * x * x + square(x) - x / (1 + abs(x));
    CHECK(graph.record(y.id()).inputs == std::vector<weft::node_id>{x.id()});
    const vector_of<double> in{0, 1, -2, 3};
    const vector_of<double> out = weft_test::reference_run(graph).feed(x, in)(y);
    for (std::size_t i = 0; i < in.size(); ++i)
        CHECK(out[i] == in[i] * in[i] * in[i] + in[i] * in[i] - in[i] / (1 + std::abs(in[i])));
}

TEST_CASE("an expression can be kept, copied and named twice") {
    weft_test::test_graph graph;
    const auto x = graph.placeholder<vector_of<float>>();
    auto recipe = [&] { return x * 2.0f + x; }();
    const auto longer = recipe + recipe;
    const weft::node first = longer;
    const weft::node second(longer, "second");
    CHECK(first.id() != second.id());
    CHECK(second.name() == "second");
    const vector_of<float> in{1, 2, 3};
    CHECK(weft_test::reference_run(graph).feed(x, in)(second) == vector_of<float>{6, 12, 18});
    CHECK(weft_test::reference_run(graph).feed(x, in)(first) == vector_of<float>{6, 12, 18});
}

TEST_CASE("nodes are the boundaries of fusion") {
    weft_test::test_graph graph;
    const auto x = graph.placeholder<vector_of<float>>();
    const weft::node middle = exp(x) + 1;
    const weft::node y = log(middle) * middle;
    CHECK(graph.record(y.id()).inputs == std::vector<weft::node_id>{middle.id()});
    CHECK(graph.record(y.id()).fused == std::vector<std::string>{"Mul", "Log"});
}

TEST_CASE("elements of different widths in one kernel") {
    weft_test::test_graph graph;
    const auto i = graph.placeholder<vector_of<std::int8_t>>();
    const auto d = graph.placeholder<vector_of<double>>();
    const auto h = graph.placeholder<vector_of<weft::half>>();
    const weft::node y =
        where(cast<double>(i) < d, cast<weft::half>(sqrt(d)), h * weft::cast<weft::half>(i));
    const auto a = weft_test::samples<std::int8_t>(203, 5);
    const auto b = weft_test::samples<double>(203, 6, 200);
    const auto c = weft_test::samples<weft::half>(203, 7);
    const auto fed = [](const auto& n, const auto& value) {
        using T = typename std::remove_cvref_t<decltype(value)>::value_type;
        return std::pair{n.id(), weft::value_ref{const_cast<T*>(value.data()), value.shape()}};
    };
    weft_test::expect_same_in_all_ways(graph, y.id(), {fed(i, a), fed(d, b), fed(h, c)});
}

TEST_CASE("a kernel that may fail says so") {
    weft_test::test_graph graph;
    const auto i = graph.placeholder<vector_of<std::int32_t>>();
    const auto f = graph.placeholder<vector_of<float>>();
    const weft::node hidden = cast<float>(i / 2 + 1) * f;
    const weft::node power = pow(i, 3);
    const weft::node harmless = f / 2 % 3 + pow(f, 2);
    CHECK(graph.record(hidden.id()).fallible);
    CHECK(graph.record(power.id()).fallible);
    CHECK_FALSE(graph.record(harmless.id()).fallible);
}

TEST_CASE("costs add up") {
    weft_test::test_graph graph;
    const auto f = graph.placeholder<vector_of<float>>();
    const weft::node cheap = f + f;
    const weft::node dear = exp(f) + sin(f);
    CHECK(graph.record(cheap.id()).cost_ns < 1);
    CHECK(graph.record(dear.id()).cost_ns > 2);
}

TEST_CASE("numbers adopt the tensor's element type where they fit") {
    weft_test::test_graph graph;
    const auto f = graph.placeholder<vector_of<float>>();
    const auto i = graph.placeholder<vector_of<std::int8_t>>();
    const auto u = graph.placeholder<vector_of<std::uint32_t>>();
    CHECK(contains(refusal(f * 0.5), "made"));
    CHECK(contains(refusal(f * 16777216), "made"));
    CHECK(contains(refusal(f + INFINITY), "made"));
    CHECK(contains(refusal(f + std::nan("")), "made"));
    CHECK(contains(refusal(i + 127), "made"));
    CHECK(contains(refusal(f * 0.1), "the number 0.1"));
    CHECK(contains(refusal(f * 16777217), "float"));
    CHECK(contains(refusal(i + 300), "std::int8_t"));
    CHECK(contains(refusal(u + -1), "std::uint32_t"));
}

TEST_CASE("result types") {
    weft_test::test_graph g;
    const auto x = g.placeholder<tensor<float, dyn, 3>>();
    const auto y = g.placeholder<tensor<float, 3>>();
    const auto k = g.placeholder<tensor<float, 2, 3>>();
    const auto c = g.placeholder<tensor<float, dyn, 1>>();
    is<tensor<float, dyn, 3>>(x + y);
    is<tensor<float, 2, 3>>(pow(k, 2.0f) + maximum(k, y) - minimum(k, 0.5f));
    is<tensor<float, dyn, 3>>(where(x > 0.0f, x, y));
    is<tensor<bool, dyn, 3>>(x >= y);
    is<tensor<bool, 3>>(is_nan(y) || !is_finite(y));
    is<tensor<std::int32_t, dyn, 3>>(cast<std::int32_t>(floor(x)));
    is<tensor<float, 2, 3>>(gelu(clamp(k, 0.0f, 4.0f)));
    is<tensor<float, 2, 3>>(x * k);  // dyn against 2 is 2
    is<tensor<float, dyn, dyn>>(c + weft::node<tensor<float, 1, dyn>>(g, 0));
    is<tensor<float>>(2 - weft::node<tensor<float>>(g, 0));
    is<tensor<float, dyn, 3>>(clamp(c, y, 1));
    is<tensor<float, 2, 3>>(leaky_relu(k) + leaky_relu(k, 0.5f) + elu(k) + elu(k, y));
}

TEST_CASE("what has kernels where is known to the compiler") {
    using weft::cpu, weft::gpu;
    using x = weft::node<vector_of<float>>;
    using z = weft::node<vector_of<std::complex<float>>>;
    using recipe = decltype(exp(std::declval<x>()) / 2.0f);
    using complex_recipe = decltype(square(std::declval<z>()) + std::declval<z>());
    static_assert(weft::placeable_on<recipe, cpu> && weft::placeable_on<recipe, gpu>);
    static_assert(weft::placeable_on<complex_recipe, cpu>);
    static_assert(std::is_same_v<weft::first_missing_t<complex_recipe, gpu>,
                                 weft::missing<weft::ops::add, gpu, std::complex<float>>>);
    static_assert(!weft::has_kernel<weft::ops::exp, cpu, std::int32_t>);
    static_assert(!weft::has_kernel<weft::ops::floor, cpu, std::int32_t>);
    static_assert(!weft::has_kernel<weft::ops::mul, cpu, bool>);
    static_assert(weft::has_kernel<weft::ops::relu, gpu, std::int64_t>);
    static_assert(weft::has_kernel<weft::ops::where, gpu, bool>);
}
