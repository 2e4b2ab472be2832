// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Runs as a whole: right results whatever the way they are run, stops in every phase, errors at any
// node, objects, and memory that does not suffice.
#include <weft/weft.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>

#include <random>
#include <thread>

using namespace weft;
using namespace std::chrono_literals;
using weft_test::error_of;

TEST_CASE("large values of a run with several threads do not share memory") {
    // Few nodes and much work: what a first run finds out about sizes decides how it is run.
    graph g;
    const auto x = g.placeholder<tensor<float, dyn>>("x");
    node<tensor<float, dyn>> rows[6] = {x, x, x, x, x, x};
    for (int i = 0; i < 6; ++i)
        for (int step = 0; step < 3; ++step) rows[i] = node(rows[i] + float(i + 1));
    node z = rows[0] + rows[1] * rows[2] + rows[3] - rows[4] * rows[5];
    for (int threads : {1, 4}) {
        session s{g, {.inter_op_parallelism_threads = threads, .use_per_session_threads = true}};
        for (std::size_t n : {std::size_t{300'000}, std::size_t{10}, std::size_t{200'000}}) {
            const auto in = tensor<float, dyn>::zeros({n});
            const auto out = s.run({feed(x, in)}, z);
            std::size_t wrong = 0;
            for (float v : out) wrong += v != 3 + 6 * 9 + 12 - 15 * 18;
            CHECK(wrong == 0);
        }
    }
}

TEST_CASE("shapes may change from run to run") {
    graph g;
    const auto x = g.placeholder<tensor<float, dyn, 2>>("x");
    const auto y = g.placeholder<tensor<float, dyn, 2>>("y");
    node z = (x + y) * 2.0f;
    node there = on<gpu>(z - 1.0f);
    node total = sum(there);
    session s{g, {.emulated_gpus = 1}};
    auto step = s.make_callable(feeds(x, y), fetches(z, total));
    for (std::size_t n : {3u, 0u, 7u, 1u, 1000u, 2u}) {
        auto a = tensor<float, dyn, 2>::zeros({n, 2});
        for (float& e : a) e = 1.5f;
        const auto [out, sum_of] = step(a, a);
        CHECK(out.shape() == dims{n, 2});
        CHECK(sum_of == 5.0f * 2 * float(n));
    }
    const auto e = error_of([&] {
        step(tensor<float, dyn, 2>::zeros({3, 2}), tensor<float, dyn, 2>::zeros({4, 2}));
    });
    CHECK(e.code == errc::invalid_argument);
    CHECK(e.node == "Mul");
    CHECK(e.says("3 and 4"));
    const auto [again, sum_of] =
        step(tensor<float, dyn, 2>::zeros({3, 2}), tensor<float, dyn, 2>::zeros({1, 2}));
    CHECK(again.shape() == dims{3, 2});
}

TEST_CASE("values whose shape is known late flow through kernels and devices") {
    graph g;
    std::size_t n = 4;
    const auto late = g.call([&] {
        auto t = tensor<float, dyn>::zeros({n});
        for (float& e : t) e = 2;
        return t;
    });
    node here = late * 3.0f + 1.0f;
    node there = on<gpu>(here + late);
    node total = sum(there);
    session s{g, {.emulated_gpus = 1}};
    for (std::size_t size : {4u, 0u, 9u, 1u}) {
        n = size;
        const auto [a, b, t] = s.run(here, there, total);
        CHECK(a.size() == size);
        CHECK(b.size() == size);
        CHECK(t == 9.0f * float(size));
    }
    const auto live = s.memory("/gpu:0").live;
    for (int i = 0; i < 20; ++i) s.run(total);
    CHECK(s.memory("/gpu:0").live == live);
}

TEST_CASE("a kernel on a GPU reads more tensors than fit on its stack") {
    graph g;
    const auto add = [&](auto... part) { return (part + ...); };
    std::vector<node<tensor<float, 3>>> c;
    for (int i = 0; i < 70; ++i) c.push_back(g.constant(tensor<float, 3>{1, 1, float(i)}));
    node z = [&]<std::size_t... I>(std::index_sequence<I...>) {
        return node(on<gpu>(add(c[I]...)));
    }
    (std::make_index_sequence<70>{});
    session s{g, {.emulated_gpus = 1}};
    CHECK(s.run(z) == tensor<float, 3>{70, 70, 69 * 35});
}

namespace {

errc stopped(session& s, const node<int>& n, run_options options) {
    return error_of([&] { s.run(options, n); }).code;
}

}  // namespace

TEST_CASE("deadlines and stop tokens before, between, in and behind nodes") {
    graph g;
    std::atomic<bool> wait_in_kernel{true};
    const auto slow = g.call(
        [&](cpu_context& ctx) {
            while (wait_in_kernel && !ctx.stop_requested()) std::this_thread::sleep_for(1ms);
            return 1;
        },
        "slow");
    node<int> next = call([](int x) { return x + 1; }, slow);
    const auto other = g.call([] { return 3; }, "other");
    node<int> z = call([](int x, int y) { return x + y; }, next, other);
    for (int threads : {-1, 1, 2}) {
        CAPTURE(threads);
        session s{g, {.inter_op_parallelism_threads = threads, .use_per_session_threads = true}};
        wait_in_kernel = true;
        CHECK(stopped(s, z, {.timeout = 10ms}) == errc::deadline_exceeded);
        CHECK(stopped(s, z, {.timeout = 1ns}) == errc::deadline_exceeded);
        CHECK(stopped(s, z, {.timeout = -1ns}) == errc::deadline_exceeded);
        std::stop_source before;
        before.request_stop();
        CHECK(stopped(s, z, {.stop = before.get_token()}) == errc::cancelled);
        std::stop_source during;
        std::jthread later([&] {
            std::this_thread::sleep_for(10ms);
            during.request_stop();
        });
        const auto e = error_of([&] { s.run(run_options{.stop = during.get_token()}, z); });
        CHECK(e.code == errc::cancelled);
        CHECK(e.says("has not"));
        CHECK_FALSE(e.node.empty());
        wait_in_kernel = false;
        CHECK(s.run(run_options{.timeout = 1h}, z) == 5);
        CHECK(s.run(run_options{.timeout = std::chrono::nanoseconds::max()}, z) == 5);
        std::stop_source unused;
        CHECK(s.run(run_options{.stop = unused.get_token()}, z) == 5);
    }
}

TEST_CASE("a run that waits for a variable can be stopped") {
    graph g;
    std::atomic<bool> entered{false}, leave{false};
    const auto v = g.variable(1.0f, "v");
    const auto slow = g.call(
        [&] {
            entered = true;
            while (!leave) std::this_thread::sleep_for(1ms);
        },
        "slow");
    const auto write = [&] {
        control_dependencies after{g, {slow}};
        return v.assign_add(1.0f);
    }();
    session s{g, {.inter_op_parallelism_threads = 2, .use_per_session_threads = true}};
    s.initialize();
    std::jthread writer([&] { s.run(write); });
    while (!entered) std::this_thread::sleep_for(1ms);
    CHECK(error_of([&] { s.run(run_options{.timeout = 20ms}, v); }).code ==
          errc::deadline_exceeded);
    std::stop_source stop;
    std::jthread later([&] {
        std::this_thread::sleep_for(10ms);
        stop.request_stop();
    });
    CHECK(error_of([&] { s.run(run_options{.stop = stop.get_token()}, v); }).code ==
          errc::cancelled);
    leave = true;
    CHECK(s.run(v) == 2.0f);
}

TEST_CASE("an error at any node of a graph leaves the session usable and nothing behind") {
    static std::atomic<int> alive{0};
    struct token {
        int sum = 0;
        explicit token(int s) : sum(s) { ++alive; }
        token(token&& o) noexcept : sum(o.sum) { ++alive; }
        token(const token& o) : sum(o.sum) { ++alive; }
        ~token() { --alive; }
    };
    std::mt19937 random(7);
    for (int round = 0; round < 10; ++round) {
        graph g;
        std::atomic<int> failing{-1}, starts{0};
        const int n = 30;
        std::vector<node<token>> nodes;
        std::vector<int> expected;
        for (int i = 0; i < n; ++i) {
            const auto check = [&failing, &starts, i] {
                ++starts;
                if (failing == i) fail(errc::out_of_range, "node %d", i);
            };
            if (i == 0) {
                nodes.push_back(g.call([=] {
                    check();
                    return token(1);
                }));
                expected.push_back(1);
            } else {
                const auto a = random() % unsigned(i), b = random() % unsigned(i);
                nodes.push_back(call(
                    [=](const token& x, const token& y) {
                        check();
                        return token((x.sum + y.sum) % 1000);
                    },
                    nodes[a], nodes[b]));
                expected.push_back((expected[a] + expected[b]) % 1000);
            }
        }
        const auto all = [&]() -> node<int> {
            std::vector<node_id> controls;
            for (const auto& part : nodes) controls.push_back(part.id());
            node<int> end = call([](const token& t) { return t.sum; }, nodes.back());
            for (node_id id : controls) g.add_control(id, end.id());
            return end;
        }();
        session s{g,
                  {.inter_op_parallelism_threads = round % 4 == 0 ? -1 : round % 4,
                   .use_per_session_threads = true}};
        for (int i = 0; i < n; ++i) {
            failing = i;
            const auto e = error_of([&] { s.run(all); });
            REQUIRE(e.code == errc::out_of_range);
            CHECK(e.node == nodes[std::size_t(i)].name());
            CHECK(alive == 0);
        }
        failing = -1;
        starts = 0;
        CHECK(s.run(all) == expected.back());
        CHECK(starts == n);
        CHECK(alive == 0);
    }
}

TEST_CASE("memory that does not suffice is an error; idle runs give theirs up first") {
    graph g;
    const auto x = g.placeholder<tensor<float, dyn>>("x");
    const auto make = [&](float k) {
        device_scope pin{g, "/gpu:0"};
        node a = x * k;
        node b = a + 1.0f;
        return b;
    };
    const auto first = make(2), second = make(3);
    session s{g, {.emulated_gpus = 1, .memory_limit = {{"/gpu:0", 1 << 20}}}};
    const auto big = tensor<float, dyn>::zeros({150'000});  // one value of 600,000 bytes
    const auto huge = tensor<float, dyn>::zeros({400'000});
    CHECK(s.run({feed(x, big)}, first)[0] == 1.0f);
    CHECK(s.run({feed(x, big)}, second)[0] == 1.0f);
    const auto e = error_of([&] { s.run({feed(x, huge)}, first); });
    CHECK(e.code == errc::resource_exhausted);
    CHECK(e.says("/job:localhost/task:0/gpu:0"));
    CHECK(e.says("1048576"));
    CHECK(s.run({feed(x, big)}, first)[149'999] == 1.0f);
    CHECK(s.run({feed(x, big)}, second)[149'999] == 1.0f);
    CHECK(s.memory("/gpu:0").in_use <= std::size_t{1} << 20);
}

TEST_CASE("memory that runs out in the middle of a run is an error of the node") {
    graph g;
    std::size_t n = 1000;
    const auto late = g.call([&] { return tensor<float, dyn>::zeros({n}); });
    node there = on<gpu>(late + 1.0f);
    session s{g, {.emulated_gpus = 1, .memory_limit = {{"/gpu:*", 1 << 16}}}};
    CHECK(s.run(there).size() == 1000);
    n = 100'000;
    const auto e = error_of([&] { s.run(there); });
    CHECK(e.code == errc::resource_exhausted);
    CHECK_FALSE(e.node.empty());
    n = 1000;
    CHECK(s.run(there).size() == 1000);
}
