// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Servers and their sessions: where nodes run, what crosses tasks, and what is said when it cannot.
#include "local_cluster.hpp"

#include <weft/io.hpp>
#include <weft/weft.hpp>

#include <doctest/doctest.h>

#include <atomic>

using namespace weft;
using namespace std::chrono_literals;
using test::loopback_engine;

namespace {

const cluster_spec one_and_two{{"ps", 1}, {"worker", 2}};

// Runs work(session, cluster, server, program) in the first worker, and then stops all tasks; the
// others serve.
template <class Program, class Work>
std::vector<std::string> drive(Work work, server_options options = test::small_server()) {
    return test::run_tasks(one_and_two, [&](loopback_engine& engine, const cluster& c) {
        Program p(c);
        server here{engine, c, p.g, options};
        if (c.rank() != 1) {
            here.join();
            return;
        }
        const struct at_end {
            server& of;
            ~at_end() { of.stop(); }
        } stop{here};
        session s = here.session();
        work(s, p, here);
    });
}

// x on the first worker, twice x on the second, its square root on ps.
struct chain {
    explicit chain(const cluster&) {}
    graph g;
    node<tensor<float, dyn>> x = g.placeholder<tensor<float, dyn>>("x");
    node<tensor<float, dyn>> twice = [&] {
        const device_scope here(g, "/job:worker/task:1");
        return node<tensor<float, dyn>>(x * 2.0f, "twice");
    }();
    node<tensor<float, dyn>> root = [&] {
        const device_scope here(g, "/job:ps");
        return node<tensor<float, dyn>>(sqrt(twice), "root");
    }();
    node<tensor<float, dyn>> end = x + root;
};

std::string text_of(const auto& work, errc code) {
    try {
        work();
    } catch (const error& e) {
        CHECK(e.code() == code);
        return e.what();
    }
    return "nothing was thrown";
}
bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("values cross tasks, of shapes that only a run knows") {
    const auto thrown = drive<chain>([](session& s, chain& p, server&) {
        for (std::size_t n : {3u, 0u, 100000u, 3u}) {
            auto x = tensor<float, dyn>::uninitialized({n});
            for (std::size_t i = 0; i < n; ++i) x.data()[i] = static_cast<float>(2 * i * i);
            const auto [end, twice] = s.run({feed(p.x, x)}, p.end, p.twice);
            REQUIRE(end.shape() == dims{n});
            for (std::size_t i = 0; i < n; i += n / 3 + 1) {
                CHECK(twice.data()[i] == static_cast<float>(4 * i * i));
                CHECK(end.data()[i] == static_cast<float>(2 * i * i + 2 * i));
            }
        }
        CHECK(s.device_of(p.twice) == "/job:worker/task:1/cpu:0");
        CHECK(s.device_of(p.end) == "/job:worker/task:0/cpu:0");
        const std::string why = s.explain(p.end).to_string();
        CHECK(has(why, "root"));
        CHECK(has(why, "/job:ps/task:0/cpu:0"));
        CHECK(s.nodes_run() == 3);
    });
    CHECK(test::text_of(thrown) == "");
}

TEST_CASE("a callable on a cluster") {
    const auto thrown = drive<chain>([](session& s, chain& p, server&) {
        auto step = s.make_callable(feeds(p.x), fetches(p.end));
        for (float v : {2.0f, 8.0f}) {
            const auto out = step(tensor<float, dyn>::copy_of(&v, {1}));
            CHECK(out.data()[0] == v + (v == 2.0f ? 2.0f : 4.0f));
        }
    });
    CHECK(test::text_of(thrown) == "");
}

TEST_CASE("errors of other tasks come back with the task's name, and sessions work on") {
    struct division {
        explicit division(const cluster&) {}
        graph g;
        node<tensor<std::int32_t>> x = g.placeholder<tensor<std::int32_t>>("x");
        node<tensor<std::int32_t>> y = [&] {
            const device_scope there(g, "/job:ps/task:0");
            return node<tensor<std::int32_t>>(100 / x, "quotient");
        }();
        node<tensor<std::int32_t>> z = y + 1;
    };
    const auto thrown = drive<division>([](session& s, division& p, server&) {
        for (int i = 0; i < 3; ++i) {
            const std::string text = text_of([&] { s.run({feed(p.x, 0)}, p.z); },
                                             errc::invalid_argument);
            CHECK(has(text, "From /job:ps/task:0: division of integers by zero"));
            CHECK(has(text, "in node 'quotient'"));
            CHECK(s.run({feed(p.x, 5)}, p.z) == 21);
        }
        CHECK(has(text_of([&] { s.run(p.z); }, errc::invalid_argument),
                  "You must feed a value for placeholder 'x'"));
    });
    CHECK(test::text_of(thrown) == "");
}

TEST_CASE("a run that takes too long is stopped on every task") {
    struct sleeper {
        explicit sleeper(const cluster&) {}
        graph g;
        node<tensor<float>> x = g.placeholder<tensor<float>>("x");
        node<tensor<float>> slow = [&] {
            const device_scope there(g, "/job:ps/task:0");
            return call(
                [](cpu_context& ctx, float value) {
                    for (int i = 0; i < 2000 && value < 0 && !ctx.stop_requested(); ++i)
                        std::this_thread::sleep_for(1ms);
                    return tensor<float>(value);
                },
                x);
        }();
        node<tensor<float>> end = slow + 1.0f;
    };
    const auto thrown = drive<sleeper>([](session& s, sleeper& p, server&) {
        CHECK(s.run({feed(p.x, 1.0f)}, p.end) == 2.0f);
        const std::string late = text_of(
            [&] { s.run({.timeout = 20ms}, {feed(p.x, -1.0f)}, p.end); }, errc::deadline_exceeded);
        CHECK(has(late, "/job:ps/task:0"));
        std::stop_source stop;
        stop.request_stop();
        CHECK(has(text_of([&] { s.run({.stop = stop.get_token()}, {feed(p.x, -1.0f)}, p.end); },
                          errc::cancelled),
                  "stopped"));
        CHECK(s.run({feed(p.x, 2.0f)}, p.end) == 3.0f);
    });
    CHECK(test::text_of(thrown) == "");
}

TEST_CASE("a node that is pinned to no task of the cluster is refused with a list") {
    struct lost_node {
        explicit lost_node(const cluster&) {}
        graph g;
        node<tensor<float>> x = [&] {
            const device_scope there(g, "/job:worker/task:7");
            return node<tensor<float>>(g.variable(1.0f) + 1.0f, "lost");
        }();
        node<tensor<double>> soft = [&] {
            const device_scope there(g, "/job:ps/task:0/gpu:3");
            return node<tensor<double>>(g.variable(1.0) + 1.0, "soft");
        }();
    };
    const auto thrown = drive<lost_node>([](session& s, lost_node& p, server&) {
        const std::string text = text_of([&] { s.run(p.x); }, errc::invalid_argument);
        CHECK(has(text, "/job:worker/task:7"));
        CHECK(has(text, "/job:ps/task:0/cpu:0"));
        CHECK(has(text, "/job:worker/task:1/cpu:0"));
        CHECK(has(text_of([&] { s.run(p.soft); }, errc::invalid_argument), "gpu:3"));
    });
    CHECK(test::text_of(thrown) == "");
    server_options soft = test::small_server();
    soft.session.allow_soft_placement = true;
    const auto softly = drive<lost_node>(
        [](session& s, lost_node& p, server&) {
            CHECK(has(text_of([&] { s.run(p.x); }, errc::invalid_argument), "/job:worker/task:7"));
            CHECK(s.device_of(p.soft) == "/job:ps/task:0/cpu:0");
        },
        soft);
    CHECK(test::text_of(softly) == "");
}

TEST_CASE("a trace has all tasks, on one clock") {
    const auto thrown = drive<chain>([](session& s, chain& p, server&) {
        tracer trace;
        const float v = 8;
        for (int i = 0; i < 2; ++i)
            s.run({.trace = &trace}, {feed(p.x, tensor<float, dyn>::copy_of(&v, {1}))}, p.end);
        const std::string json = trace.to_chrome_json();
        for (const char* device : {"/job:worker/task:0/cpu:0", "/job:worker/task:1/cpu:0",
                                   "/job:ps/task:0/cpu:0"})
            CHECK(has(json, device));
        CHECK(has(json, R"("name":"root")"));
        CHECK(has(json, R"("name":"twice")"));
        CHECK(trace.dropped_runs() == 0);
        CHECK(trace.runs() == 6);
        run_stats stats;
        CHECK(has(text_of([&] { s.run({.stats = &stats}, p.end); }, errc::invalid_argument),
                  "You must feed"));
        CHECK(has(text_of(
                      [&] {
                          s.run({.stats = &stats},
                                {feed(p.x, tensor<float, dyn>::copy_of(&v, {1}))}, p.end);
                      },
                      errc::unimplemented),
                  "trace shows all tasks"));
    });
    CHECK(test::text_of(thrown) == "");
}

TEST_CASE("objects stay in their process") {
    // clang 16 knows no source location in the initializers of members.
    struct with_object {
        explicit with_object(const cluster&)
            : name(call([](float) { return std::string("weft"); }, g.constant(1.0f))),
              far_away([this] {
                  const device_scope there(g, "/job:ps");
                  return size();
              }()),
              here(size()) {}
        node<tensor<float>> size() {
            return call([](const std::string& s) { return tensor<float>(float(s.size())); }, name);
        }
        graph g;
        node<std::string> name;
        node<tensor<float>> far_away, here;
    };
    const auto thrown = drive<with_object>([](session& s, with_object& p, server&) {
        const std::string text = text_of([&] { s.run(p.far_away); }, errc::unimplemented);
        CHECK(has(text, "only tensors travel between tasks"));
        CHECK(has(text, "needed on /job:ps/task:0"));
        CHECK(s.run(p.here) == 4.0f);
        CHECK(s.run(p.name) == "weft");
    });
    CHECK(test::text_of(thrown) == "");
}

TEST_CASE("emulated GPUs of another task") {
    struct on_gpus {
        explicit on_gpus(const cluster&) {}
        graph g;
        node<tensor<float, 4>> x = g.placeholder<tensor<float, 4>>("x");
        node<tensor<float, 4>> y = [&] {
            const device_scope there(g, "/job:worker/task:1/gpu:1");
            return node<tensor<float, 4>>(x * x);
        }();
        node<tensor<float>> z = [&] {
            const device_scope here(g, "/job:worker/task:0/gpu:0");
            return node<tensor<float>>(sum(y));
        }();
    };
    server_options options = test::small_server();
    options.session.emulated_gpus = 2;
    const auto thrown = drive<on_gpus>(
        [](session& s, on_gpus& p, server& here) {
            CHECK(s.run({feed(p.x, tensor<float, 4>{1, 2, 3, 4})}, p.z) == 30.0f);
            CHECK(s.device_of(p.y) == "/job:worker/task:1/gpu:1");
            CHECK(here.devices().size() == 9);
        },
        options);
    CHECK(test::text_of(thrown) == "");
}

TEST_CASE("sessions of several tasks use the same variables at the same time") {
    std::atomic<int> wrong{0};
    const auto thrown =
        test::run_tasks(one_and_two, [&](loopback_engine& engine, const cluster& c) {
            graph g;
            device_scope ps{g, round_robin_over(c.job("ps"), {.otherwise = c.self()})};
            auto total = g.variable(0.0f, "total");
            auto count = g.variable(zeros<float, 1000>(), "count");
            auto x = g.placeholder<tensor<float>>("x");
            node<void> both = [&] {
                const device_scope with_variables(g, no_device);
                auto a = total.assign_add(x);
                auto b = count.assign_add(x * ones<float, 1000>());
                return group(a, b);
            }();
            server here{engine, c, g, test::small_server()};
            if (c.job() == "ps") {
                here.join();
                return;
            }
            session s = here.session();
            if (c.task() == 0) s.initialize();
            here.barrier("worker");
            const auto add = [&] {
                session own = here.session();
                for (int i = 0; i < 50; ++i) own.run({feed(x, 1.0f)}, both);
            };
            std::thread second(add);
            add();
            second.join();
            here.barrier("worker");
            if (c.task() == 1) return;
            const auto [t, n] = s.run(total, count);
            if (float(t) != 200.0f || n.data()[0] != 200.0f || n.data()[999] != 200.0f) ++wrong;
            here.stop();
        });
    CHECK(test::text_of(thrown) == "");
    CHECK(wrong == 0);
}

TEST_CASE("different graphs are found at the start, and the first node that differs is named") {
    const auto thrown =
        test::run_tasks(one_and_two, [&](loopback_engine& engine, const cluster& c) {
            graph g;
            auto x = g.placeholder<tensor<float>>("x");
            node<tensor<float>> y = x + 1.0f;
            if (c.rank() == 2)
                node<tensor<float>>(y * 2.0f, "odd");
            else
                node<tensor<float>>(y - 2.0f, "even");
            server here{engine, c, g, test::small_server()};
        });
    for (const std::string& text : thrown) {
        CHECK(has(text, "the tasks have different graphs"));
        CHECK(has(text, "on /job:ps/task:0: 'even' (Sub"));
        CHECK(has(text, "on /job:worker/task:1: 'odd' (Mul"));
        CHECK(has(text, "server_test.cpp"));
    }
}

TEST_CASE("servers one after the other on the same engines") {
    const auto thrown = test::run_tasks(one_and_two, [](auto& engine, const cluster& c) {
        for (int turn = 0; turn < 20; ++turn) {
            chain p(c);
            server here{engine, c, p.g, test::small_server()};
            if (turn == 0) {
                chain other(c);
                CHECK(text_of([&] { server{engine, c, other.g}; }, errc::failed_precondition) ==
                      "the engine serves another server of this process; that must end first");
            }
            if (c.rank() != 1) {
                here.join();
                continue;
            }
            session s = here.session();
            const float in[] = {static_cast<float>(2 * turn)};
            const auto end = s.run({feed(p.x, tensor<float, dyn>::copy_of(in, {1}))}, p.end);
            CHECK(end[0] == in[0] + std::sqrt(2 * in[0]));
            here.stop();
        }
    });
    CHECK(test::text_of(thrown) == "");
}
