// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A graph that knows a third device kind, whose kernels are declared here: placed, run, reported.
// And the graph's own sources.
#include <weft/weft.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>

using namespace weft;
using weft_test::error_of;

namespace {

struct npu {
    static constexpr const char* name = "npu";
};
struct triple {
    static constexpr const char* name = "Triple";
};
std::atomic<int> on_npu{0};

}  // namespace

template <>
struct weft::kernel<triple, npu, float> {
    static void run(context<npu>& ctx, tensor_view<float, dyn> out,
                    tensor_view<const float, dyn> in) {
        ++on_npu;
        ctx.parallel_for(in.size(), 1.0, [&](std::size_t first, std::size_t last) {
            for (std::size_t i = first; i < last; ++i) out[i] = 3 * in[i];
        });
    }
};
template <>
struct weft::kernel<ops::neg, npu, float> {
    template <class V>
    static V apply(const V& x) {
        return -x;
    }
};
template <>
struct weft::kernel<ops::constant, npu, float> {};

namespace {

using three_kinds = basic_graph<device_kinds<cpu, gpu, npu>>;

auto triple_of(tensor_expr auto x) { return make_op<triple, result_of_t<decltype(x)>>(x); }

}  // namespace

TEST_CASE("nodes of a third kind are placed, run and reported") {
    three_kinds g;
    const auto x = g.placeholder<tensor<float, dyn>>("x");
    node z = triple_of(x);
    node minus = on<npu>(-x);
    node both = z + minus;
    session s{g, {.device_count = {{"NPU", 2}}, .emulated_gpus = 1}};
    CHECK(s.devices().size() == 4);
    const tensor<float, dyn> in{1, 2, 3};
    on_npu = 0;
    CHECK(s.run({feed(x, in)}, both) == tensor<float, dyn>{2, 4, 6});
    CHECK(on_npu == 1);
    CHECK(s.device_of(z) == "/job:localhost/task:0/npu:0");
    CHECK(s.device_of(both) == "/job:localhost/task:0/gpu:0");
    const placement_report report = s.explain(both);
    const placement_entry* entry = report.find("Triple");
    REQUIRE(entry != nullptr);
    CHECK(report.device_name(entry->device) == "/job:localhost/task:0/npu:0");
    CHECK(report.to_string().find("npu:1") != std::string::npos);
}

TEST_CASE("a kind without devices, and a kernel that a kind lacks") {
    three_kinds g;
    const auto x = g.placeholder<tensor<float, dyn>>("x");
    node z = triple_of(x);
    const auto pinned_sum = [&] {
        device_scope pin{g, "/npu:1"};
        node n = x + 1.0f;
        return n;
    }();
    session none{g, {.device_count = {{"npu", 0}}}};
    const auto e = error_of([&] { none.run({feed(x, tensor<float, dyn>{1})}, z); });
    CHECK(e.code == errc::invalid_argument);
    CHECK(e.says("'Triple'"));
    session s{g, {.device_count = {{"npu", 2}}}};
    CHECK(error_of([&] { s.device_of(pinned_sum); }).says("/npu:1"));
    session soft{g, {.allow_soft_placement = true, .device_count = {{"npu", 2}}}};
    CHECK(soft.device_of(pinned_sum) == "/job:localhost/task:0/cpu:0");
}

TEST_CASE("a session of a graph without cpu is refused") {
    basic_graph<device_kinds<npu>> g;
    CHECK(error_of([&] { session s{g}; }).says("cpu"));
}

TEST_CASE("the graph's sources") {
    graph g;
    const auto zeros = g.zeros<float, 2>(), ones = g.ones<float, 2>("ones");
    const auto full = g.full<float, 2>(2.5f);
    const auto eye = g.eye<float, 2>();
    const auto numbers = g.iota<std::int32_t, 4>();
    CHECK(ones.name() == "ones");
    session s{g};
    CHECK(s.run(zeros) == tensor<float, 2>{0, 0});
    CHECK(s.run(ones) == tensor<float, 2>{1, 1});
    CHECK(s.run(full) == tensor<float, 2>{2.5f, 2.5f});
    CHECK(s.run(eye) == tensor<float, 2, 2>{{1, 0}, {0, 1}});
    CHECK(s.run(numbers) == tensor<std::int32_t, 4>{0, 1, 2, 3});
}

TEST_CASE("a graph grows while its sessions run") {
    graph g;
    const auto a = g.constant(1.0f);
    session s{g};
    node<tensor<float>> last = a;
    for (int i = 1; i < 50; ++i) {
        last = node(last + 1.0f);
        CHECK(s.run(last) == float(i + 1));
    }
    CHECK(s.run(a) == 1.0f);
}
