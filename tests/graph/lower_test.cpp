// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// From expressions to records: where one node ends and the next begins, what is fused, distinct
// inputs and their limit, pins.
#include <weft/graph/graph.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>

using namespace weft;
using weft_test::error_of;
using names = std::vector<std::string>;

TEST_CASE("an element-wise expression is one node, its leaves read once") {
    graph g;
    const auto a = g.constant(tensor<float, 3>{1, 2, 3}, "a");
    const auto b = g.constant(2.0f, "b");
    const std::size_t before = g.size();
    node z = (a + b) * a - b;
    REQUIRE(g.size() == before + 1);
    const node_record& record = g.record(z.id());
    CHECK(record.op == "Sub");
    CHECK(record.fused == names{"Sub", "Mul", "Add"});
    CHECK(record.inputs == std::vector<node_id>{a.id(), b.id()});
    CHECK(record.type.shape == dims{3});
    CHECK(record.role == node_role::compute);
    CHECK_FALSE(record.fallible);
    node plain = a + b;
    CHECK(g.record(plain.id()).fused.empty());
}

TEST_CASE("a node is a fusion boundary") {
    graph g;
    const auto a = g.constant(tensor<float, 3>{1, 2, 3}, "a");
    node sum_of = a + 1.0f;
    node z = sum_of * 2.0f;
    CHECK(g.record(z.id()).inputs == std::vector<node_id>{sum_of.id()});
    CHECK(g.record(z.id()).fused.empty());
}

TEST_CASE("one op with a kernel of its own is the heart, others become nodes") {
    graph g;
    const auto m = g.constant(tensor<float, 2, 2>{{1, 2}, {3, 4}}, "m");
    const std::size_t before = g.size();
    node with_bias = matmul(m, m) + 1.0f;
    CHECK(g.size() == before + 1);
    CHECK(g.record(with_bias.id()).op == "Add");
    CHECK(g.record(with_bias.id()).fused == names{"Add", "MatMul"});
    CHECK(g.record(with_bias.id()).inputs == std::vector<node_id>{m.id()});
    node two = matmul(m, m) + matmul(m, m);
    CHECK(g.size() == before + 3);
    CHECK(g.record(two.id() - 1).op == "MatMul");
    CHECK(g.record(two.id()).inputs == std::vector<node_id>{two.id() - 1, m.id()});
    node operand = matmul(m + 1.0f, m);  // an operand that the op needs whole
    CHECK(g.record(operand.id()).inputs == std::vector<node_id>{operand.id() - 1, m.id()});
    CHECK(g.record(operand.id() - 1).op == "Add");
}

TEST_CASE("a reduction fuses what it reads and what reads it") {
    graph g;
    const auto a = g.constant(tensor<float, 3>{1, 2, 3}, "a");
    const std::size_t before = g.size();
    node z = sum(a * a) + 1.0f;
    CHECK(g.size() == before + 1);
    CHECK(g.record(z.id()).fused == names{"Add", "Sum", "Mul"});
}

TEST_CASE("nodes that an expression needs are made under the same scopes") {
    graph g;
    const auto m = g.constant(tensor<float, 2, 2>{{1, 2}, {3, 4}}, "m");
    const auto first = g.constant(0.0f, "first");
    device_scope pin{g, "/cpu:1"};
    control_dependencies after{g, {first}};
    name_scope inside{g, "s"};
    node z = matmul(m, matmul(m, m));
    for (node_id id : {z.id() - 1, z.id()}) {
        CHECK(g.record(id).requested.to_string() == "/cpu:1");
        CHECK(g.record(id).controls == std::vector<node_id>{first.id()});
    }
    CHECK(g.record(z.id() - 1).name == "s/MatMul");
    CHECK(z.name() == "s/MatMul_1");
}

TEST_CASE("kernels are recorded per device kind, missing ones by name") {
    graph g;
    const auto i = g.variable(3);
    const node_record& record = g.record(i.id());
    REQUIRE(record.kernels.size() == 2);
    CHECK(std::string(record.kernels[0].kind) == "cpu");
    CHECK(record.kernel_for("cpu") != nullptr);
    CHECK(record.kernel_for("gpu") == nullptr);
    CHECK(record.kernels[1].missing == "Variable(std::int32_t)");
    CHECK(record.registered().find("device='gpu'") != std::string::npos);
}

TEST_CASE("a pin makes a node of its own, with everything in it") {
    graph g;
    const auto a = g.constant(tensor<float, 3>{1, 2, 3}, "a");
    const std::size_t before = g.size();
    node z = a + on<gpu, 1>(a * 2.0f);
    REQUIRE(g.size() == before + 2);
    CHECK(g.record(z.id() - 1).requested.to_string() == "/gpu:1");
    CHECK(g.record(z.id()).requested.is_any());
    CHECK(g.record(z.id()).fused.empty());
    device_scope pin{g, "/job:localhost/cpu:1"};
    node whole = on<gpu>(a * 2.0f);
    CHECK(g.record(whole.id()).requested.to_string() == "/job:localhost/gpu:*");
    CHECK(error_of([&] { node{on<gpu>(a + 0.1)}; }).code == errc::invalid_argument);
    node after = a * 2.0f;  // the pin's scope is closed after an error, too
    CHECK(g.record(after.id()).requested.to_string() == "/job:localhost/cpu:1");
}

TEST_CASE("a pinned node is a copy of it there") {
    graph g;
    const auto a = g.constant(1.0f, "a");
    node there = on<gpu, 1>(a);
    CHECK(there.id() != a.id());
    CHECK(g.record(there.id()).op == "Identity");
    CHECK(g.record(there.id()).requested.to_string() == "/gpu:1");
}

TEST_CASE("integer division may fail, so it never writes in place") {
    graph g;
    const auto i = g.constant(3), f = g.constant(4);
    const auto x = g.constant(3.0f);
    node quotient = i / f;
    node fine = x / x;
    CHECK(g.record(quotient.id()).fallible);
    CHECK_FALSE(g.record(fine.id()).fallible);
    const auto v = g.variable(7);
    CHECK(g.record(v.assign(v / i).id()).fallible);
    CHECK_FALSE(g.record(v.assign_add(1).id()).fallible);
}
