// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What users get wrong at run time: each is a weft::error with code, node, source line, what was
// expected and found, and the session works on.
#include <weft/weft.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>

using namespace weft;
using weft_test::caught;
using weft_test::error_of;
using weft_test::line;

namespace {

// A graph with one good node, and a check that a session still runs it.
struct fixture {
    graph g;
    node<tensor<float>> good = node(g.constant(20.0f, "twenty") + 1.0f);

    // Checks what `run(session)` throws, and that the session works before and after.
    template <class Run>
    caught fails(Run run, session_options options = {}) {
        session s{g, std::move(options)};
        CHECK(s.run(good) == 21.0f);
        const caught e = error_of([&] { run(s); });
        CHECK(s.run(good) == 21.0f);
        CHECK(error_of([&] { run(s); }).text == e.text);
        CHECK(s.run(good) == 21.0f);
        return e;
    }
};

bool says_all(const caught& e, std::initializer_list<const char*> words) {
    bool all = true;
    for (const char* word : words)
        if (!e.says(word)) {
            MESSAGE("'" << word << "' is missing in: " << e.text);
            all = false;
        }
    return all;
}

}  // namespace

TEST_CASE_FIXTURE(fixture, "a feed of the wrong run-time dimension") {
    const auto x = g.placeholder<tensor<float, dyn, 3>>("x");
    const unsigned made = line() - 1;
    node z = x * 2.0f;
    tensor<float, dyn, dyn> wrong = tensor<float, dyn, dyn>::zeros({2, 4});
    const caught e = fails([&](session& s) { s.run({feed(x, wrong)}, z); });
    CHECK(e.code == errc::invalid_argument);
    CHECK(e.node == "x");
    CHECK(e.line == made);
    CHECK(says_all(e, {"'x'", "[2,4]", "[?,3]", "dimension 1", "4", "3", "bad_input_test.cpp:"}));
}

TEST_CASE_FIXTURE(fixture, "a missing feed") {
    const auto x = g.placeholder<tensor<float, dyn, 3>>("x");
    const auto y = g.placeholder<tensor<float, dyn, 3>>("y");
    const auto unused = g.placeholder<tensor<float>>("unused");
    node z = x * y;
    const caught e = fails([&](session& s) { s.run(z); });
    CHECK(e.code == errc::invalid_argument);
    CHECK(e.node == "x");
    CHECK(e.line > 0);
    CHECK(says_all(e, {"'x'", "'y'", "float", "[?,3]"}));
    CHECK_FALSE(e.says("unused"));
    CHECK(fails([&](session& s) {
              s.run({feed(unused, 1.0f), feed(x, tensor<float, dyn, 3>{{1, 2, 3}})}, z);
          }).node == "y");
    CHECK(fails([&](session& s) { s.make_callable(fetches(z))(); }).node == "x");
    CHECK(fails([&](session& s) { s.plan(feeds(), fetches(z)).peak_bytes("/cpu:0"); }).node == "x");
}

TEST_CASE_FIXTURE(fixture, "a node fed twice, or of another graph") {
    graph other;
    const auto x = g.placeholder<tensor<float>>("x");
    const auto foreign = other.placeholder<tensor<float>>("foreign");
    node z = x * 2.0f;
    const auto two = [&](session& s) { s.run({feed(x, 1.0f), feed(x, 2.0f)}, z); };
    CHECK(says_all(fails(two), {"'x'", "twice"}));
    CHECK(fails([&](session& s) { s.make_callable(feeds(x, x), fetches(z)); }).says("twice"));
    CHECK(fails([&](session& s) { s.run({feed(foreign, 1.0f)}, z); }).node == "foreign");
    CHECK(fails([&](session& s) {
              s.make_callable(feeds(foreign), fetches(z))(tensor<float>{1.0f});
          }).node == "foreign");
    CHECK(fails([&](session& s) { s.plan(feeds(foreign), fetches(z)); }).node == "foreign");
}

TEST_CASE_FIXTURE(fixture, "a fetch from another graph") {
    graph other;
    const auto foreign = other.constant(1.0f, "foreign");
    const unsigned made = line() - 1;
    for (const caught& e : {fails([&](session& s) { s.run(foreign); }),
                            fails([&](session& s) { s.run(good, foreign); }),
                            fails([&](session& s) { s.device_of(foreign); }),
                            fails([&](session& s) { s.explain(foreign); })}) {
        CHECK(e.code == errc::invalid_argument);
        CHECK(e.node == "foreign");
        CHECK(e.line == made);
        CHECK(says_all(e, {"'foreign'", "another graph"}));
    }
}

TEST_CASE_FIXTURE(fixture, "a device that does not exist") {
    const auto x = [&] {
        device_scope pin{g, "/gpu:7"};
        return node(good * 2.0f);
    }();
    const caught e = fails([&](session& s) { s.run(x); }, {.emulated_gpus = 2});
    CHECK(e.code == errc::invalid_argument);
    CHECK(e.node == x.name());
    CHECK(e.line > 0);
    CHECK(says_all(e, {"Cannot assign a device", "/gpu:7", "gpu:0", "gpu:1", "cpu:0"}));
    const caught named = fails([&](session& s) { s.memory("/gpu:3"); }, {.emulated_gpus = 2});
    CHECK(named.code == errc::not_found);
    CHECK(says_all(named, {"/gpu:3", "/job:localhost/task:0/gpu:1"}));
    CHECK(fails([&](session& s) { s.memory("gpu:3"); }).says("Malformed device specification"));
}

TEST_CASE_FIXTURE(fixture, "a cycle by control edges") {
    node a = good + 1.0f;
    node b = a + 1.0f;
    node c = b + 1.0f;
    session before{g};
    CHECK(before.run(c) == 24.0f);
    g.add_control(b.id(), a.id());
    const caught e = fails([&](session& s) { s.run(c); });
    CHECK(e.code == errc::invalid_argument);
    CHECK(e.line > 0);
    CHECK(says_all(e, {"cycle", "'Add_1'", "'Add_2'"}));
    CHECK_FALSE(e.says("'Add_3'"));
    // A plan of before the edge is not used again.
    CHECK(error_of([&] { before.run(c); }).says("cycle"));
}

TEST_CASE_FIXTURE(fixture, "an uninitialized variable") {
    const auto v = g.variable(1.0f, "v");
    const unsigned made = line() - 1;
    node z = v * 2.0f;
    const auto add = v.assign_add(1.0f);
    const caught e = fails([&](session& s) { s.run(z); });
    CHECK(e.code == errc::failed_precondition);
    CHECK(e.node == "v");
    CHECK(e.line == made);
    CHECK(says_all(e, {"Attempting to use uninitialized value 'v'", "'Mul'", "initialize"}));
    for (const caught& other :
         {fails([&](session& s) { s.run(v); }), fails([&](session& s) { s.run(add); }),
          fails([&](session& s) { s.run(v, v.initializer()); })})
        CHECK(other.code == errc::failed_precondition);
}

TEST_CASE_FIXTURE(fixture, "a division of integers by zero, in a variable's assignment, too") {
    const auto n = g.placeholder<tensor<std::int32_t, dyn>>("n");
    const auto d = g.placeholder<tensor<std::int32_t, dyn>>("d");
    node q = n / d;
    const unsigned made = line() - 1;
    const auto v = g.variable(tensor<std::int32_t, 2>{8, 9}, "v");
    const auto set = v.assign(v / d);
    const tensor<std::int32_t, dyn> two{4, 6}, zero{2, 0};
    const caught e = fails([&](session& s) { s.run({feed(n, two), feed(d, zero)}, q); });
    CHECK(e.code == errc::invalid_argument);
    CHECK(e.node == "Div");
    CHECK(e.line == made);
    CHECK(says_all(e, {"division", "zero", "'Div'", "bad_input_test.cpp:"}));
    session s{g};
    s.initialize();
    CHECK(error_of([&] { s.run({feed(d, zero)}, set); }).code == errc::invalid_argument);
    CHECK(s.run(v) == tensor<std::int32_t, 2>{8, 9});
    s.run({feed(d, two)}, set);
    CHECK(s.run(v) == tensor<std::int32_t, 2>{2, 1});
}

TEST_CASE_FIXTURE(fixture, "a gather index out of range, here and on a GPU") {
    const auto k = g.constant(tensor<float, 2, 3>{{1, 2, 3}, {4, 5, 6}});
    const auto i = g.placeholder<tensor<std::int64_t, 2>>("i");
    node picked = gather<0>(k, i);
    for (int gpus : {0, 1}) {
        const caught e = fails(
            [&](session& s) {
                s.run({feed(i, tensor<std::int64_t, 2>{1, 5})}, picked);
            },
            {.emulated_gpus = gpus});
        CHECK(e.code == errc::out_of_range);
        CHECK(e.node == picked.name());
        CHECK(e.line > 0);
        CHECK(says_all(e, {"5", "2"}));
        CHECK(e.says(gpus > 0 ? "gpu:0" : "cpu:0"));
    }
}

TEST_CASE_FIXTURE(fixture, "the largest element of nothing") {
    const auto x = g.placeholder<tensor<float, dyn>>("x");
    node top = max(x);
    const caught e = fails([&](session& s) { s.run({feed(x, tensor<float, dyn>{})}, top); });
    CHECK(e.code == errc::invalid_argument);
    CHECK(e.node == top.name());
    CHECK(e.line > 0);
}

TEST_CASE_FIXTURE(fixture, "shapes that turn out not to go together") {
    const auto x = g.placeholder<tensor<float, dyn>>("x");
    const auto y = g.placeholder<tensor<float, dyn>>("y");
    node z = x + y;
    const unsigned made = line() - 1;
    const caught e = fails([&](session& s) {
        s.run({feed(x, tensor<float, dyn>{1, 2, 3}), feed(y, tensor<float, dyn>{1, 2})}, z);
    });
    CHECK(e.code == errc::invalid_argument);
    CHECK(e.node == z.name());
    CHECK(e.line == made);
    CHECK(says_all(e, {"dimension 0", "3", "2"}));
}

TEST_CASE_FIXTURE(fixture, "two writes without an order") {
    const auto v = g.variable(1.0f, "v");
    const auto first = v.assign(1.0f), second = v.assign_add(2.0f);
    const caught e = fails([&](session& s) { s.run(first, second); });
    CHECK(e.code == errc::invalid_argument);
    CHECK(e.line > 0);
    CHECK(says_all(e, {"'v'", "'Assign'", "'AssignAdd'", "control_dependencies"}));
}

TEST_CASE_FIXTURE(fixture, "fetch_into a tensor of another shape") {
    const auto x = g.placeholder<tensor<float, dyn>>("x");
    node z = x * 2.0f;
    auto out = tensor<float, dyn>::zeros({2});
    const caught e = fails([&](session& s) {
        s.run({feed(x, tensor<float, dyn>{1, 2, 3})}, fetch_into(z, out));
    });
    CHECK(e.code == errc::invalid_argument);
    CHECK(e.node == "Mul");
    CHECK(says_all(e, {"[3]", "[2]", "'Mul'"}));
    CHECK(out == tensor<float, dyn>{0, 0});
}
