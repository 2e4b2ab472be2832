// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Nodes that hold values: constants, placeholders, and groups.
#include <weft/weft.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>

#include <memory>

using namespace weft;

TEST_CASE("constants keep their elements; nobody else's change changes them") {
    graph g;
    tensor<float, dyn> t{1, 2, 3};
    const auto c = g.constant(t, "c");
    t[0] = 9;
    CHECK(g.record(c.id()).type.shape == dims{3});
    session s{g, {.emulated_gpus = 1}};
    CHECK(s.run(c) == tensor<float, dyn>{1, 2, 3});
    const auto there = [&] {
        device_scope pin{g, "/gpu:0"};
        return g.constant(tensor<std::int32_t, 2>{4, 5});
    }();
    CHECK(s.device_of(there) == "/job:localhost/task:0/gpu:0");
    CHECK(s.run(there) == tensor<std::int32_t, 2>{4, 5});
}

TEST_CASE("a constant under control dependencies waits, and its readers with it") {
    graph g;
    int calls = 0;
    const auto first = g.call([&] { ++calls; }, "first");
    const auto c = [&] {
        control_dependencies after{g, {first}};
        return g.constant(2.0f);
    }();
    node z = c + 1.0f;
    session s{g};
    CHECK(s.run(z) == 3.0f);
    CHECK(calls == 1);
    CHECK(s.run(c) == 2.0f);
    CHECK(calls == 2);
}

TEST_CASE("empty tensors are constants like others") {
    graph g;
    const auto none = g.constant(tensor<float, dyn>{});
    node z = none * 2.0f;
    node there = on<gpu>(none * 3.0f);
    session s{g, {.emulated_gpus = 1}};
    const auto [a, b, c] = s.run(none, z, there);
    CHECK(a.size() == 0);
    CHECK(b.size() == 0);
    CHECK(c.size() == 0);
}

TEST_CASE("placeholders of any movable type") {
    graph g;
    const auto p = g.placeholder<std::unique_ptr<int>>("p");
    node<int> z = call([](const std::unique_ptr<int>& i) { return *i + 1; }, p);
    session s{g};
    const auto seven = std::make_unique<int>(7);
    CHECK(s.run({feed(p, seven)}, z) == 8);
    CHECK(s.run({feed(p, std::make_unique<int>(8))}, z) == 9);
    const auto e = weft_test::error_of([&] { s.run({feed(p, seven)}, p); });
    CHECK(e.code == errc::failed_precondition);
    CHECK(e.node == "p");
    CHECK(s.run({feed(p, seven)}, z) == 8);
}

TEST_CASE("a group is done when all of its members are") {
    graph g;
    int done = 0;
    const auto a = g.call([&] { ++done; }, "a");
    const auto b = g.call(
        [&] {
            ++done;
            return 1;
        },
        "b");
    const auto both = group(a, b);
    const auto nested = group(both);
    const auto after = [&] {
        control_dependencies wait{g, {nested}};
        return g.call([&] { return done; });
    }();
    session s{g, {.inter_op_parallelism_threads = 2, .use_per_session_threads = true}};
    CHECK(s.run(after) == 2);
    CHECK(s.run(both) == std::monostate{});
    CHECK(done == 4);
}
