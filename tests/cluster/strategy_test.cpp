// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Which variables go to which task, and learning with parameter servers: what is taken, what is
// dropped, and that nothing of what is dropped can be seen in the weights. A worker is made late
// by a gradient that waits until the others have gone on.
#include "local_cluster.hpp"

#include <weft/placement/placer.hpp>
#include <weft/runtime/prune.hpp>
#include <weft/weft.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <limits>
#include <utility>

using namespace weft;
using namespace weft::test;
using namespace std::chrono_literals;

namespace {

std::int64_t count_of(const tensor<std::int64_t>& value) { return value; }

void wait_for(const std::atomic<int>& count, int least) {
    const auto end = std::chrono::steady_clock::now() + 30s;
    while (count < least && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(1ms);
}

// The gradient of a worker that may be late: it counts that it has read the weights, and is known
// once `gone` has come to a number.
struct late_gradient {
    std::atomic<int>* reading;
    const std::atomic<int>* gone;
    int wanted;
    tensor<float, 2> value;
    tensor<float, 2> operator()(tensor_view<const float, 2>) const {
        ++*reading;
        wait_for(*gone, wanted);
        return value;
    }
};

}  // namespace

TEST_CASE("variables go to the tasks of a job in turn, or where the fewest bytes are") {
    const cluster c({{"ps", 2}, {"worker", 1}}, 2);
    graph g;
    {
        device_scope ps{g, round_robin_over(c.job("ps"), {.otherwise = c.self()})};
        const auto a = g.variable(1.0f), b = g.variable(2.0f), d = g.variable(3.0f);
        const node sum = a + b;
        CHECK(g.record(a.id()).requested.to_string() == "/job:ps/task:0");
        CHECK(g.record(b.id()).requested.to_string() == "/job:ps/task:1");
        CHECK(g.record(d.id()).requested.to_string() == "/job:ps/task:0");
        CHECK(g.record(sum.id()).requested.to_string() == "/job:worker/task:0");
    }
    {
        device_scope ps{g, by_bytes_over(c.job("ps"))};
        const auto large = g.variable(zeros<float, 100>());
        const auto b = g.variable(2.0f);
        const auto d = g.variable(zeros<double, 3>());
        const auto e = g.variable(zeros<float, 100>());
        const auto f = g.variable(1.0f);
        const node sum = b + 1.0f;
        CHECK(g.record(large.id()).requested.task == 0);
        CHECK(g.record(b.id()).requested.task == 1);
        CHECK(g.record(d.id()).requested.task == 1);
        CHECK(g.record(e.id()).requested.task == 1);
        CHECK(g.record(f.id()).requested.task == 0);
        CHECK(g.record(sum.id()).requested.is_any());
    }
}

TEST_CASE("a run reads weights and their count at once, and writes them in one segment") {
    const cluster c({{"ps", 1}, {"worker", 1}}, 1);
    graph g;
    const auto [w, b] = [&] {
        device_scope ps{g, round_robin_over(c.job("ps"))};
        return std::pair{g.variable(zeros<float, 2>()), g.variable(1.0f)};
    }();
    const node slope = w * b;
    // The second gradient takes a longer way; it must not come to a segment of its own.
    const node there = [&] {
        device_scope ps{g, c.job("ps").device()};
        return node(sum(slope));
    }();
    const auto train = async_ps{}.apply(w, slope, b, there * 2.0f);

    const device_list devices({{{"worker", 0, "cpu", 0}}, {{"ps", 0, "cpu", 0}}});
    const device_place places[] = {{1, 0}, {0, 0}};
    const node_id fetches[] = {train.id()};
    const std::string tasks[] = {"/job:ps/task:0", "/job:worker/task:0"};
    const auto nodes = prune(g, fetches, {});
    const auto placed = place({.nodes = nodes, .devices = devices});
    const cluster_partition made =
        partition({g, nodes, placed.devices, places, {}, fetches, tasks, 1});
    const auto segment_with = [&](std::string_view name) {
        std::vector<std::size_t> found;
        for (std::size_t s = 0; s < made.parts[0].segments.size(); ++s)
            for (const auto& [node, device] : made.parts[0].segments[s].placed)
                if (g.record(node).name == name) found.push_back(s);
        return found;
    };
    const auto seen = segment_with("async_ps/updates_seen");
    REQUIRE(seen.size() == 1);
    CHECK(made.parts[0].segments[seen[0]].waits.empty());
    for (const char* read : {"Variable", "Variable_1"}) CHECK(segment_with(read)[0] == seen[0]);
    const auto fresh = segment_with("async_ps/fresh");
    REQUIRE(fresh.size() == 1);
    for (const char* write :
         {"async_ps/Assign", "async_ps/Assign_1", "async_ps/AssignAdd", "async_ps/AssignAdd_1"})
        CHECK(segment_with(write) == fresh);
}

TEST_CASE("async_ps drops a gradient of old weights as a whole, and counts it") {
    for (const int steps : {3, 4}) {  // of the other worker meanwhile; at most 3 are allowed
        std::atomic<int> gone{0}, reading{0};
        const auto thrown = run_tasks({{"ps", 1}, {"worker", 2}}, [&](auto& engine, cluster c) {
            graph g;
            const auto [w, b] = [&] {
                device_scope ps{g, round_robin_over(c.job("ps"))};
                return std::pair{g.variable(tensor<float, 2>{0, 0}), g.variable(0.0f)};
            }();
            const bool late = c.task() == 1;
            const float nan = std::numeric_limits<float>::quiet_NaN();
            const node dw =
                call(late_gradient{&reading, &gone, late ? steps : 0,
                                   late && steps > 3 ? tensor<float, 2>{nan, nan}
                                                     : tensor<float, 2>{-1, -2}},
                     w);
            const auto train = async_ps{.learning_rate = 0.5, .max_staleness = 3}.apply(
                w, dw, b, b * -1.0f - 1.0f);
            server srv(engine, c, g, small_server());
            if (c.job() == "ps") return static_cast<void>(srv.join());
            session s = srv.session();
            if (!late) s.initialize();
            srv.barrier("worker", 30s);
            if (late) {
                s.run(train);
            } else {
                wait_for(reading, 1);  // the other one has read the weights
                for (int i = 0; i < steps; ++i) {
                    s.run(train);
                    ++gone;
                }
            }
            srv.barrier("worker", 30s);
            if (late) return;
            const auto [ws, bs, updates, dropped] =
                s.run(w, b, train.updates(), train.dropped());
            const bool taken = steps <= 3;
            CHECK(count_of(updates) == steps + taken);
            CHECK(count_of(dropped) == !taken);
            CHECK(ws[0] == 0.5f * static_cast<float>(steps + taken));
            CHECK(ws[1] == static_cast<float>(steps + taken));
            // b grows by (b + 1) / 2 a step; the late one has seen 0.
            CHECK(bs == (taken ? 2.375f + 0.5f : 4.0625f));
            srv.stop();
        });
        for (const std::string& text : thrown) CHECK(text == "");
    }
}

TEST_CASE("async_ps on two tasks counts on each") {
    const auto thrown = run_tasks({{"ps", 2}, {"worker", 1}}, [&](auto& engine, cluster c) {
        graph g;
        const auto [w, b] = [&] {
            device_scope ps{g, round_robin_over(c.job("ps"))};
            return std::pair{g.variable(tensor<float, dyn>{1, 2, 3}), g.variable(0.0)};
        }();
        const auto train =
            async_ps{.learning_rate = 1, .max_staleness = -1}.apply(w, w * 0.5f, b, b + 1.0);
        const auto fine = async_ps{.learning_rate = 1}.apply(w, w * 0.5f, b, b + 1.0);
        server srv(engine, c, g, small_server());
        if (c.job() == "ps") return static_cast<void>(srv.join());
        session s = srv.session();
        s.initialize();
        s.run(train);  // nothing is fresh enough
        auto [ws, bs, updates, dropped] = s.run(w, b, train.updates(), train.dropped());
        CHECK(ws[2] == 3.0f);
        CHECK(bs == 0.0);
        CHECK(count_of(updates) == 0);
        CHECK(count_of(dropped) == 2);
        s.run(fine);
        std::tie(ws, bs, updates, dropped) = s.run(w, b, fine.updates(), fine.dropped());
        CHECK(ws[2] == 1.5f);
        CHECK(bs == -1.0);
        CHECK(count_of(updates) == 1);
        CHECK(count_of(dropped) == 0);
        CHECK(s.device_of(b).starts_with("/job:ps/task:1"));
        srv.stop();
    });
    for (const std::string& text : thrown) CHECK(text == "");
}

TEST_CASE("sync_ps applies the mean of the first replicas and drops the late one") {
    std::atomic<int> gone{0}, reading{0};
    const auto thrown = run_tasks({{"ps", 1}, {"worker", 3}}, [&](auto& engine, cluster c) {
        graph g;
        const auto w = [&] {
            device_scope ps{g, round_robin_over(c.job("ps"))};
            return g.variable(tensor<float, 2>{0, 0});
        }();
        const bool late = c.task() == 2;
        const float mine = late ? std::numeric_limits<float>::quiet_NaN()
                                : static_cast<float>(1 << c.task());
        const node dw = call(
            late_gradient{&reading, &gone, late ? 1 : 0, tensor<float, 2>{mine, 10 * mine}}, w);
        const auto train =
            sync_ps{.learning_rate = 0.5, .replicas_to_aggregate = 2}.apply(c, w, dw);
        server srv(engine, c, g, small_server());
        if (c.job() == "ps") return static_cast<void>(srv.join());
        session s = srv.session();
        if (c.task() == 0) s.initialize();
        srv.barrier("worker", 30s);
        const auto counts = [&] {
            const auto [ws, updates, dropped] = s.run(w, train.updates(), train.dropped());
            return std::tuple(ws[0], ws[1], count_of(updates), count_of(dropped));
        };
        if (late) s.run(train);
        if (c.task() == 0) {
            wait_for(reading, 1);
            s.run(train);
            CHECK(counts() == std::tuple(0.0f, 0.0f, 0, 0));
            s.run(train);  // a second time in the same step: dropped
            CHECK(counts() == std::tuple(0.0f, 0.0f, 0, 1));
            ++reading;
        }
        if (c.task() == 1) {
            wait_for(reading, 4);
            s.run(train);
            CHECK(counts() == std::tuple(-0.75f, -7.5f, 1, 1));
            ++gone;
        }
        srv.barrier("worker", 30s);
        if (c.task() == 0) CHECK(counts() == std::tuple(-0.75f, -7.5f, 1, 2));
        srv.barrier("worker", 30s);
        if (c.task() < 2) s.run(train);  // the next step begins anew
        srv.barrier("worker", 30s);
        if (c.task() != 0) return;
        CHECK(counts() == std::tuple(-1.5f, -15.0f, 2, 2));
        srv.stop();
    });
    for (const std::string& text : thrown) CHECK(text == "");
}

TEST_CASE("in a plain session both learn in one process") {
    graph g;
    const cluster c({{"localhost", 1}}, 0);
    const auto v = g.variable(tensor<double, 2>{1, 2}), w = g.variable(tensor<double, 2>{1, 2});
    const auto one = async_ps{.learning_rate = 0.25}.apply(v, v * 2.0);
    const auto other = sync_ps{.learning_rate = 0.25}.apply(c, w, w * 2.0);
    CHECK_THROWS_WITH_AS(sync_ps{.replicas_to_aggregate = 2}.apply(c, w, w),
                         "sync_ps aggregates 2 replicas, but the cluster has localhost (1 task)",
                         error);
    session s{g};
    s.initialize();
    for (int i = 0; i < 2; ++i) s.run(one, other);
    const auto [vs, ws, ones, others] = s.run(v, w, one.updates(), other.updates());
    CHECK(vs == tensor<double, 2>{0.25, 0.5});
    CHECK(ws == vs);
    CHECK(count_of(ones) == 2);
    CHECK(count_of(others) == 2);
}
