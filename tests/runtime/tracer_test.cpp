// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Traces: every step in a row of its own thread, bytes alive, runs that fail or are stopped,
// several at the same time, and a limit to what is kept.
#include <weft/runtime/trace_writer.hpp>
#include <weft/runtime/tracer.hpp>
#include <weft/weft.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>
#include <support/json_reader.hpp>

#include <algorithm>
#include <map>
#include <stop_token>
#include <thread>

using namespace weft;
using namespace std::chrono_literals;
using weft_test::error_of;
using weft_test::json_reader;
using weft_test::json_value;

namespace {

// The events of a trace by their kind.
class events {
public:
    explicit events(const tracer& of) : events(of.to_chrome_json()) {}
    explicit events(const std::string& text) {
        const auto read = json_reader::read(text);
        REQUIRE(read.has_value());
        for (const auto& event : (*read)["traceEvents"].members) all_.push_back(event.value);
    }

    // X: steps and runs; M: names; C: counters; s, f: arrows.
    std::vector<json_value> of_kind(const std::string& kind) const {
        std::vector<json_value> out;
        for (const json_value& event : all_)
            if (event["ph"].text == kind) out.push_back(event);
        return out;
    }
    std::vector<json_value> steps() const {
        std::vector<json_value> out;
        for (json_value& event : of_kind("X"))
            if (event["pid"].text != "1") out.push_back(std::move(event));
        return out;
    }
    std::vector<std::string> names_of(const std::string& what) const {
        std::vector<std::string> out;
        for (const json_value& event : of_kind("M"))
            if (event["name"].text == what) out.push_back(event["args"]["name"].text);
        return out;
    }
    // Whether nothing begins in a row before what is there has ended, and every row has a name.
    bool rows_are_sound() const {
        std::map<std::string, std::vector<std::pair<double, double>>> rows;
        for (const json_value& step : of_kind("X"))
            rows[step["pid"].text + '/' + step["tid"].text].push_back(
                {step["ts"].number(), step["dur"].number()});
        bool sound = true;
        for (auto& [row, slices] : rows) {
            std::sort(slices.begin(), slices.end());
            for (std::size_t i = 1; i < slices.size(); ++i)
                sound &= slices[i].first >= slices[i - 1].first + slices[i - 1].second - 1e-3;
            bool named = false;
            for (const json_value& event : of_kind("M"))
                named |= event["name"].text == "thread_name" &&
                         event["pid"].text + '/' + event["tid"].text == row;
            sound &= named;
        }
        return sound;
    }

private:
    std::vector<json_value> all_;
};

bool has(const std::vector<std::string>& list, const std::string& text) {
    return std::find(list.begin(), list.end(), text) != list.end();
}
const json_value& named(const std::vector<json_value>& list, const std::string& name) {
    static const json_value nothing;
    for (const json_value& event : list)
        if (event["name"].text == name) return event;
    return nothing;
}

}  // namespace

TEST_CASE("a trace has a row for each thread of each device, with every step") {
    graph g;
    const auto x = g.placeholder<tensor<float, dyn>>("x");
    node y{x * 2.0f + 1.0f, "y"};
    node z = [&] {
        device_scope there{g, "/gpu:0"};
        return node{exp(y), "z"};
    }();
    node total{sum(z), "total"};
    session s{g, {.emulated_gpus = 1}};
    tracer trace;
    const auto in = tensor<float, dyn>::zeros({300});
    for (int i = 0; i < 3; ++i) s.run({.trace = &trace}, {feed(x, in)}, total);
    CHECK(trace.runs() == 3);

    const events seen(trace);
    const std::size_t steps = seen.steps().size();
    CHECK(steps % 3 == 0);
    CHECK(seen.of_kind("X").size() == steps + 3);
    CHECK(seen.rows_are_sound());
    CHECK(has(seen.names_of("process_name"), "/gpu:0"));
    for (const std::string& row : seen.names_of("thread_name")) {
        CAPTURE(row);
        CHECK((row.starts_with("caller ") || row.starts_with("/gpu:0 weft gpu:0") ||
               row.starts_with("/gpu:0 caller ") || row.starts_with("/cpu:0 ")));
    }
    const json_value step = named(seen.steps(), "z");
    CHECK(step["args"]["op"].text == "Exp");
    CHECK(step["args"]["device"].text == "/gpu:0");
    CHECK(step["args"]["type"].text == "float [300]");
    CHECK(step["args"]["bytes"].text == "1200");
    CHECK(step["args"]["where"].text.starts_with("tracer_test.cpp:"));
    const json_value fused = named(seen.steps(), "y");
    CHECK(fused["args"]["fuses"].text.find("Mul") != std::string::npos);
}

TEST_CASE("arrows lead to the copies between devices") {
    graph g;
    const auto x = g.placeholder<tensor<float, 8>>("x");
    node y = on<cpu>(x + 1.0f);
    node z = on<gpu>(y * y);
    session s{g, {.emulated_gpus = 1}};
    tracer trace;
    s.run({.trace = &trace}, {feed(x, tensor<float, 8>{})}, z);
    const events seen(trace);
    REQUIRE(seen.of_kind("s").size() == 1);
    REQUIRE(seen.of_kind("f").size() == 1);
    const json_value from = seen.of_kind("s")[0], to = seen.of_kind("f")[0];
    CHECK(from["id"].text == to["id"].text);
    const json_value copy = named(seen.steps(), "Add -> /gpu:0");
    CHECK(copy["cat"].text == "copy");
    CHECK(to["ts"].text == copy["ts"].text);
    CHECK(from["ts"].text == named(seen.steps(), "Add")["ts"].text);
}

TEST_CASE("the bytes alive go up with each value, and back to nothing") {
    graph g;
    const auto x = g.placeholder<tensor<float, 100>>("x");
    node a{exp(x), "a"};
    node b{exp(a), "b"};
    const_cast<node_record&>(g.record(b.id())).element_wise = true;  // so it is written over a
    node c = sum(b);
    node d = max(b);
    node e{c + d, "e"};
    session s{g, {.inter_op_parallelism_threads = -1}};
    tracer trace;
    for (int i = 0; i < 2; ++i) s.run({.trace = &trace}, {feed(x, tensor<float, 100>{})}, e);
    double most = 0, last = -1, before = 0;
    for (const json_value& counter : events(trace).of_kind("C")) {
        CHECK(counter["name"].text == "bytes alive on /cpu:0");
        CHECK(counter["ts"].number() >= before);
        before = counter["ts"].number();
        last = counter["args"]["bytes"].number();
        CHECK(last >= 0);
        most = (std::max)(most, last);
    }
    CHECK(most == 408);
    CHECK(last == 0);
}

TEST_CASE("a run that fails shows the step that did") {
    graph g;
    node before = g.call([] { return 1; }, "before");
    node bad = call([](int) -> int { throw std::runtime_error("no"); }, before);
    node after = call([](int i) { return i; }, bad);
    session s{g};
    tracer trace;
    const auto e = error_of([&] { s.run({.trace = &trace}, after); });
    CHECK(e.node == "Call");
    const events seen(trace);
    CHECK(seen.rows_are_sound());
    CHECK(seen.steps().size() == 2);
    CHECK(named(seen.steps(), "Call")["args"]["outcome"].text == "failed");
    CHECK(named(seen.steps(), "before")["args"]["outcome"].text.empty());
}

TEST_CASE("a run that is stopped shows what has run, and blames nobody") {
    graph g;
    std::stop_source stop;
    node first = g.call([&] { return stop.request_stop(), 1; }, "first");
    node second = call([](int i) { return i; }, first);
    session s{g};
    tracer trace;
    const auto e = error_of([&] { s.run({.stop = stop.get_token(), .trace = &trace}, second); });
    CHECK(e.code == errc::cancelled);
    const events seen(trace);
    CHECK(seen.steps().size() == 1);
    CHECK(named(seen.steps(), "first")["args"]["outcome"].text.empty());
    CHECK(seen.of_kind("X").size() == 2);
}

TEST_CASE("several runs are traced at the same time") {
    graph g;
    const auto x = g.placeholder<tensor<float, 64>>("x");
    std::vector<node<tensor<float, 64>>> parts;
    for (int i = 0; i < 8; ++i) parts.push_back(node(exp(x * float(i))));
    node total = sum(parts[0] + parts[1] + parts[2] + parts[3]) +
                 sum(parts[4] * parts[5] * parts[6] * parts[7]);
    session s{g, {.inter_op_parallelism_threads = 2, .use_per_session_threads = true}};
    tracer trace;
    {
        std::vector<std::jthread> callers;
        for (int t = 0; t < 4; ++t)
            callers.emplace_back([&] {
                for (int i = 0; i < 20; ++i)
                    s.run({.trace = &trace}, {feed(x, tensor<float, 64>{})}, total);
            });
        while (trace.runs() < 40) static_cast<void>(trace.to_chrome_json());
    }
    CHECK(trace.runs() == 80);
    const events seen(trace);
    CHECK(seen.rows_are_sound());
    CHECK(seen.of_kind("X").size() == 80 + 80 * s.plan(feeds(x), fetches(total)).nodes());
}

TEST_CASE("the oldest runs make room for new ones") {
    graph g;
    node y = g.call([] { return 1; }, "y");
    session s{g};
    tracer trace({.max_steps = 10});  // a run counts as one more
    for (int i = 0; i < 9; ++i) s.run({.trace = &trace}, y);
    CHECK(trace.runs() == 5);
    CHECK(trace.dropped_runs() == 4);
    const events seen(trace);
    CHECK(named(seen.of_kind("X"), "run 4")["name"].text.empty());
    CHECK(named(seen.of_kind("X"), "run 5")["name"].text == "run 5");
    CHECK(named(seen.of_kind("X"), "run 9")["name"].text == "run 9");

    tracer none_fits({.max_steps = 1});
    s.run({.trace = &none_fits}, y);
    CHECK(none_fits.runs() == 0);
    CHECK(none_fits.dropped_runs() == 1);
    CHECK(events(none_fits).of_kind("X").empty());
    trace.clear();
    CHECK(trace.runs() + trace.dropped_runs() == 0);
}

TEST_CASE("a trace outlives its session, and another one at the same address is another plan") {
    tracer trace;
    for (const char* name : {"first", "second", "third"}) {
        graph g;
        node y = g.call([] { return 1; }, name);
        session s{g};
        s.run({.trace = &trace}, y);
        s.run({.trace = &trace}, y);
    }
    const events seen(trace);
    for (const char* name : {"first", "second", "third"}) {
        std::size_t times = 0;
        for (const json_value& step : seen.steps()) times += step["name"].text == name;
        CHECK(times == 2);
    }
}

TEST_CASE("a type that only the run knows is its own") {
    graph g;
    const auto x = g.placeholder<tensor<float, dyn>>("x");
    node y{x + 1.0f, "y"};
    node n = g.call([] { return std::string("text"); }, "n");
    session s{g};
    tracer trace;
    for (std::size_t size : {3u, 5u})
        s.run({.trace = &trace}, {feed(x, tensor<float, dyn>::zeros({size}))}, y, n);
    std::vector<std::string> types;
    for (const json_value& step : events(trace).steps())
        if (step["name"].text == "y") types.push_back(step["args"]["type"].text);
    CHECK(types == std::vector<std::string>{"float [3]", "float [5]"});
}

TEST_CASE("a trace is valid JSON whatever bytes names have") {
    trace_data data;
    auto plan = std::make_shared<traced_plan>();
    plan->steps.push_back(
        {"a\"b\n\\", "op\x01", "/cpu:0\t", "f\"", "\xff", "x\ny.cpp:1", none, false});
    traced_run run;
    run.plan = plan;
    run.events.push_back({1'000, 2'005, 4, 0, 7, true});
    data.runs.push_back(run);
    data.threads[7] = "thr\"ead\n";
    const events seen(trace_json(data));
    REQUIRE(seen.steps().size() == 1);
    CHECK(seen.steps()[0]["name"].text == R"(a\"b\u000a\\)");
    CHECK(seen.steps()[0]["ts"].text == "1.000");
    CHECK(seen.steps()[0]["dur"].text == "1.005");
    CHECK(seen.rows_are_sound());
    CHECK(events(trace_json({})).steps().empty());
}
