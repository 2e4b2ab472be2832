// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What a run's memory is before it starts: exact, shared where values are not alive together, in an
// order that meets a limit, or an error with the numbers.
#include <weft/weft.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>

using namespace weft;
using weft_test::error_of;

namespace {

using row = tensor<float, 1024>;  // 4 KiB
constexpr std::size_t row_bytes = 4096;

// `width` long chains from one source, summed up: side by side they need a row each.
node<row> wide(graph& g, int width, int length) {
    const auto x = g.constant(row{});
    std::vector<node<row>> ends;
    for (int w = 0; w < width; ++w) {
        node<row> at = node(cumsum<0>(x));
        for (int i = 1; i < length; ++i) at = node(cumsum<0>(at));
        ends.push_back(at);
    }
    node<row> sum = ends[0];
    for (int w = 1; w < width; ++w) sum = node(sum + ends[std::size_t(w)]);
    return sum;
}

std::size_t peak_of(graph& g, const node<row>& n, std::size_t limit) {
    session s{g, {.intra_op_parallelism_threads = 1,
                  .emulated_gpus = 1,
                  .memory_limit = {{"/gpu:0", limit}}}};
    s.run(n);
    const auto plan = s.plan(feeds(), fetches(n));
    CHECK(plan.lower_bound_bytes("/gpu:0") <= plan.peak_bytes("/gpu:0"));
    return plan.peak_bytes("/gpu:0");
}

}  // namespace

TEST_CASE("a chain needs two values at a time, one where kernels write in place") {
    graph g;
    const auto x = g.placeholder<row>("x");
    node<row> scan = node(cumsum<0>(x));
    for (int i = 0; i < 20; ++i) scan = node(cumsum<0>(scan));
    node<row> add = node(cumsum<0>(x));
    for (int i = 0; i < 20; ++i) add = node(add * 2.0f);
    session s{g, {.inter_op_parallelism_threads = -1}};
    CHECK(s.plan(feeds(x), fetches(scan)).peak_bytes("/cpu:0") == 2 * row_bytes);
    CHECK(s.plan(feeds(x), fetches(scan)).lower_bound_bytes("/cpu:0") == 2 * row_bytes);
    CHECK(s.plan(feeds(x), fetches(add)).peak_bytes("/cpu:0") == row_bytes);
    CHECK(s.run({feed(x, row{})}, add)[5] == 0.0f);
}

TEST_CASE("what the plan says is what the run uses") {
    graph g;
    const auto x = g.placeholder<tensor<float, dyn, 100>>("x");
    const auto w = g.constant(tensor<float, 100, 50>{});
    device_scope pin{g, "/gpu:0"};
    node y = softmax<1>(matmul(x, w));
    node z = sum<1>(y * y);
    session s{g, {.emulated_gpus = 1}};
    const auto run = [&](std::size_t n) {
        const auto before = s.memory("/gpu:0").in_use;
        s.run({feed(x, tensor<float, dyn, 100>::zeros({n, 100}))}, z);
        return s.memory("/gpu:0").in_use - before;
    };
    run(1);
    const std::size_t constants = 100 * 50 * 4;
    const auto plan = s.plan(feeds(x), fetches(z));
    for (std::size_t n : {10u, 1000u}) {
        run(n);
        CHECK(s.memory("/gpu:0").in_use >= constants + plan.peak_bytes("/gpu:0"));
    }
    // The block is as large as the largest run needs, and is not given up for a smaller one.
    const std::size_t all = s.memory("/gpu:0").in_use;
    const std::size_t peak = plan.peak_bytes("/gpu:0");
    run(10);
    CHECK(s.memory("/gpu:0").in_use == all);
    CHECK(plan.peak_bytes("/gpu:0") < peak);
    run(1000);
    CHECK(plan.peak_bytes("/gpu:0") == peak);
    CHECK(s.memory("/gpu:0").in_use == all);
}

TEST_CASE("a limit puts steps into an order that needs less, or is an error with the numbers") {
    graph g;
    device_scope pin{g, "/gpu:0"};
    const node<row> n = wide(g, 8, 4);
    const std::size_t free = peak_of(g, n, 0);
    const std::size_t constants = row_bytes;
    CHECK(free >= 9 * row_bytes);
    // Chain by chain: the sum so far, one chain's end, and what it is made from.
    const std::size_t little = peak_of(g, n, constants + 4 * row_bytes);
    CHECK(little <= 4 * row_bytes);
    graph other;
    device_scope there{other, "/gpu:0"};
    const node<row> same = wide(other, 8, 4);
    session s{other, {.emulated_gpus = 1, .memory_limit = {{"/gpu:0", constants + row_bytes}}}};
    const auto e = error_of([&] { s.run(same); });
    CHECK(e.code == errc::resource_exhausted);
    CHECK(e.says("out of memory on /job:localhost/task:0/gpu:0"));
    CHECK(e.says("at its worst step"));
    CHECK(e.says("the largest: '"));
    CHECK(s.memory("/gpu:0").in_use <= constants);
}

TEST_CASE("values of a run with several threads share memory only where edges keep them apart") {
    graph g;
    const auto x = g.placeholder<row>("x");
    // Two chains of callables, which may run side by side.
    const auto slow = [](tensor_view<const float, 1024> t) {
        return row::copy_of(t.data(), t.shape());
    };
    node<row> a = node(cumsum<0>(x)), b = node(cumsum<0>(x));
    const auto ca = call(slow, a), cb = call(slow, b);
    node<row> a2 = node(cumsum<0>(node<row>(ca))), b2 = node(cumsum<0>(node<row>(cb)));
    node sum = a2 + b2;
    session s{g, {.inter_op_parallelism_threads = 2, .use_per_session_threads = true}};
    const auto plan = s.plan(feeds(x), fetches(sum));
    CHECK(plan.peak_bytes("/cpu:0") <= 4 * row_bytes);
    CHECK(plan.peak_bytes("/cpu:0") >= 2 * row_bytes);
    auto in = row{};
    for (std::size_t i = 0; i < 1024; ++i) in[i] = 1.0f;
    for (int i = 0; i < 50; ++i) CHECK(s.run({feed(x, in)}, sum)[3] == 2.0f * 10.0f);
}
