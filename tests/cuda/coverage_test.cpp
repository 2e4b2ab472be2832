// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// That a GPU that CUDA drives lacks nothing: an op that has a kernel for GPUs, for some elements,
// can be launched for them. Which ops are parts of expressions and have no kernel of their own.
#include <weft/cuda/coverage.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace weft;

namespace {

// A combination of elements that is known to GPUs, and how it is launched.
struct found_way {
    const char* op;
    dtype element;
    const char* index;
    cuda_way way;
};

template <class Op, class T>
void add(std::vector<found_way>& to) {
    if (has_kernel<Op, gpu, T>) to.push_back({Op::name, dtype_of<T>, "", cuda_way_of<Op, T>()});
    if (has_kernel<Op, gpu, T, std::int32_t>)
        to.push_back({Op::name, dtype_of<T>, " of int32", cuda_way_of<Op, T, std::int32_t>()});
    if (has_kernel<Op, gpu, T, std::int64_t>)
        to.push_back({Op::name, dtype_of<T>, " of int64", cuda_way_of<Op, T, std::int64_t>()});
}
template <class Op, class... T>
void add_elements(std::vector<found_way>& to, type_list<T...>) {
    (add<Op, T>(to), ...);
}
template <class... Op>
std::vector<found_way> ways_of(type_list<Op...>) {
    std::vector<found_way> out;
    (add_elements<Op>(out, all_elements{}), ...);
    return out;
}

struct no_such_op {
    static constexpr const char* name = "NoSuchOp";
    static constexpr bool device_neutral = true;
};

}  // namespace

template <>
struct weft::kernel<no_such_op, cpu, float> {};

TEST_CASE("what an emulated GPU has a kernel for is launched on one that CUDA drives") {
    const std::vector<found_way> ways = ways_of(all_ops{});
    REQUIRE(ways.size() > 500);
    std::string missing;
    for (const found_way& one : ways)
        if (one.way == cuda_way::none)
            missing += std::string(one.op) + '(' + name_of(one.element) + one.index + ") ";
    CHECK(missing == "");
}

TEST_CASE("an op without anything to launch would be found") {
    CHECK(ways_of(type_list<no_such_op>{}).size() == 1);
    CHECK(cuda_way_of<no_such_op, float>() == cuda_way::none);
    CHECK(cuda_way_of<no_such_op, double>() == cuda_way::none);
}

TEST_CASE("ops are kernels, parts of expressions, or values") {
    CHECK(cuda_way_of<ops::matmul, half>() == cuda_way::kernel);
    CHECK(cuda_way_of<ops::gather, float, std::int32_t>() == cuda_way::kernel);
    CHECK(cuda_way_of<ops::add, std::int8_t>() == cuda_way::expression);
    CHECK(cuda_way_of<ops::cast<float>, bool>() == cuda_way::expression);
    CHECK(cuda_way_of<ops::variable, float>() == cuda_way::value);
    CHECK(cuda_way_of<ops::variable, std::int32_t>() == cuda_way::none);  // nor has an emulated GPU
}
