// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Where fetched tensors are written: straight to the caller's memory where that is possible.
#include <weft/weft.hpp>

#include <doctest/doctest.h>

using namespace weft;

using vector = tensor<float, dyn>;

static vector counting(std::size_t n) {
    vector out = vector::uninitialized({n});
    for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<float>(i);
    return out;
}

TEST_CASE("fetch: the same node fetched twice, and into a tensor") {
    graph g;
    auto x = g.placeholder<vector>("x");
    node y = x + 1.0f;
    session s{g};
    const vector in = counting(1000);
    vector given = vector::zeros({1000});
    for (int i = 0; i < 3; ++i) {
        const auto [a, done, c] = s.run({feed(x, in)}, y, fetch_into(y, given), y);
        static_cast<void>(done);
        CHECK(a[999] == 1000.0f);
        CHECK(c == a);
        CHECK(given == a);
        given[0] = -1;
    }
}

TEST_CASE("fetch: a run writes to its own memory again after one that was given some") {
    graph g;
    auto x = g.placeholder<vector>("x");
    node y = x * 2.0f;
    node z = y + 1.0f;
    session s{g};
    const auto step = s.make_callable(feeds(x), fetches(y, z));
    const vector in = counting(500);
    const auto [y1, z1] = step(in);
    const auto [y2, z2] = step(counting(500));
    CHECK(y1 == y2);
    CHECK(z1 == z2);
    CHECK(z1[10] == 21.0f);
    const auto [y3, z3] = step(counting(20));
    CHECK(y3.size() == 20);
    CHECK(z3[19] == 39.0f);
    CHECK(y1.size() == 500);
}

TEST_CASE("fetch: into a tensor that is fed, other nodes still read what was fed") {
    graph g;
    auto x = g.placeholder<vector>("x");
    node first = x + 1.0f;
    node second = matmul(reshape<1, dyn>(x), reshape<dyn, 1>(x));
    session s{g};
    vector both = counting(300);
    float squares = 0;
    for (float v : both) squares += v * v;
    const auto [done, total] = s.run({feed(x, both)}, fetch_into(first, both), second);
    static_cast<void>(done);
    CHECK(total(0, 0) == doctest::Approx(squares));
    CHECK(both[299] == 300.0f);
}

TEST_CASE("fetch: a tensor of another shape is refused before anything runs") {
    graph g;
    auto x = g.placeholder<vector>("x");
    auto v = g.variable(tensor<float>{0.0f}, "v");
    node y = x + 1.0f;
    auto count = v.assign_add(1.0f);
    session s{g};
    s.initialize();
    vector small = vector::zeros({3});
    CHECK_THROWS_AS(s.run({feed(x, counting(4))}, fetch_into(y, small), count), error);
    CHECK(s.run(v) == 0.0f);
}

TEST_CASE("fetch: from a device with memory of its own") {
    graph g;
    auto x = g.placeholder<vector>("x");
    device_scope on_gpu{g, "/gpu:0"};
    node y = x + 1.0f;
    session s{g, {.emulated_gpus = 1}};
    const vector in = counting(100);
    vector given = vector::zeros({100});
    s.run({feed(x, in)}, fetch_into(y, given));
    CHECK(given[99] == 100.0f);
    CHECK(s.run({feed(x, in)}, y) == given);
}
