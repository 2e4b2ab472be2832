// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Kernels that throw, at every node of random graphs on a CPU and a GPU: the error names the node,
// variables are as they were before the run or as an assign of it has left them, and the next run
// is right.
#include <weft/weft.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>

#include <random>
#include <set>
#include <thread>

using namespace weft;
using weft_test::error_of;

namespace {

using row = tensor<float, 4>;

// A graph of callables, each followed by an element-wise node on the CPU or the GPU; those whose
// number is in `failing` throw. Everything is added up, and added to a variable.
struct breakable {
    graph g;
    std::set<int> failing;  // not changed while a run is under way
    std::vector<std::string> names;
    std::vector<long> values;
    variable<row> v = g.variable(row{1, 1, 1, 1}, "v");
    node<void> add = build(0);

    explicit breakable(unsigned seed) : random_(seed) { add = build(24); }
    long total() const {
        long sum = 0;
        for (long one : values) sum += one;
        return sum;
    }

private:
    node<void> build(int n) {
        if (n == 0) return g.call([] {});
        std::vector<node<row>> made;
        for (int i = 0; i < n; ++i) {
            const auto check = [this, i] {
                if (failing.contains(i)) fail(errc::out_of_range, "broken %d", i);
            };
            const std::size_t a = made.empty() ? 0 : random_() % made.size();
            const std::size_t b = made.empty() ? 0 : random_() % made.size();
            if (made.empty()) {
                const auto first = g.call([check] {
                    check();
                    return row{1, 1, 1, 1};
                });
                names.push_back(first.name());
                values.push_back(1);
                made.push_back(first);
                continue;
            }
            const auto called = call(
                [check](const row& x, const row& y) {
                    check();
                    row out;
                    for (std::size_t e = 0; e < 4; ++e)
                        out[e] = float(long(x[e] + y[e]) % 100);
                    return out;
                },
                made[a], made[b]);
            names.push_back(called.name());
            device_scope pin{g, random_() % 2 == 0 ? "/cpu:0" : "/gpu:0"};
            made.push_back(node<row>(node(called + 1.0f)));
            values.push_back((values[a] + values[b]) % 100 + 1);
        }
        node<row> all = made[0];
        for (std::size_t i = 1; i < made.size(); ++i) all = node<row>(node(all + made[i]));
        return v.assign_add(all);
    }

    std::mt19937 random_{0};
};

session_options options_for(unsigned seed) {
    const int inter[] = {-1, 1, 2, 3};
    return {.inter_op_parallelism_threads = inter[seed % 4],
            .use_per_session_threads = true,
            .emulated_gpus = 1};
}
row filled(float x) { return {x, x, x, x}; }

}  // namespace

TEST_CASE("whichever node throws, it is named, the variable stays, and the next run is right") {
    for (unsigned seed = 0; seed < 12; ++seed) {
        CAPTURE(seed);
        breakable b(seed);
        session s{b.g, options_for(seed)};
        s.initialize();
        float held = 1;
        for (int i = 0; i < int(b.names.size()); ++i) {
            b.failing = {i};
            const auto e = error_of([&] { s.run(b.add); });
            REQUIRE(e.code == errc::out_of_range);
            REQUIRE(e.node == b.names[std::size_t(i)]);
            CHECK(e.says("broken " + std::to_string(i)));
            REQUIRE(s.run(b.v) == filled(held));
            if (i % 8 == 7) {
                b.failing = {};
                s.run(b.add);
                held += float(b.total());
                REQUIRE(s.run(b.v) == filled(held));
            }
        }
    }
}

TEST_CASE("of several nodes that throw, one is told of, and nothing after it in an order runs") {
    for (unsigned seed = 0; seed < 8; ++seed) {
        CAPTURE(seed);
        breakable b(seed);
        session s{b.g, options_for(seed)};
        s.initialize();
        for (int i = 0; i + 9 < int(b.names.size()); ++i) {
            b.failing = {i, i + 3, i + 9};
            const auto e = error_of([&] { s.run(b.add); });
            REQUIRE(e.code == errc::out_of_range);
            std::set<std::string> possible;
            for (int f : b.failing) possible.insert(b.names[std::size_t(f)]);
            CHECK(possible.contains(e.node));
        }
        CHECK(s.run(b.v) == filled(1));
    }
}

TEST_CASE("an assign that has run before another node throws stays; none is done by half") {
    graph g;
    const auto big = g.variable(tensor<float, 20'000>{}, "big");
    const auto small = g.variable(0.0f, "small");
    bool broken = true;
    const auto write = big.assign_add(1.0f);
    const auto after = [&] {
        control_dependencies order{g, {write}};
        return g.call([&] {
            if (broken) fail(errc::aborted, "after the first");
        });
    }();
    const auto last = [&] {
        control_dependencies order{g, {after}};
        return small.assign_add(1.0f);
    }();
    for (int threads : {-1, 2}) {
        broken = true;
        session s{g,
                  {.inter_op_parallelism_threads = threads,
                   .intra_op_parallelism_threads = 2,
                   .use_per_session_threads = true}};
        s.initialize();
        for (int i = 1; i <= 3; ++i) {
            CHECK(error_of([&] { s.run(write, last); }).code == errc::aborted);
            const auto now = s.run(big);
            for (float e : now) REQUIRE(e == float(i));
            CHECK(s.run(small) == 0.0f);
        }
        broken = false;
        s.run(write, last);
        CHECK(s.run(small) == 1.0f);
    }
}

TEST_CASE("concurrent runs of one variable, of which every third fails, add up") {
    graph g;
    const auto v = g.variable(row{}, "v");
    const auto x = g.placeholder<tensor<float>>("x");
    const auto checked = call(
        [](float f) {
            if (f < 0) throw std::runtime_error("negative");
            return tensor<float>{f};
        },
        x);
    node there = on<gpu>(checked * 1.0f);
    const auto add = v.assign_add(there);
    node read = v + 0.0f;
    session s{g, options_for(2)};
    s.initialize();
    std::atomic<int> wrong{0};
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 6; ++t)
            threads.emplace_back([&] {
                for (int i = 0; i < 60; ++i) {
                    if (i % 3 == 0) {
                        const auto e = error_of([&] { s.run({feed(x, -1.0f)}, add); });
                        wrong += e.code != errc::internal || !e.says("negative");
                    } else {
                        s.run({feed(x, 1.0f)}, add);
                    }
                    const row now = s.run(read);
                    for (float e : now) wrong += e != now[0];
                }
            });
    }
    CHECK(wrong == 0);
    CHECK(s.run(v) == filled(240));
}

TEST_CASE("two fetches into one tensor do not spoil each other's values") {
    // Both were written there while the run went on, and what read the first saw the second.
    graph g;
    const auto x = g.placeholder<tensor<float, 1000>>("x");
    node a = x + 1.0f;
    node b = x * 10.0f;
    node c = [&] {
        control_dependencies after{g, {b}};
        return node(a + 0.5f);
    }();
    session s{g, {.inter_op_parallelism_threads = -1}};
    const tensor<float, 1000> in{};
    tensor<float, 1000> out{};
    tensor<float, 1000> of_c{};
    s.run({feed(x, in)}, fetch_into(a, out), fetch_into(b, out), fetch_into(c, of_c));
    CHECK(of_c[0] == 1.5f);
    CHECK(of_c[999] == 1.5f);
}
