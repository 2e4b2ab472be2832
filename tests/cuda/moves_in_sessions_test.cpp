// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Ops that move, make and index elements, in sessions on a GPU that CUDA drives: operands that are
// fused into them, expressions around them, variables that they are stored in, and errors with the
// node that has them.
#include <cuda_on_cpu.hpp>

#include <weft/weft.hpp>

#include <doctest/doctest.h>

#include <cstring>

using namespace weft;

namespace {

using table = tensor<float, dyn, dyn>;
using places = tensor<std::int32_t, dyn>;

table numbers(std::size_t rows, std::size_t columns) {
    table out = table::uninitialized({rows, columns});
    for (std::size_t i = 0; i < out.size(); ++i)
        out.data()[i] = static_cast<float>(i % 37) * 0.25f - 3;
    return out;
}

// The same model on the CPU and on the GPU.
template <class Model>
void compare(const Model& model) {
    cuda_on_cpu::set_up();
    graph g;
    auto x = g.placeholder<table>("x");
    auto index = g.placeholder<places>("index");
    const auto at = [&](const char* device) {
        device_scope scope(g, device);
        return node(model(x, index));
    };
    auto expected = at("/cpu:0"), found = at("/gpu:0");
    session s{g, {.use_per_session_threads = true}};
    const auto [right, ours] =
        s.run({feed(x, numbers(6, 40)), feed(index, places{4, 0, 4, 5})}, expected, found);
    REQUIRE(right.shape() == ours.shape());
    CHECK(std::memcmp(right.data(), ours.data(), right.size() * sizeof *right.data()) == 0);
    CHECK(cuda_on_cpu::violation() == "");
}

}  // namespace

TEST_CASE("arrays from fused operands, and fused into what follows") {
    compare([](auto x, auto) { return slice<1, 3, 17>(x * 2.0f + 1.0f) - 1.0f; });
    compare([](auto x, auto) { return transpose(x + 1.0f) * 0.5f; });
    compare([](auto x, auto) { return concat<0>(x, x * 2.0f, pad<0, 1, 2>(-x, 9.0f)); });
    compare([](auto x, auto) { return reshape<dyn, 3>(stack<1>(x, x + 1.0f, -x)); });
    compare([](auto x, auto) { return broadcast_to<3, dyn, dyn>(expand_dims<0>(x * 3.0f)); });
    compare([](auto x, auto) { return split<1, 2>(x * x)[1] + 1.0f; });
}

TEST_CASE("rows that an index names") {
    compare([](auto x, auto index) { return gather<0>(x * 2.0f, index) + 1.0f; });
    compare(
        [](auto x, auto index) { return scatter_add<0>(x * 2.0f, index, gather<0>(x, index)); });
    compare([](auto, auto index) { return one_hot<7>(index + 1); });
    compare([](auto x, auto) { return shape(x) * std::int64_t{2} + size(x); });
}

TEST_CASE("sources on a GPU, and variables that begin with them") {
    cuda_on_cpu::set_up();
    graph g;
    device_scope on_gpu(g, "/gpu:0");
    auto kept = g.variable(eye<float, 3>() * 2.0f, "kept");
    node random = uniform<float, 3, 3>(7) + g.zeros<float, 3, 3>();
    auto add = kept.assign_add(ones<float, 3, 3>());
    session s{g, {.use_per_session_threads = true}};
    s.run(kept.initializer());
    s.run(add);
    const auto values = s.run(kept);
    CHECK(values(0, 0) == 3);
    CHECK(values(2, 1) == 1);
    CHECK(s.run(random).data()[0] >= 0);
}

TEST_CASE("an index out of range fails the run and names the node") {
    cuda_on_cpu::set_up();
    graph g;
    auto x = g.placeholder<table>("x");
    auto index = g.placeholder<places>("index");
    device_scope on_gpu(g, "/gpu:0");
    node rows(gather<0>(x, index), "rows");
    session s{g, {.use_per_session_threads = true}};
    try {
        s.run({feed(x, numbers(6, 40)), feed(index, places{1, 6})}, rows);
        FAIL("nothing was thrown");
    } catch (const error& e) {
        CHECK(e.code() == errc::out_of_range);
        CHECK(e.node() == "rows");
        CHECK(std::strstr(e.what(), "6") != nullptr);
    }
    const auto right = s.run({feed(x, numbers(6, 40)), feed(index, places{5, 1})}, rows);
    CHECK(right(0, 0) == numbers(6, 40)(5, 0));
}
