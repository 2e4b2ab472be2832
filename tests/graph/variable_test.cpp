// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Variables: initial values, assignments, reads on either side of a write, shapes that are known
// late, feeding one.
#include <weft/weft.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>

using namespace weft;
using weft_test::error_of;

TEST_CASE("initial values are numbers, tensors or expressions, in the order of making") {
    graph g;
    const auto a = g.variable(2.0f, "a");
    const auto b = g.variable(tensor<std::int32_t, 2>{3, 4}, "b");
    const auto c = g.variable(a * 10.0f, "c");
    const auto d = g.variable(full<float, 2>(0.5f), "d");
    session s{g};
    s.initialize();
    CHECK(s.run(a) == 2.0f);
    CHECK(s.run(b) == tensor<std::int32_t, 2>{3, 4});
    CHECK(s.run(c) == 20.0f);
    CHECK(s.run(d) == tensor<float, 2>{0.5f, 0.5f});
    s.run(a.assign(7.0f));
    CHECK(s.run(a) == 7.0f);
    s.run(a.initializer());
    CHECK(s.run(a) == 2.0f);
    CHECK(s.run(c) == 20.0f);
}

TEST_CASE("assign, assign_add and assign_sub") {
    graph g;
    const auto v = g.variable(tensor<float, 3>{1, 2, 3}, "v");
    const auto add = v.assign_add(1.0f), sub = v.assign_sub(v), set = v.assign(4.0f);
    session s{g};
    s.initialize();
    CHECK(s.run(add) == std::monostate{});
    CHECK(s.run(v) == tensor<float, 3>{2, 3, 4});
    s.run(sub);
    CHECK(s.run(v) == tensor<float, 3>{0, 0, 0});
    s.run(set);
    CHECK(s.run(v) == tensor<float, 3>{4, 4, 4});
    CHECK(add.name() == "AssignAdd");
    CHECK(g.record(add.id()).fused == std::vector<std::string>{"AssignAdd", "Add"});
}

TEST_CASE("a number that a variable cannot hold is refused") {
    graph g;
    const auto v = g.variable(1.0f, "v");
    CHECK(error_of([&] { v.assign(16777217); }).code == errc::invalid_argument);
    CHECK(error_of([&] { v.assign_add(16777217); }).code == errc::invalid_argument);
    const auto w = g.variable(std::int8_t{1});
    CHECK(error_of([&] { w.assign(300); }).says("300"));
}

TEST_CASE("a read stands on the side of a write where it was made") {
    for (int gpus : {0, 2}) {
        CAPTURE(gpus);
        graph g;
        // With emulated GPUs the readers are on other devices than the variable.
        const auto on_device = [&](const char* device, auto make) {
            device_scope pin{g, gpus > 0 ? device : ""};
            return make();
        };
        const auto v = on_device("/gpu:0", [&] { return g.variable(1.0f, "v"); });
        const auto before = on_device("/gpu:1", [&] {
            node n = v * 2.0f;
            return n;
        });
        const auto before_here = on_device("/cpu:0", [&] {
            node n = v * 3.0f;
            return n;
        });
        const auto write = v.assign_add(10.0f);
        control_dependencies after{g, {write}};
        const auto after_there = on_device("/gpu:1", [&] {
            node n = v * 2.0f;
            return n;
        });
        const auto after_here = on_device("/cpu:0", [&] {
            node n = v * 3.0f;
            return n;
        });
        const auto read = v.read();
        const auto second = v.assign_add(100.0f);
        control_dependencies then{g, {second}};
        const auto last = on_device("/cpu:0", [&] {
            node n = v * 5.0f;
            return n;
        });
        for (int threads : {-1, 1, 3}) {
            session s{g,
                      {.inter_op_parallelism_threads = threads,
                       .use_per_session_threads = true,
                       .emulated_gpus = gpus}};
            s.initialize();
            for (float now = 1; now < 1000; now += 110) {
                const auto [a, b, c, d, e, f, old] =
                    s.run(after_there, before, last, before_here, after_here, read, v);
                CHECK(b == now * 2);
                CHECK(d == now * 3);
                CHECK(a == (now + 10) * 2);
                CHECK(e == (now + 10) * 3);
                CHECK(f == now + 10);
                CHECK(c == (now + 110) * 5);
                CHECK(old == now);
            }
        }
    }
}

TEST_CASE("two variables change places, through a read or without") {
    graph g;
    const auto a = g.variable(1.0f, "a"), b = g.variable(2.0f, "b");
    const auto kept = a.read();
    const auto first = a.assign(b), second = b.assign(kept);
    session s{g};
    s.initialize();
    s.run(first, second);
    CHECK(s.run(a) == 2.0f);
    CHECK(s.run(b) == 1.0f);
    const auto direct = b.assign(a);
    s.run(first, direct);
    CHECK(s.run(a) == 1.0f);
    CHECK(s.run(b) == 2.0f);
}

TEST_CASE("a variable of dyn dimensions takes the shape of its first value") {
    graph g;
    const auto x = g.placeholder<tensor<float, dyn>>("x");
    const auto d = g.constant(1, "d");
    const auto divisor = g.placeholder<tensor<std::int32_t>>("divisor");
    const auto check = [&] {
        node q = d / divisor;
        return q;
    }();
    const auto v = [&] {
        const auto made = g.variable(x * 2.0f, "v");
        return made;
    }();
    g.add_control(check.id(), v.initializer().id());
    const auto other = v.assign(x);
    session s{g};
    // A run that fails before it writes leaves no shape behind.
    const tensor<float, dyn> five{1, 2, 3, 4, 5}, three{1, 2, 3};
    CHECK(error_of([&] {
              s.run({feed(x, five), feed(divisor, 0)}, v.initializer());
          }).code == errc::invalid_argument);
    CHECK(error_of([&] { s.run(v); }).code == errc::failed_precondition);
    s.run({feed(x, three), feed(divisor, 1)}, v.initializer());
    CHECK(s.run(v) == tensor<float, dyn>{2, 4, 6});
    const auto e = error_of([&] { s.run({feed(x, five)}, other); });
    CHECK(e.code == errc::invalid_argument);
    CHECK(e.says("[5]"));
    CHECK(e.says("[3]"));
    CHECK(e.says("'v'"));
    CHECK(s.run(v) == tensor<float, dyn>{2, 4, 6});
}

TEST_CASE("a value whose shape is known late can be assigned, to a variable without one, too") {
    for (int gpus : {0, 1}) {
        CAPTURE(gpus);
        graph g;
        std::size_t size = 3;
        const auto late = g.call([&] { return tensor<float, dyn>::zeros({size}); });
        const auto v = g.variable(tensor<float, 3>{1, 2, 3}, "v");
        const auto w = g.variable(late + 1.0f, "w");
        const auto set = v.assign(late);
        const auto twice = [&] {
            control_dependencies after{g, {w.initializer()}};
            node n = w * 2.0f;
            return n;
        }();
        session s{g, {.emulated_gpus = gpus}};
        s.run(set);  // never initialized
        CHECK(s.run(v) == tensor<float, 3>{0, 0, 0});
        CHECK(s.run(twice) == tensor<float, dyn>{2, 2, 2});
        CHECK(s.run(w) == tensor<float, dyn>{1, 1, 1});
        size = 4;
        CHECK(error_of([&] { s.run(set); }).code == errc::invalid_argument);
        CHECK(error_of([&] { s.run(w.initializer()); }).code == errc::invalid_argument);
        CHECK(s.run(w) == tensor<float, dyn>{1, 1, 1});
        size = 3;
        s.run(set, w.initializer());
        CHECK(s.run(v) == tensor<float, 3>{0, 0, 0});
    }
}

TEST_CASE("a variable can be fed, also in a run that writes it, and stays where it was") {
    graph g;
    const auto v = [&] {
        device_scope pin{g, "/gpu:0"};
        return g.variable(1.0f, "v");
    }();
    const auto w = g.variable(5.0f, "w");
    node z = v * 2.0f;
    const auto add = v.assign_add(1.0f);
    session s{g, {.emulated_gpus = 1}};
    CHECK(s.run({feed(v, 20.0f)}, z) == 40.0f);
    CHECK(error_of([&] { s.run(z); }).code == errc::failed_precondition);
    s.initialize();
    CHECK(s.device_of(v) == "/job:localhost/task:0/gpu:0");
    const auto [fed, done] = s.run({feed(v, 20.0f)}, v, add);
    CHECK(fed == 20.0f);
    CHECK(s.run(v) == 21.0f);
    CHECK(s.run(w) == 5.0f);
}
