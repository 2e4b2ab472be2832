// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Callables that run a session themselves, however deep, with as few threads as there can be: the
// thread that waits inside is perhaps the only one that could run what it waits for. A test that
// hangs has failed.
#include <weft/weft.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>

#include <thread>

using namespace weft;
using weft_test::error_of;

namespace {

// A graph whose nodes alternate between two devices and add up to `levels` + 1, twice.
struct zigzag {
    graph g;
    node<tensor<float>> x = g.placeholder<tensor<float>>("x");
    node<tensor<float>> a = x, b = x;

    zigzag(int levels, const char* first, const char* second) {
        for (int i = 0; i < levels; ++i) {
            device_scope pin{g, i % 2 == 0 ? first : second};
            a = call([](float v) { return tensor<float>{v + 1}; }, a);
            b = call([](float v) { return tensor<float>{v + 1}; }, b);
        }
    }
};

session_options two_cpus(int threads, bool own = true) {
    return {.inter_op_parallelism_threads = threads,
            .intra_op_parallelism_threads = 1,
            .use_per_session_threads = own,
            .device_count = {{"CPU", 2}}};
}

}  // namespace

TEST_CASE("callables on either of two CPUs run a session of their own") {
    for (int threads : {-1, 1, 2})
        for (int cpus : {1, 2}) {
            CAPTURE(threads);
            CAPTURE(cpus);
            session_options options = two_cpus(threads);
            options.device_count = {{"CPU", cpus}};
            zigzag inner(6, "/cpu:0", cpus == 2 ? "/cpu:1" : "/cpu:0");
            session inside{inner.g, options};
            graph g;
            std::vector<node<float>> outer;
            for (int i = 0; i < 8; ++i) {
                device_scope pin{g, i % cpus == 0 ? "/cpu:0" : "/cpu:1"};
                outer.push_back(g.call([&, i] {
                    const auto [a, b] = inside.run({feed(inner.x, float(i))}, inner.a, inner.b);
                    return float(a) + float(b);
                }));
            }
            session s{g, options};
            for (int round = 0; round < 10; ++round) {
                const auto out = s.run(outer[0], outer[1], outer[2], outer[3], outer[4], outer[5],
                                       outer[6], outer[7]);
                CHECK(std::get<0>(out) == 12.0f);
                CHECK(std::get<7>(out) == 26.0f);
            }
        }
}

TEST_CASE("a run in a run in a run, all in the same pools, does not wait for itself") {
    // Four callables at a time, so that a first run shares them between threads.
    const auto four = [](graph& g, const char* device, auto run) {
        device_scope pin{g, device};
        const auto a = g.call(run), b = g.call(run), c = g.call(run), d = g.call(run);
        return call([](float w, float x, float y, float z) { return w + x + y + z; }, a, b, c, d);
    };
    // Own threads, and the process's: there all three sessions have one worker for /cpu:1.
    for (bool own : {true, false})
        for (const char* outer : {"/cpu:0", "/cpu:1"})
            for (const char* middle : {"/cpu:0", "/cpu:1"})
                for (const char* inner : {"/cpu:0", "/cpu:1"}) {
                    CAPTURE(own);
                    graph g1, g2, g3;
                    const auto third = four(g3, inner, [] { return 1.0f; });
                    session s3{g3, two_cpus(1, own)};
                    const auto second = four(g2, middle, [&] { return float(s3.run(third)); });
                    session s2{g2, two_cpus(1, own)};
                    const auto first = four(g1, outer, [&] { return float(s2.run(second)); });
                    session s1{g1, two_cpus(1, own)};
                    CHECK(s1.run(first) == 64.0f);
                }
}

TEST_CASE("a callable that uses the GPU its own run has used does not wait for it") {
    for (int threads : {-1, 1, 2}) {
        CAPTURE(threads);
        graph g;
        const auto x = g.placeholder<tensor<float>>("x");
        node there = on<gpu>(x + 1.0f);
        session* again = nullptr;
        const auto nested =
            call([&](float v) { return tensor<float>{again->run({feed(x, v)}, there)}; }, there);
        node back = on<gpu>(nested * 2.0f);
        session s{g,
                  {.inter_op_parallelism_threads = threads,
                   .use_per_session_threads = true,
                   .emulated_gpus = 1}};
        again = &s;
        for (int i = 0; i < 20; ++i) CHECK(s.run({feed(x, 1.0f)}, back) == 6.0f);
    }
}

TEST_CASE("an error inside of a nested run is that of the outer node, with both named") {
    graph inner;
    const auto broken = inner.call([]() -> int { fail(errc::out_of_range, "too far"); }, "broken");
    session inside{inner, two_cpus(1)};
    graph g;
    const auto outer = g.call([&] { return inside.run(broken); }, "outer");
    session s{g, two_cpus(1)};
    const auto e = error_of([&] { s.run(outer); });
    CHECK(e.code == errc::out_of_range);
    CHECK(e.node == "outer");
    CHECK(e.says("'broken'"));
    CHECK(e.says("too far"));
}

TEST_CASE("nested runs of many threads at once") {
    zigzag inner(4, "/cpu:0", "/cpu:1");
    session inside{inner.g, two_cpus(2, false)};
    graph g;
    const auto outer = [&] {
        device_scope pin{g, "/cpu:1"};
        return g.call(
            [&] { return float(inside.run({feed(inner.x, 1.0f)}, inner.a)) - 1.0f; });
    }();
    node<float> next = call([](float v) { return v * 2; }, outer);
    session s{g, two_cpus(2, false)};
    std::atomic<int> wrong{0};
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 8; ++t)
            threads.emplace_back([&] {
                for (int i = 0; i < 50; ++i) wrong += s.run(next) != 8.0f;
            });
    }
    CHECK(wrong == 0);
}

TEST_CASE("a worker that waits for a variable does not hold up the run that has it") {
    // The one worker of /cpu:1 runs a callable that needs a variable. The run that holds it has a
    // node on /cpu:1, too.
    graph g;
    variable<tensor<float>> v = g.variable(tensor<float>{1.0f}, "v");
    std::atomic<bool> held{false}, asked{false};
    const auto several = [](graph& of) {  // so that nodes are shared between threads
        std::vector<node<int>> out;
        for (int i = 0; i < 4; ++i) out.push_back(of.call([] { return 1; }));
        return call([](int a, int b, int c, int d) { return a + b + c + d; }, out[0], out[1],
                    out[2], out[3]);
    };
    const node<int> hold = g.call([&] {
        held = true;
        while (!asked) std::this_thread::yield();
        return 1;
    });
    const node<int> last = [&] {
        device_scope pin{g, "/cpu:1"};
        return call([](int, float value) { return int(value); }, hold, v);
    }();
    const auto both = call([](int a, int b) { return a + b; }, several(g), last);
    const auto add = v.assign_add(1.0f);
    session s{g, two_cpus(1, false)};
    s.initialize();

    graph outer;
    const node<int> asks = [&] {
        device_scope pin{outer, "/cpu:1"};
        return outer.call([&] {
            while (!held) std::this_thread::yield();
            asked = true;
            s.run(add);
            return 1;
        });
    }();
    const node<int> waits = outer.call([&] {
        while (!asked) std::this_thread::yield();
        return 1;
    });
    const auto all =
        call([](int a, int b, int c) { return a + b + c; }, several(outer), asks, waits);
    session asking{outer, two_cpus(1, false)};
    for (int round = 0; round < 5; ++round) {
        held = asked = false;
        std::jthread other([&] { CHECK(asking.run(all) == 6); });
        CHECK(s.run(both) == 5 + round);
    }
}

TEST_CASE("more callers than a pool has places for workers, all at once") {
    zigzag two(5, "/cpu:0", "/cpu:1");
    session s{two.g, two_cpus(1)};
    std::atomic<int> wrong{0}, inside{0};
    graph g;
    std::atomic<bool> go{false};
    // All callers are in the pool before any of them can leave it.
    const auto hold = g.call([&] {
        ++inside;
        while (!go) std::this_thread::yield();
        return 1;
    });
    const auto other = g.call([] { return 1; });
    node<int> sum_of = call([](int a, int b) { return a + b; }, hold, other);
    session held{g, two_cpus(1)};
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 150; ++t)
            threads.emplace_back([&] {
                wrong += held.run(sum_of) != 2;
                for (int i = 0; i < 5; ++i) {
                    const auto [a, b] = s.run({feed(two.x, 1.0f)}, two.a, two.b);
                    wrong += a != 6.0f || b != 6.0f;
                }
            });
        while (inside < 150) std::this_thread::yield();
        go = true;
    }
    CHECK(wrong == 0);
}
