// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What runs leave allocated: nothing more after the first, with the same shapes or smaller ones;
// the memory of idle runs can be taken back.
#include <weft/weft.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>

#include "allocation_counter.hpp"

using namespace weft;

TEST_CASE("runs after the first allocate nothing on devices") {
    graph g;
    const auto x = g.placeholder<tensor<float, dyn>>("x");
    node a = x * 2.0f;
    node b = on<gpu>(a + x);
    node c = sum(b);
    const auto v = g.variable(0.0f, "v");
    const auto add = v.assign_add(c);
    session s{g, {.emulated_gpus = 1}};
    s.initialize();
    auto step = s.make_callable(feeds(x), fetches(c, add));
    auto in = tensor<float, dyn>::zeros({1000});
    step(in);
    const auto before = s.memory("/gpu:0"), host = s.memory("/cpu:0");
    for (std::size_t n : {1000u, 10u, 1000u, 500u, 1u}) {
        in = tensor<float, dyn>::zeros({n});
        for (int i = 0; i < 3; ++i) step(in);
    }
    CHECK(s.memory("/gpu:0").allocations == before.allocations);
    CHECK(s.memory("/cpu:0").allocations == host.allocations);
}

TEST_CASE("a callable that fetches small tensors calls operator new in no run but the first") {
    graph g;
    const auto x = g.placeholder<tensor<float, 4>>("x");
    node a = x * 2.0f;
    node b = a + x;
    node t = sum(b);
    const auto v = g.variable(tensor<float, 4>{}, "v");
    const auto add = v.assign_add(b);
    session s{g, {.inter_op_parallelism_threads = -1}};
    s.initialize();
    auto step = s.make_callable(feeds(x), fetches(b, t, add));
    const tensor<float, 4> in{1, 2, 3, 4};
    step(in);
    step(in);
    const std::size_t before = weft_test::allocations_so_far();
    for (int i = 0; i < 10; ++i) step(in);
    CHECK(weft_test::allocations_so_far() == before);
}

TEST_CASE("fetching into a tensor of the caller costs no allocation of its size") {
    graph g;
    const auto x = g.placeholder<tensor<float, dyn>>("x");
    node a = x * 2.0f;
    session s{g, {.inter_op_parallelism_threads = -1}};
    auto out = tensor<float, dyn>::zeros({10'000});
    auto in = tensor<float, dyn>::zeros({10'000});
    auto step = s.make_callable(feeds(x), fetches(fetch_into(a, out)));
    step(in);
    step(in);
    const std::size_t before = weft_test::allocations_so_far();
    for (int i = 0; i < 10; ++i) step(in);
    CHECK(weft_test::allocations_so_far() == before);
}

TEST_CASE("memory grows with the largest run, and no further") {
    graph g;
    const auto x = g.placeholder<tensor<float, dyn>>("x");
    node b = on<gpu>(x + 1.0f);
    session s{g, {.emulated_gpus = 1}};
    const auto run = [&](std::size_t n) {
        CHECK(s.run({feed(x, tensor<float, dyn>::zeros({n}))}, b).size() == n);
        return s.memory("/gpu:0").in_use;
    };
    const std::size_t small = run(50);
    CHECK(small == 256);  // the sum is written over the copy of x
    const std::size_t large = run(5000);
    CHECK(large == 20'032);
    CHECK(run(50) == large);
    CHECK(s.plan(feeds(x), fetches(b)).peak_bytes("/gpu:0") == small);
    CHECK(s.memory("/gpu:0").peak == large);
    // One run after the other: a second execution would have memory of its own.
    CHECK(s.memory("/gpu:0").live == 1);
}
