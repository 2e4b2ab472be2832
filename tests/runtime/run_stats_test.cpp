// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Statistics of a run: who waited, who ran, what was read and written, and the critical path.
#include <weft/runtime/run_stats.hpp>
#include <weft/weft.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>
#include <support/json_reader.hpp>

#include <algorithm>
#include <thread>

using namespace weft;
using namespace std::chrono_literals;
using weft_test::error_of;
using weft_test::json_reader;

namespace {

const node_stats& of(const run_stats& stats, const std::string& name) {
    static const node_stats nothing;
    for (const node_stats& node : stats.nodes)
        if (node.node == name) return node;
    return nothing;
}

std::vector<std::string> path_of(const run_stats& stats) {
    std::vector<std::string> out;
    for (std::size_t i : stats.critical_path) out.push_back(stats.nodes[i].node);
    return out;
}

}  // namespace

TEST_CASE("waiting, running, bytes and the critical path") {
    graph g;
    const auto x = g.placeholder<tensor<float, 10>>("x");
    const auto sleep = [](auto time) {
        return [time](tensor_view<const float, 10> v) {
            std::this_thread::sleep_for(time);
            return v[0];
        };
    };
    node first{x + 1.0f, "first"};
    node brief = call(sleep(1ms), first);
    node lasting = call(sleep(40ms), first);
    node last = call([](float a, float b) { return a + b; }, brief, lasting);
    session s{g, {.inter_op_parallelism_threads = -1}};  // one after the other
    run_stats stats;
    s.run({.stats = &stats}, {feed(x, tensor<float, 10>{})}, last);

    CHECK(stats.complete);
    REQUIRE(stats.nodes.size() == 4);
    CHECK(stats.nodes[0].node == "first");
    CHECK(of(stats, "first").op == "Add");
    CHECK(of(stats, "first").device == "/cpu:0");
    CHECK(of(stats, "first").bytes_read == 40);
    CHECK(of(stats, "first").bytes_written == 40);
    CHECK(of(stats, "Call_2").bytes_read == 8);
    CHECK(of(stats, "Call_2").bytes_written == 4);
    CHECK(of(stats, "Call_1").running_ns >= 40'000'000);
    CHECK(of(stats, "Call").running_ns >= 1'000'000);
    // Whichever of the two came second has waited for the thread.
    CHECK(of(stats, "Call").waiting_ns + of(stats, "Call_1").waiting_ns >= 1'000'000);
    CHECK(path_of(stats) == std::vector<std::string>{"first", "Call_1", "Call_2"});
    CHECK(stats.critical_ns() < stats.busy_ns());
    CHECK(stats.busy_ns() <= stats.wall_ns);
    CHECK(stats.parallelism() <= 1.0);
    REQUIRE(stats.devices.size() == 1);
    CHECK(stats.devices[0].device == "/cpu:0");
    CHECK(stats.devices[0].busy_ns == stats.busy_ns());
}

TEST_CASE("steps that run side by side are counted as such") {
    graph g;
    const auto sleep = [] { return std::this_thread::sleep_for(50ms), 1; };
    node a = g.call(sleep, "a"), b = g.call(sleep, "b");
    node c = call([](int i, int j) { return i + j; }, a, b);
    session s{g, {.inter_op_parallelism_threads = 2, .use_per_session_threads = true}};
    run_stats stats;
    double most = 0;  // the system may be late to start the second thread
    for (int i = 0; i < 3 || (most <= 1.2 && i < 30); ++i) {
        s.run({.stats = &stats}, c);
        most = std::max(most, stats.parallelism());
    }
    CHECK(most > 1.2);
    CHECK(stats.nodes.size() == 3);
    CHECK(stats.critical_path.size() == 2);
}

TEST_CASE("copies between devices are nodes of their own") {
    graph g;
    const auto x = g.placeholder<tensor<float, 4>>("x");
    node y = on<gpu>(x * x);
    node z = on<cpu>(y + 1.0f);
    session s{g, {.emulated_gpus = 1}};
    run_stats stats;
    s.run({.stats = &stats}, {feed(x, tensor<float, 4>{})}, z);
    CHECK(of(stats, "x -> /gpu:0").copy);
    CHECK(of(stats, "x -> /gpu:0").bytes_written == 16);
    CHECK(of(stats, "Mul -> /cpu:0").copy);
    CHECK(!of(stats, "Mul").copy);
    CHECK(stats.devices.size() == 2);
    CHECK(path_of(stats) == std::vector<std::string>{"x -> /gpu:0", "Mul", "Mul -> /cpu:0", "Add"});
}

TEST_CASE("a run that fails leaves the numbers of what has begun, and the next one replaces them") {
    graph g;
    bool fail = true;
    node before = g.call([] { return 1; }, "before");
    node bad = call(
        [&](int i) {
            if (fail) throw std::runtime_error("no");
            return i;
        },
        before);
    node after = call([](int i) { return i; }, bad);
    session s{g};
    run_stats stats;
    CHECK(error_of([&] { s.run({.stats = &stats}, after); }).node == "Call");
    REQUIRE(stats.nodes.size() == 2);
    CHECK(of(stats, "before").ended);
    CHECK(!of(stats, "Call").ended);
    CHECK(of(stats, "Call").bytes_written == 0);
    CHECK(path_of(stats) == std::vector<std::string>{"before", "Call"});
    CHECK(stats.to_string().find("Call (failed)") != std::string::npos);
    fail = false;
    s.run({.stats = &stats}, after);
    CHECK(stats.nodes.size() == 3);
    CHECK(of(stats, "Call").ended);
}

TEST_CASE("the table puts the nodes that ran longest first") {
    run_stats stats;
    stats.nodes = {{"a", "Add", "/cpu:0", false, true, 1'500, 2'000, 8, 4},
                   {"b -> /gpu:0", "Add", "/gpu:0", true, true, 0, 64'250, 1'024, 1'024}};
    stats.devices = {{"/cpu:0", 2'000}, {"/gpu:0", 64'250}};
    stats.critical_path = {0, 1};
    stats.wall_ns = 132'500;
    const char* expected =
        R"(2 nodes in 132.500 us, 0.50 at a time; busy: /cpu:0 2.000 us, /gpu:0 64.250 us
node         op    device  running us  waiting us  read  written
b -> /gpu:0  copy  /gpu:0      64.250       0.000  1024     1024
a            Add   /cpu:0       2.000       1.500     8        4
critical path, 66.250 us: a, b -> /gpu:0
)";
    CHECK(stats.to_string() == expected);
}

TEST_CASE("the numbers are valid JSON, and there are none before a run") {
    run_stats stats;
    CHECK(stats.to_string().starts_with("0 nodes in 0.000 us, 0.00 at a time;\n"));
    CHECK(json_reader::accepts(stats.to_json()));
    stats.nodes = {{"a\"\n", "Add\\", "/cpu:0", false, true, 1, 2, 8, 4}};
    stats.devices = {{"/cpu:0", 2}, {"/gpu:0", 3}};
    stats.critical_path = {0};
    const auto read = json_reader::read(stats.to_json());
    REQUIRE(read.has_value());
    CHECK((*read)["busy_ns"].text == "5");
    CHECK((*read)["critical_ns"].text == "2");
    CHECK((*read)["devices"].members.size() == 2);
    CHECK((*read)["critical_path"].members[0].value.text == "a\\\"\\u000a");
    CHECK((*read)["nodes"].members[0].value["running_ns"].text == "2");
}
