// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What a session gives back: one fetch bare, several as a tuple, nothing as a monostate; callables;
// fetches into the caller's tensors; plans and their memory.
#include <weft/weft.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>

#include <type_traits>

using namespace weft;
using weft_test::error_of;

TEST_CASE("one fetch comes bare, several as a tuple, nothing as a monostate") {
    graph g;
    const auto a = g.constant(3.0f);
    const auto v = g.variable(1.0f);
    const auto nothing = g.call([] {});
    const auto text = g.call([] { return std::string("t"); });
    session s{g};
    s.initialize();
    static_assert(std::is_same_v<decltype(s.run(a)), tensor<float>>);
    static_assert(std::is_same_v<decltype(s.run(nothing)), std::monostate>);
    static_assert(
        std::is_same_v<decltype(s.run(a, nothing, v, text)),
                       std::tuple<tensor<float>, std::monostate, tensor<float>, std::string>>);
    const auto [x, unused, y, t] = s.run(a, nothing, v, text);
    CHECK(x == 3.0f);
    CHECK(y == 1.0f);
    CHECK(t == "t");
    const auto [first, again] = s.run(a, a);
    CHECK(first == again);
}

TEST_CASE("feeding any node cuts the graph above it") {
    graph g;
    int calls = 0;
    const auto a = g.call([&] {
        ++calls;
        return tensor<float>{1.0f};
    });
    node b = a + 1.0f;
    node c = b * 10.0f;
    session s{g};
    CHECK(s.run(c) == 20.0f);
    CHECK(s.run({feed(b, 5.0f)}, c) == 50.0f);
    CHECK(s.run({feed(a, 5.0f)}, c) == 60.0f);
    CHECK(calls == 1);
    CHECK(s.nodes_run() == 2);
    const auto [x, y] = s.run({feed(b, 5.0f)}, a, c);
    CHECK(x == 1.0f);
    CHECK(y == 50.0f);
    CHECK(calls == 2);
    CHECK(s.run({feed(b, 7.0f)}, b) == 7.0f);
    CHECK(s.nodes_run() == 0);
}

TEST_CASE("callables take tensors, views, numbers for rank 0, and outlive moves of the session") {
    graph g;
    const auto x = g.placeholder<tensor<float, dyn>>("x");
    const auto k = g.placeholder<tensor<float>>("k");
    node z = x * k;
    session first{g};
    auto step = first.make_callable(feeds(x, k), fetches(z));
    auto constant = first.make_callable(fetches(g.constant(2.0f)));
    session s = std::move(first);
    tensor<float, dyn> in{1, 2, 3};
    CHECK(step(in, 2.0f) == tensor<float, dyn>{2, 4, 6});
    CHECK(step(in.view(), tensor<float>{3.0f}) == tensor<float, dyn>{3, 6, 9});
    CHECK(step(tensor<float, 2>{1, 2}, 2.0f) == tensor<float, dyn>{2, 4});
    CHECK(constant() == 2.0f);
    const auto e = error_of([&] {
        auto bad = s.make_callable(feeds(k), fetches(z));
        bad(2.0f);
    });
    CHECK(e.node == "x");
}

TEST_CASE("fetch_into writes into the caller's tensor, large or small, twice or fed") {
    graph g;
    const auto x = g.placeholder<tensor<float, dyn>>("x");
    node z = x * 2.0f;
    node after = z + 1.0f;
    node total = sum(after);
    for (int threads : {-1, 2}) {
        session s{g, {.inter_op_parallelism_threads = threads, .use_per_session_threads = true}};
        for (std::size_t n : {1u, 5u, 100'000u}) {
            auto in = tensor<float, dyn>::zeros({n});
            for (float& e : in) e = 4;
            auto out = tensor<float, dyn>::zeros({n});
            auto other = tensor<float, dyn>::zeros({n});
            const auto [a, b, c] =
                s.run({feed(x, in)}, fetch_into(z, out), fetch_into(z, other), total);
            static_assert(std::is_same_v<decltype(a), const std::monostate>);
            CHECK(out[n - 1] == 8.0f);
            CHECK(other[n - 1] == 8.0f);
            CHECK(c == 9.0f * float(n));
            const auto [copy, d] = s.run({feed(x, in)}, z, fetch_into(z, out));
            CHECK(copy[n / 2] == 8.0f);
            // Into what is fed: the kernel reads it after the first elements were written.
            s.run({feed(x, in)}, fetch_into(z, in));
            CHECK(in[0] == 8.0f);
            CHECK(in[n - 1] == 8.0f);
            s.run({feed(x, in)}, fetch_into(x, out));
            CHECK(out[n - 1] == 8.0f);
        }
    }
}

TEST_CASE("a variable that is fetched and written gives its value from before") {
    graph g;
    const auto v = g.variable(tensor<float, 100>{}, "v");
    const auto add = v.assign_add(1.0f);
    session s{g};
    s.initialize();
    tensor<float, 100> into;
    for (int i = 0; i < 5; ++i) {
        const auto [before, done, again] = s.run(v, add, v);
        CHECK(before(99) == float(2 * i));
        CHECK(again == before);
        s.run(add, fetch_into(v, into));
        CHECK(into(99) == float(2 * i + 1));
    }
}

TEST_CASE("a plan knows its nodes and its memory before the first run") {
    graph g;
    const auto x = g.placeholder<tensor<float, 1000>>("x");
    const auto any = g.placeholder<tensor<float, dyn>>("any");
    node<tensor<float, 1000>> z = x + 1.0f;
    for (int i = 0; i < 9; ++i) z = node(z * 2.0f);
    node open = any * 2.0f;
    const auto v = g.variable(tensor<float, 500>{});
    session s{g, {.inter_op_parallelism_threads = -1}};
    auto plan = s.plan(feeds(x), fetches(z));
    CHECK(plan.nodes() == 10);
    const std::size_t least = 4032;  // each is written over the one before
    CHECK(plan.peak_bytes("/cpu:0") == least);
    CHECK(error_of([&] { plan.peak_bytes("/cpu:4"); }).code == errc::not_found);
    s.run({feed(x, tensor<float, 1000>{})}, z);
    CHECK(plan.peak_bytes("/cpu:0") == least);
    auto later = s.plan(feeds(any), fetches(open));
    CHECK(error_of([&] { later.peak_bytes("/cpu:0"); }).code == errc::failed_precondition);
    // A run that fails before it is laid out says nothing about memory.
    CHECK(error_of([&] { s.run({feed(any, tensor<float, dyn>{1})}, open, z); }).node == "x");
    s.run({feed(any, tensor<float, dyn>::zeros({100}))}, open);
    CHECK(later.peak_bytes("/cpu:0") == 448);
    CHECK(s.plan(feeds(), fetches(v.assign_add(1.0f))).peak_bytes("/cpu:0") == 0);
    CHECK(error_of([&] { s.run(v); }).code == errc::failed_precondition);
}

TEST_CASE("explain and device_of place without running") {
    graph g;
    int calls = 0;
    const auto a = g.call([&] { return ++calls; }, "a");
    node<int> b = call([](int x) { return x; }, a);
    session s{g};
    CHECK(s.device_of(b) == "/job:localhost/task:0/cpu:0");
    CHECK(s.explain(a, b).nodes.size() == 2);
    CHECK(calls == 0);
}
