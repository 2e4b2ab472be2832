// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// GPUs that break: a launch that fails is an error of its node and of that run alone; a device that
// is lost is unavailable from then on, to those runs that need it. Sessions end, and memory is
// given back.
#include <weft/weft.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>

#include <thread>

using namespace weft;
using weft_test::error_of;

namespace {

using row = tensor<float, 4>;

// Nodes on a CPU and on two GPUs, in turn.
struct three_devices {
    graph g;
    node<row> x = g.placeholder<row>("x");
    node<row> a = at("/gpu:0", x, "a"), b = at("/cpu:0", a, "b"), c = at("/gpu:1", b, "c");
    node<row> d = at("/gpu:0", c, "d");
    node<row> host = at("/cpu:0", x, "host"), one = at("/gpu:1", x, "one");

    node<row> at(const char* device, const node<row>& in, const char* name) {
        device_scope pin{g, device};
        name_scope inside{g, name};
        return node<row>(node(in + 1.0f));
    }
};
session_options emulating(std::map<std::string, emulated_gpu_options> emulation, int threads) {
    return {.inter_op_parallelism_threads = threads,
            .use_per_session_threads = true,
            .emulated_gpus = 2,
            .emulation = std::move(emulation)};
}

const row in{1, 2, 3, 4};

}  // namespace

TEST_CASE("a launch that fails is the error of its node; the next run is right") {
    for (int threads : {-1, 1, 2})
        for (std::int64_t k = 0; k < 4; ++k) {
            CAPTURE(threads);
            CAPTURE(k);
            three_devices t;
            session s{t.g, emulating({{"/gpu:0", {.failing_launch = k}}}, threads)};
            // On gpu:0: the copy of x, a, the copy of c, d, and copies to the host.
            int failures = 0;
            for (int i = 0; i < 3; ++i) {
                row out{};
                const auto e = error_of([&] { out = s.run({feed(t.x, in)}, t.d); });
                if (e.code == errc::ok) {
                    CHECK(out == row{5, 6, 7, 8});
                    continue;
                }
                ++failures;
                CHECK(e.code == errc::unavailable);
                CHECK(e.says("launch " + std::to_string(k) + " of /job:localhost/task:0/gpu:0"));
                CHECK_FALSE(e.node.empty());
                CHECK(e.says("in node '" + e.node + "'"));
            }
            CHECK(failures == 1);
        }
}

TEST_CASE("a lost device is unavailable to all that need it, and to nobody else") {
    for (int threads : {-1, 1, 2})
        for (std::int64_t k = 0; k < 9; ++k) {
            CAPTURE(threads);
            CAPTURE(k);
            three_devices t;
            session s{t.g, emulating({{"/gpu:0", {.lost_from = k}}}, threads)};
            bool lost = false;
            for (int i = 0; i < 6; ++i) {
                row out{};
                const auto e = error_of([&] { out = s.run({feed(t.x, in)}, t.d); });
                CHECK((e.code == errc::unavailable || (e.code == errc::ok && !lost)));
                lost = lost || e.code != errc::ok;
                if (e.code == errc::ok) {
                    CHECK(out == row{5, 6, 7, 8});
                    continue;
                }
                CHECK(e.says("/job:localhost/task:0/gpu:0 is lost"));
                CHECK_FALSE(e.node.empty());
                CHECK(s.run({feed(t.x, in)}, t.host) == row{2, 3, 4, 5});
                CHECK(s.run({feed(t.x, in)}, t.one) == row{2, 3, 4, 5});
            }
            CHECK(lost);
            CHECK(s.memory("/gpu:0").live <= 1);  // the idle run's block
        }
}

TEST_CASE("variables and constants of a lost device") {
    graph g;
    device_scope pin{g, "/gpu:0"};
    const auto v = g.variable(row{1, 1, 1, 1}, "v");
    const auto c = g.constant(row{1, 2, 3, 4}, "c");
    const auto add = v.assign_add(c);
    node late = v + g.constant(row{5, 5, 5, 5}, "another");
    session s{g, emulating({{"/gpu:0", {.lost_from = 3}}}, 2)};
    s.initialize();
    s.run(add);
    s.run(add);
    CHECK(s.run(v) == row{3, 5, 7, 9});
    CHECK(error_of([&] { s.run(add); }).code == errc::unavailable);
    // A variable is read without a kernel, and a plan's constants go there when it is made.
    for (int i = 0; i < 2; ++i) {
        const auto read = error_of([&] { s.run(v); });
        CHECK(read.code == errc::unavailable);
        CHECK(read.node == "v");
        CHECK(read.says("gpu:0 is lost"));
        const auto made = error_of([&] { s.run(late); });
        CHECK(made.code == errc::unavailable);
        CHECK(made.node == "another");
    }
}

TEST_CASE("a device is lost while many runs are under way") {
    three_devices t;
    const auto v = [&] {
        device_scope pin{t.g, "/cpu:0"};
        return t.g.variable(row{}, "v");
    }();
    const auto add = v.assign_add(t.d);
    session s{t.g, emulating({{"/gpu:0", {.latency_ns = 10'000, .lost_from = 300}}}, 2)};
    s.initialize();
    std::atomic<int> wrong{0}, done{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 6; ++i)
            threads.emplace_back([&] {
                for (int k = 0; k < 60; ++k) {
                    const auto e = error_of([&] { s.run({feed(t.x, in)}, add); });
                    wrong += e.code != errc::ok && e.code != errc::unavailable;
                    done += e.code == errc::ok;
                    wrong += s.run({feed(t.x, in)}, t.host) != row{2, 3, 4, 5};
                }
            });
    }
    CHECK(wrong == 0);
    CHECK(done < 300);
    CHECK(s.run(v)[0] == 5.0f * float(done));
}

TEST_CASE("emulation of a device that is not there is refused") {
    graph g;
    const auto e = error_of([&] {
        session s(g, session_options{.emulated_gpus = 1, .emulation = {{"/gpu:3", {}}}});
    });
    CHECK(e.code == errc::not_found);
    CHECK(e.says("emulation names /gpu:3"));
}
