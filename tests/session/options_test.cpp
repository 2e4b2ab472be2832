// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What a session can be told: threads, devices, limits, soft placement, what it must not do.
#include <weft/runtime/topology.hpp>
#include <weft/weft.hpp>

#include <doctest/doctest.h>
#include <runtime/threads.hpp>
#include <support/caught.hpp>

#include <set>
#include <thread>

using namespace weft;
using weft_test::error_of;

TEST_CASE("every number of threads gives the same result, and starts no more than were asked for") {
    graph g;
    const auto x = g.placeholder<tensor<float, dyn>>("x");
    node a = x * 2.0f;
    node b = x + 1.0f;
    node z = sum(a * b);
    const auto in = tensor<float, dyn>::zeros({100'000});
    const int before = weft_test::settled_thread_count();
    for (int inter : {-1, 1, 2, 0, 5})
        for (int intra : {1, 2, 0}) {
            CAPTURE(inter);
            CAPTURE(intra);
            session s{g,
                      {.inter_op_parallelism_threads = inter,
                       .intra_op_parallelism_threads = intra,
                       .use_per_session_threads = true}};
            CHECK(s.run({feed(x, in)}, z) == 0.0f);
            // The caller is one of each device's threads.
            const int wanted = (inter < 0    ? 1
                                : inter == 0 ? allowed_cores()
                                             : inter) -
                               1 + (intra == 0 ? allowed_cores() : intra) - 1;
            // Those of the session before may not have been cleared away yet.
            CHECK(weft_test::thread_count_at_most(before + wanted) - before <= wanted);
        }
    weft_test::wait_until([&] { return weft_test::thread_count() == before; });
}

TEST_CASE("a negative number of threads runs everything in the caller's, on all logical devices") {
    graph g;
    std::set<std::thread::id> seen;
    const auto note = [&] {
        seen.insert(std::this_thread::get_id());
        return 1;
    };
    std::vector<node<int>> parts;
    for (const char* device : {"/cpu:0", "/cpu:1", "/cpu:0", "/cpu:1"}) {
        device_scope pin{g, device};
        parts.push_back(g.call(note));
    }
    node<int> z = call([&](int a, int b, int c, int d) { return note() * (a + b + c + d); },
                       parts[0], parts[1], parts[2], parts[3]);
    session s{g, {.inter_op_parallelism_threads = -1, .device_count = {{"CPU", 2}}}};
    CHECK(s.run(z) == 4);
    CHECK(seen == std::set<std::thread::id>{std::this_thread::get_id()});
}

TEST_CASE("options that make no sense are refused") {
    graph g;
    const auto refused = [&](session_options options) {
        return error_of([&] { session s(g, options); });
    };
    CHECK(refused({.intra_op_parallelism_threads = -1}).code == errc::invalid_argument);
    CHECK(refused({.emulated_gpus = -1}).says("-1"));
    CHECK(refused({.device_count = {{"CPU", 0}}}).says("CPU"));
    CHECK(refused({.device_count = {{"cpu", -3}}}).code == errc::invalid_argument);
    CHECK(refused({.device_count = {{"GPU", 2}}}).says("emulated_gpus"));
    CHECK(refused({.device_count = {{"CPUS", 2}}}).says("CPUS"));
    CHECK(refused({.memory_limit = {{"/gpu:0", 1}}}).says("/gpu:0"));
    CHECK(refused({.memory_limit = {{"gpu:0", 1}}}).says("Malformed"));
    CHECK(refused({.device_count = {{"Cpu", 2}, {"GPU", 1}}, .emulated_gpus = 1}).code == errc::ok);
}

TEST_CASE("a limit for one device goes before one for all of its kind") {
    graph g;
    session s{g,
              {.device_count = {{"CPU", 2}},
               .emulated_gpus = 3,
               .memory_limit = {{"/gpu:*", 1000}, {"/gpu:1", 2000}, {"/cpu:1", 3000}}}};
    CHECK(s.memory("/gpu:0").limit == 1000);
    CHECK(s.memory("/gpu:1").limit == 2000);
    CHECK(s.memory("/job:localhost/task:0/gpu:2").limit == 1000);
    CHECK(s.memory("/cpu:0").limit == 0);
    CHECK(s.memory("/cpu:1").limit == 3000);
}

TEST_CASE("soft placement falls back and says so; denying that is an error, every time") {
    graph g;
    const auto v = [&] {
        device_scope pin{g, "/gpu:0"};
        return g.variable(3, "v");
    }();
    node twice = v * 2;
    session soft{g, {.allow_soft_placement = true, .emulated_gpus = 1}};
    soft.initialize();
    CHECK(soft.run(twice) == 6);
    CHECK(soft.explain(v).nodes[0].reason == placement_reason::soft_fallback);
    session strict{g, {.emulated_gpus = 1}};
    CHECK(error_of([&] { strict.run(v.initializer()); }).code == errc::invalid_argument);
    session denied{g,
                   {.allow_soft_placement = true, .emulated_gpus = 1, .deny = {.fallback = true}}};
    for (int i = 0; i < 3; ++i) {
        CHECK(error_of([&] { denied.run(v.initializer()); }).says("deny.fallback"));
        CHECK(error_of([&] { denied.run(twice); }).says("deny.fallback"));
    }
}

TEST_CASE("denying copies, and values of unknown size") {
    graph g;
    const auto x = g.placeholder<tensor<float, 3>>("x");
    node there = on<gpu>(x * 2.0f);
    node here = x + 1.0f;
    const auto late = g.call([] { return tensor<float, dyn>{1, 2}; }, "late");
    node after = late * 2.0f;
    session s{g, {.emulated_gpus = 1, .deny = {.copy = true, .allocation = true}}};
    const tensor<float, 3> in{1, 2, 3};
    CHECK(error_of([&] { s.run({feed(x, in)}, there); }).says("deny.copy"));
    const auto e = error_of([&] { s.run(after); });
    CHECK(e.code == errc::failed_precondition);
    session host{g, {.deny = {.copy = true, .allocation = true}}};
    CHECK(host.run({feed(x, in)}, here) == tensor<float, 3>{2, 3, 4});
    CHECK(error_of([&] { host.run(after); }).node == "late");
}

TEST_CASE("the placement is logged when it was asked for") {
    graph g;
    node z = g.constant(1.0f) + 1.0f;
    std::string log;
    set_log_sink([&](std::string_view text) { log += text; });
    session quiet{g};
    quiet.run(z);
    const bool said = log.find("Add") != log.npos;
    session s{g, {.log_device_placement = true}};
    s.run(z);
    s.run(z);
    clear_log_sink();
    CHECK_FALSE(said);
    const auto at = log.find("Add");
    CHECK(at != log.npos);
    CHECK(log.find("devices of", log.find("devices of") + 1) == log.npos);  // once per plan
}
