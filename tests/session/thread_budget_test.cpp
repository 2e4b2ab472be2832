// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Threads: no more than were asked for, none of them busy while there is nothing to do, and all of
// them on the cores that the process may use.
#include <weft/weft.hpp>

#include <doctest/doctest.h>
#include <runtime/threads.hpp>

#include <algorithm>
#include <chrono>
#include <thread>

#include <sched.h>
#include <sys/resource.h>

using namespace weft;
using namespace std::chrono_literals;

namespace {

// Processor time of this process, in seconds.
double cpu_seconds() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& t) {
        return double(t.tv_sec) + double(t.tv_usec) * 1e-6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

// The least processor time of a few spans of 200 ms. A thread that spins takes its share of each of
// them; one that has only been late to fall asleep does not.
double least_cpu_seconds(double enough) {
    double least = 1;
    for (int i = 0; i < 10 && least >= enough; ++i) {
        const double before = cpu_seconds();
        std::this_thread::sleep_for(200ms);
        least = std::min(least, cpu_seconds() - before);
    }
    return least;
}

// Nodes on every device of a session, side by side and in a chain.
struct everywhere {
    graph g;
    node<tensor<float>> x = g.placeholder<tensor<float>>("x");
    node<tensor<float>> z = x;

    everywhere(int cpus, int gpus) {
        std::vector<node<tensor<float>>> made;
        for (int i = 0; i < 4 * (cpus + gpus); ++i) {
            const int at = i % (cpus + gpus);
            const std::string device =
                at < cpus ? "/cpu:" + std::to_string(at) : "/gpu:" + std::to_string(at - cpus);
            device_scope pin{g, device};
            const auto& from = made.empty() || i % 3 == 0 ? x : made.back();
            if (at < cpus)
                made.push_back(call(
                    [this](float f) {
                        most_threads = std::max(most_threads.load(), weft_test::thread_count());
                        return tensor<float>{f + 1};
                    },
                    from));
            else
                made.push_back(node<tensor<float>>(node(from + 1.0f)));
        }
        for (const auto& one : made) z = node<tensor<float>>(node(z + one));
    }
    std::atomic<int> most_threads{0};
};

session_options one_thread(int cpus, int gpus) {
    return {.inter_op_parallelism_threads = 1,
            .intra_op_parallelism_threads = 1,
            .use_per_session_threads = true,
            .device_count = {{"CPU", cpus}},
            .emulated_gpus = gpus};
}

}  // namespace

TEST_CASE("with one thread each, a session has no more threads than devices") {
    for (int cpus : {1, 2, 3})
        for (int gpus : {0, 1, 2}) {
            CAPTURE(cpus);
            CAPTURE(gpus);
            everywhere e(cpus, gpus);
            const int before = weft_test::settled_thread_count();
            {
                session s{e.g, one_thread(cpus, gpus)};
                for (int i = 0; i < 20; ++i) s.run({feed(e.x, 1.0f)}, e.z);
                // The calling thread is that of /cpu:0.
                CHECK(weft_test::thread_count() - before == cpus + gpus - 1);
                CHECK(e.most_threads - before <= cpus + gpus - 1);
            }
            weft_test::wait_until([&] { return weft_test::thread_count() == before; });
        }
}

TEST_CASE("sessions that have nothing to do use no processor time") {
    everywhere e(2, 2);
    session_options options = one_thread(2, 2);
    options.inter_op_parallelism_threads = 4;
    options.intra_op_parallelism_threads = 4;
    session a{e.g, options}, b{e.g, options};
    for (int i = 0; i < 10; ++i) {
        a.run({feed(e.x, 1.0f)}, e.z);
        b.run({feed(e.x, 1.0f)}, e.z);
    }
    std::this_thread::sleep_for(20ms);  // they spin for microseconds
    CHECK(least_cpu_seconds(0.02) < 0.02);  // one thread that spins would take 0.2
}

TEST_CASE("a caller that waits for another thread's kernel sleeps") {
    // One whose lane of the inbox held an item of another run used to spin.
    graph g;
    std::atomic<bool> go{false};
    std::atomic<int> waiting{0};
    const auto slow = [&] {
        device_scope pin{g, "/cpu:1"};
        return g.call([&] {
            ++waiting;
            go.wait(false);
            return 1;
        });
    }();
    std::vector<node<int>> others;
    for (int i = 0; i < 3; ++i) others.push_back(g.call([] { return 1; }));
    node<int> z = call([](int a, int b, int c, int d) { return a + b + c + d; }, slow, others[0],
                       others[1], others[2]);
    session s{g, one_thread(2, 0)};
    std::atomic<int> wrong{0};
    {
        std::vector<std::jthread> callers;
        for (int i = 0; i < 100; ++i) callers.emplace_back([&] { wrong += s.run(z) != 4; });
        while (waiting < 1) std::this_thread::sleep_for(1ms);
        std::this_thread::sleep_for(50ms);
        CHECK(least_cpu_seconds(0.1) < 0.1);
        go = true;
        go.notify_all();
    }
    CHECK(wrong == 0);
}

TEST_CASE("threads stay on the cores that their session's maker may use") {
    std::jthread([] {
        cpu_set_t allowed;
        CPU_ZERO(&allowed);
        REQUIRE(sched_getaffinity(0, sizeof allowed, &allowed) == 0);
        int core = 0;
        while (!CPU_ISSET(core, &allowed)) ++core;
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(core, &one);
        REQUIRE(sched_setaffinity(0, sizeof one, &one) == 0);
        graph g;
        std::atomic<int> elsewhere{0};
        std::vector<node<int>> made;
        for (int i = 0; i < 8; ++i) {
            device_scope pin{g, i % 2 == 0 ? "/cpu:0" : "/cpu:1"};
            made.push_back(g.call([&](cpu_context& ctx) {
                const auto look = [&](std::size_t, std::size_t) {
                    elsewhere += sched_getcpu() != core;
                };
                ctx.parallel_for(100, 1e5, look);
                look(0, 1);
                return 1;
            }));
        }
        // How many that are is found once in a process, before this thread asked for fewer.
        session s{g,
                  {.inter_op_parallelism_threads = 2,
                   .intra_op_parallelism_threads = 2,
                   .use_per_session_threads = true,
                   .device_count = {{"CPU", 2}}}};
        for (int i = 0; i < 5; ++i)
            s.run(made[0], made[1], made[2], made[3], made[4], made[5], made[6], made[7]);
        CHECK(elsewhere == 0);
    }).join();
}
