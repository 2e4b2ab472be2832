// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Servers without some of the others: tasks that do not come, that are lost, and that leave.
#include "local_cluster.hpp"
#include "support/caught.hpp"

#include <weft/weft.hpp>

#include <doctest/doctest.h>

#include <atomic>

using namespace weft;
using namespace std::chrono_literals;
using test::loopback_engine;
using weft_test::caught;
using weft_test::error_of;

namespace {

const cluster_spec one_and_two{{"ps", 1}, {"worker", 2}};

}  // namespace

TEST_CASE("tasks that do not come are named") {
    server_options soon = test::small_server();
    soon.start_within = 1s;
    const auto thrown =
        test::run_tasks(one_and_two, [&](loopback_engine& engine, const cluster& c) {
            if (c.rank() == 2) return;
            graph g;
            server here{engine, c, g, soon};
        });
    CHECK(thrown[0].find("missing: /job:worker/task:1") != std::string::npos);
    CHECK(thrown[1].find("did not all come in time") != std::string::npos);
}

TEST_CASE("a task that is lost ends the runs that need it, and only those") {
    loopback_network network(3);
    std::atomic<bool> begun{false};
    const auto thrown =
        test::run_tasks(network, one_and_two, [&](loopback_engine& engine, const cluster& c) {
            graph g;
            auto x = g.placeholder<tensor<float>>("x");
            auto kept = [&] {
                const device_scope ps(g, "/job:ps");
                return g.variable(5.0f, "kept");
            }();
            node<tensor<float>> there = [&] {
                const device_scope other(g, "/job:worker/task:1");
                return call(
                    [&begun](cpu_context& ctx, float value) {
                        begun = true;
                        while (value < 0 && !ctx.stop_requested()) std::this_thread::sleep_for(1ms);
                        return tensor<float>(value);
                    },
                    x);
            }();
            node<tensor<float>> end = there + kept;
            server_options options = test::small_server();
            options.messages.heartbeat = 100ms;
            options.messages.dead_after = 2s;
            server here{engine, c, g, options};
            if (c.rank() != 1) {
                here.join();
                return;
            }
            session s = here.session();
            s.initialize();
            CHECK(s.run({feed(x, 1.0f)}, end) == 6.0f);
            begun = false;
            std::thread killer([&] {
                for (int i = 0; i < 20000 && !begun; ++i) std::this_thread::sleep_for(1ms);
                network.kill(2, false);  // silently: heartbeats find out
            });
            const caught lost = error_of([&] { s.run({feed(x, -1.0f)}, end); });
            killer.join();
            CHECK(lost.code == errc::unavailable);
            CHECK(lost.says("/job:worker/task:1 is gone (step"));
            CHECK(s.run(kept) == 5.0f);
            const caught still = error_of([&] { s.run({feed(x, 1.0f)}, end); });
            CHECK(still.code == errc::unavailable);
            CHECK(still.says("/job:worker/task:1 is gone"));
            here.stop();
        });
    CHECK(thrown[0] == "");
    CHECK(thrown[1] == "");
}

TEST_CASE("tasks of a large cluster leave through one of them, whoever is lost") {
    for (const int lost : {-1, 0, 3}) {
        CAPTURE(lost);
        loopback_network network(6);
        const auto thrown =
            test::run_tasks(network, {{"worker", 6}}, [&](loopback_engine& engine, cluster c) {
                graph g;
                server_options options = test::small_server();
                options.messages.watch_all_up_to = 1;
                options.messages.heartbeat = 20ms;
                options.messages.dead_after = 200ms;
                options.messages.start_within = 300ms;
                server here{engine, c, g, options};
                here.barrier();
                if (c.rank() == lost) network.kill(lost, false);
            });
        CHECK(test::text_of(thrown) == "");
    }
}

TEST_CASE("who waits for all in a large cluster hears that one has left") {
    const auto thrown =
        test::run_tasks({{"worker", 6}}, [&](loopback_engine& engine, const cluster& c) {
            graph g;
            server_options options = test::small_server();
            options.messages.watch_all_up_to = 1;
            server here{engine, c, g, options};
            if (c.rank() == 4) return;
            const caught gone = error_of([&] { here.barrier({}, 20s); });
            CHECK(gone.code == errc::unavailable);
            CHECK(gone.says("has left"));
        });
    CHECK(test::text_of(thrown) == "");
}
