// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/ops/coverage.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

namespace coverage_test {
struct swish {
    static constexpr const char* name = "Swish";
};
}  // namespace coverage_test

template <>
struct weft::kernel<coverage_test::swish, weft::gpu, float> {
    template <class V>
    static V apply(const V& x) {
        return x / (V(1) + weft::exp(-x));
    }
};

namespace {

using weft::covered_op;
using weft::dtype;

const covered_op* find(const std::vector<covered_op>& list, std::string_view name) {
    const auto found = std::find_if(list.begin(), list.end(),
                                    [&](const covered_op& op) { return op.name == name; });
    return found == list.end() ? nullptr : &*found;
}

bool has(const std::vector<covered_op>& list, std::string_view name, dtype element) {
    const covered_op* op = find(list, name);
    REQUIRE(op != nullptr);
    return std::find(op->elements.begin(), op->elements.end(), element) != op->elements.end();
}

}  // namespace

TEST_CASE("every op is listed once and has a kernel on cpu") {
    const auto list = weft::coverage<weft::cpu>();
    CHECK(list.size() == weft::all_ops::size);
    std::set<std::string> names;
    for (const covered_op& op : list) {
        CAPTURE(op.name);
        CHECK(names.insert(op.name).second);
        CHECK(op.elements.empty() == (op.name == std::string_view("Placeholder")));
    }
}

TEST_CASE("coverage says what has_kernel says") {
    const auto on_cpu = weft::coverage<weft::cpu>();
    const auto on_gpu = weft::coverage<weft::gpu>();
    CHECK(has(on_cpu, "Variable", dtype::int32));
    CHECK_FALSE(has(on_gpu, "Variable", dtype::int32));
    CHECK(has(on_gpu, "Variable", dtype::float32));
    CHECK(has(on_cpu, "MatMul", dtype::complex64));
    CHECK_FALSE(has(on_gpu, "MatMul", dtype::complex64));
    CHECK_FALSE(has(on_cpu, "Sqrt", dtype::int32));
    CHECK(has(on_cpu, "LogicalAnd", dtype::boolean));
}

TEST_CASE("ops with indices are found by their first element type") {
    const auto list = weft::coverage<weft::cpu>();
    CHECK(find(list, "Gather")->indexed);
    CHECK(find(list, "SoftmaxCrossEntropy")->indexed);
    CHECK_FALSE(find(list, "Add")->indexed);
    CHECK(has(list, "Gather", dtype::boolean));
}

TEST_CASE("an op of the user's is asked for in a list of its own") {
    using mine = weft::type_list<coverage_test::swish>;
    CHECK(weft::coverage<weft::cpu, mine>().front().elements.empty());
    const auto list = weft::coverage<weft::gpu, mine>();
    REQUIRE(list.size() == 1);
    CHECK(list[0].name == std::string_view("Swish"));
    CHECK(list[0].elements == std::vector<dtype>{dtype::float32});
}
