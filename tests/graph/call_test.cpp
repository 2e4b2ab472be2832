// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Nodes of C++ callables: what they get, what they return, objects and their lives, errors.
#include <weft/weft.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>

#include <memory>
#include <string>

using namespace weft;
using weft_test::error_of;
using weft_test::line;

namespace {

// Counts its living copies.
struct counted {
    static inline std::atomic<int> alive{0};
    int value = 0;
    explicit counted(int v) : value(v) { ++alive; }
    counted(const counted& other) : value(other.value) { ++alive; }
    counted(counted&& other) noexcept : value(std::exchange(other.value, -1)) { ++alive; }
    counted& operator=(const counted&) = delete;
    ~counted() { --alive; }
};

// Looks like a tensor, and is none.
struct picture {
    int shape() const { return 1; }
    const int* data() const { return &pixel; }
    int pixel = 0;
};

}  // namespace

TEST_CASE("a callable gets views of tensors, numbers of rank 0, references to objects") {
    graph g;
    const auto t = g.constant(tensor<float, 3>{1, 2, 3});
    const auto n = g.constant(2.0f);
    const auto text = g.call([] { return std::string("abc"); });
    node<std::string> z =
        call([](tensor_view<const float, 3> view, float number,
                const std::string& s) { return s + std::to_string(int(view[2] * number)); },
             t, n, text);
    const auto x = call([](const tensor<float, 3>& copy) { return copy; }, t * 2.0f);
    session s{g};
    CHECK(s.run(z) == "abc6");
    CHECK(s.run(x) == tensor<float, 3>{2, 4, 6});
}

TEST_CASE("expressions without nodes may come first") {
    graph g;
    const auto n = g.constant(2.0f);
    const auto z = call([](tensor_view<const float, 2> v, float x) { return v[0] + x; },
                        full<float, 2>(3.0f), n);
    session s{g};
    CHECK(s.run(z) == 5.0f);
}

TEST_CASE("move-only values go from node to node, and out once") {
    graph g;
    const auto made = g.call([] { return std::make_unique<int>(3); }, "made");
    node<int> seen = call([](const std::unique_ptr<int>& p) { return *p; }, made);
    session s{g};
    const auto [n, p] = s.run(seen, made);
    CHECK(n == 3);
    CHECK(*p == 3);
    const auto e = error_of([&] { s.run(made, made); });
    CHECK(e.code == errc::failed_precondition);
    CHECK(e.node == "made");
    CHECK(*s.run(made) == 3);
}

TEST_CASE("objects are destroyed when their run ends, whatever happened") {
    graph g;
    bool fail = false;
    const auto a = g.call([] { return counted(1); }, "a");
    const auto b = call([](const counted& c) { return counted(c.value + 1); }, a);
    const auto c = call(
        [&](const counted& from) {
            if (fail) throw std::runtime_error("no");
            return counted(from.value + 1);
        },
        b);
    for (int threads : {-1, 1, 2}) {
        session s{g, {.inter_op_parallelism_threads = threads, .use_per_session_threads = true}};
        fail = false;
        CHECK(s.run(c).value == 3);
        CHECK(counted::alive == 0);
        const auto [x, y, z] = s.run(b, b, a);
        CHECK(x.value + y.value + z.value == 5);
        CHECK(counted::alive == 3);
        fail = true;
        CHECK(error_of([&] { s.run(c); }).code == errc::internal);
        CHECK(counted::alive == 3);
    }
    CHECK(counted::alive == 0);
}

TEST_CASE("fed objects are borrowed, temporaries kept as long as the run") {
    graph g;
    const auto p = g.placeholder<counted>("p");
    node<int> z = call([](const counted& c) { return c.value; }, p);
    session s{g};
    {
        const counted mine(5);
        CHECK(s.run({feed(p, mine)}, z) == 5);
        CHECK(counted::alive == 1);
        CHECK(s.run({feed(p, mine)}, p).value == 5);
        CHECK(mine.value == 5);
        CHECK(s.run({feed(p, counted(6))}, z) == 6);
        auto step = s.make_callable(feeds(p), fetches(z));
        CHECK(step(counted(7)) == 7);
        CHECK(step(mine) == 5);
    }
    CHECK(counted::alive == 0);
}

TEST_CASE("an object that looks like a tensor is fed as the object it is") {
    graph g;
    const auto p = g.placeholder<picture>();
    node<int> z = call([](const picture& c) { return c.pixel; }, p);
    session s{g};
    CHECK(s.run({feed(p, picture{4})}, z) == 4);
}

TEST_CASE("an exception is wrapped once, with node, op, device and line") {
    graph g;
    const auto bad = g.call([]() -> int { throw std::runtime_error("disk on fire"); }, "Bad");
    const unsigned here = line() - 1;
    node<int> next = call([](int x) { return x; }, bad);
    session s{g};
    const auto e = error_of([&] { s.run(next); });
    CHECK(e.code == errc::internal);
    CHECK(e.node == "Bad");
    CHECK(e.line == here);
    for (const char* part :
         {"disk on fire", "'Bad'", "(Call)", "/job:localhost/task:0/cpu:0", "call_test.cpp:"})
        CHECK(e.says(part));
    const auto odd = g.call([]() -> int { throw 7; });
    CHECK(error_of([&] { s.run(odd); }).code == errc::internal);
    const auto full = g.call([]() -> int { throw std::bad_alloc(); });
    CHECK(error_of([&] { s.run(full); }).code == errc::resource_exhausted);
    const auto own = g.call([]() -> int { fail(errc::not_found, "no such %s", "file"); });
    CHECK(error_of([&] { s.run(own); }).code == errc::not_found);
}

TEST_CASE("a callable may run a session of its own") {
    graph inner, g;
    node z = inner.constant(2.0f) * 3.0f;
    session in{inner};
    const auto out = g.call([&] { return float(in.run(z)); });
    session s{g, {.inter_op_parallelism_threads = 1, .use_per_session_threads = true}};
    CHECK(s.run(out) == 6.0f);
}

TEST_CASE("a call knows the line where it was made") {
    graph g;
    const auto n = g.constant(2.0f);
    const auto z = call([](float x) { return x; }, n);
    CHECK(g.record(z.id()).where.line() == line() - 1);
    CHECK(z.name() == "Call");
}
