// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Runs that are told to stop: how soon they do, wherever they are, and that ten thousand of them
// leave nothing behind.
#include <weft/weft.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>

#include <chrono>
#include <thread>

using namespace weft;
using namespace std::chrono_literals;
using weft_test::error_of;
using steady = std::chrono::steady_clock;

namespace {

session_options threads(int n, int gpus = 0) {
    return {.inter_op_parallelism_threads = n,
            .use_per_session_threads = true,
            .emulated_gpus = gpus};
}

}  // namespace

TEST_CASE("a run ends soon after the kernel that runs when it is stopped or late") {
    // Each of a thousand nodes takes about a millisecond: all of them would take a second.
    for (int n : {-1, 1, 2}) {
        CAPTURE(n);
        graph g;
        std::atomic<int> ran{0};
        std::vector<node_id> ids;
        node<int> last = g.call([] { return 0; });
        for (int i = 0; i < 1000; ++i)
            last = call(
                [&](int x) {
                    std::this_thread::sleep_for(1ms);
                    ++ran;
                    return x + 1;
                },
                last);
        session s{g, threads(n)};
        std::stop_source stop;
        std::jthread later([&] {
            std::this_thread::sleep_for(20ms);
            stop.request_stop();
        });
        const auto e = error_of([&] { s.run(run_options{.stop = stop.get_token()}, last); });
        CHECK(e.code == errc::cancelled);
        CHECK(ran < 500);  // about 20
        CHECK(e.says("of 1001 nodes have run"));
        ran = 0;
        const auto begin = steady::now();
        CHECK(error_of([&] { s.run(run_options{.timeout = 20ms}, last); }).code ==
              errc::deadline_exceeded);
        CHECK(steady::now() - begin >= 20ms);
        CHECK(ran < 500);
    }
}

TEST_CASE("a kernel that splits itself stops between its parts, unless others could see that") {
    graph g;
    std::atomic<int> parts{0};
    const auto split = g.call([&](cpu_context& ctx) {
        ctx.parallel_for(1000, 1e6, [&](std::size_t first, std::size_t last) {
            for (std::size_t i = first; i < last; ++i) {
                ++parts;
                std::this_thread::sleep_for(1ms);
            }
        });
        return 1;
    });
    session s{g, threads(1)};
    CHECK(error_of([&] { s.run(run_options{.timeout = 20ms}, split); }).code ==
          errc::deadline_exceeded);
    CHECK(parts < 900);
}

TEST_CASE("ten thousand runs that are started and cancelled from 8 threads") {
    graph g;
    const auto x = g.placeholder<tensor<float, 8>>("x");
    const auto v = g.variable(tensor<float, 8>{}, "v");
    std::vector<node<tensor<float, 8>>> made{x};
    for (int i = 0; i < 6; ++i) {
        {
            device_scope pin{g, i % 3 == 0 ? "/gpu:0" : "/cpu:0"};
            made.push_back(node<tensor<float, 8>>(node(made.back() + 1.0f)));
        }
        made.push_back(call([](const tensor<float, 8>& t) { return t; }, made[made.size() / 2]));
    }
    node<tensor<float, 8>> all = made[0];
    for (std::size_t i = 1; i < made.size(); ++i)
        all = node<tensor<float, 8>>(node(all + made[i]));
    const auto add = v.assign_add(all);
    session s{g, threads(2, 1)};
    s.initialize();
    const tensor<float, 8> in{};
    s.run({feed(x, in)}, add);
    const float once = s.run(v)[0];
    const auto live = s.memory("/gpu:0").live;
    std::atomic<int> wrong{0}, done{0};
    {
        std::vector<std::jthread> callers;
        for (int t = 0; t < 8; ++t)
            callers.emplace_back([&, t] {
                for (int i = 0; i < 1250; ++i) {
                    std::stop_source stop;
                    std::jthread other;
                    // Before, some time during, by a deadline, or never.
                    if (i % 5 == 0) stop.request_stop();
                    if (i % 50 == 1)
                        other = std::jthread([stop]() mutable { stop.request_stop(); });
                    const auto limit = i % 5 == 2 ? std::chrono::nanoseconds(1000 * (i % 97)) : 0ns;
                    const auto e = error_of([&] {
                        s.run(run_options{.timeout = limit, .stop = stop.get_token()},
                              {feed(x, in)}, add);
                    });
                    if (e.code == errc::ok) ++done;
                    wrong += e.code != errc::ok && e.code != errc::cancelled &&
                             e.code != errc::deadline_exceeded;
                    wrong += (i % 5 == 0) != (e.code == errc::cancelled) && i % 50 != 1;
                }
                static_cast<void>(t);
            });
    }
    CHECK(wrong == 0);
    CHECK(done >= 3000);
    // Runs that were stopped have added all or nothing; one that was stopped behind its last node
    // has added all.
    const auto now = s.run(v);
    for (float e : now) CHECK(e == now[0]);
    CHECK(now[0] >= once * float(done + 1));
    // What runs keep is bounded by how many there are at a time.
    s.run({feed(x, in)}, add);
    CHECK(s.memory("/gpu:0").live <= live + 64);
}
