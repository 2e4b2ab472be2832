// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Pictures of graphs and plans: who is in which box, what is dashed, dotted and bold.
#include <weft/io/dot.hpp>
#include <weft/weft.hpp>

#include <doctest/doctest.h>

#include <thread>

using namespace weft;
using namespace std::chrono_literals;

namespace {

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}
// The line that begins a vertex by its label.
std::string line_of(const std::string& dot, const std::string& label) {
    const std::size_t at = dot.find("[label=\"" + label);
    if (at == dot.npos) return {};
    const std::size_t begin = dot.rfind('\n', at) + 1;
    return dot.substr(begin, dot.find('\n', at) - begin);
}
std::string id_of(const std::string& dot, const std::string& label) {
    const std::string line = line_of(dot, label);
    const std::size_t begin = line.find_first_not_of(' ');
    return begin == line.npos ? "?" : line.substr(begin, line.find(' ', begin) - begin);
}
std::string edge(const std::string& dot, const std::string& from, const std::string& to) {
    const std::size_t at = dot.find("  " + from + " -> " + to);
    return at == dot.npos ? std::string() : dot.substr(at, dot.find('\n', at) - at);
}

}  // namespace

TEST_CASE("a graph: boxes are the devices that nodes ask for") {
    graph g;
    const auto x = g.placeholder<tensor<float, 4>>("x");
    const auto w = g.variable<tensor<float, 4>>(tensor<float, 4>{}, "w");
    name_scope layer{g, "layer"};
    node y{x * w + 1.0f, "y"};
    node z = [&] {
        device_scope there{g, "/gpu:1"};
        control_dependencies after{g, {y}};
        return node{exp(x), "z"};
    }();
    const auto add = w.assign_add(z);
    const std::string dot = to_dot(g);
    CHECK(dot == to_dot(g));
    CHECK(contains(dot, "subgraph cluster_0 {\n    label=\"/gpu:1\""));
    CHECK(dot.find("label=\"/gpu:1\"") < dot.find("layer/z"));
    CHECK(dot.find("layer/y") < dot.find("subgraph"));
    CHECK(contains(line_of(dot, "layer/y"), "fuses Add, Mul\\nfloat [4]"));
    CHECK(contains(line_of(dot, "x\\n"), "shape=ellipse"));
    CHECK(contains(line_of(dot, "w\\n"), "shape=cylinder"));
    CHECK(contains(dot, "writes w"));
    CHECK(contains(edge(dot, id_of(dot, "layer/y"), id_of(dot, "layer/z")), "dotted"));
    CHECK(contains(edge(dot, id_of(dot, "x\\n"), id_of(dot, "layer/y")), ";"));
    CHECK(!contains(dot, "label=\"layer\""));
    CHECK(contains(to_dot(g, {.scopes = true}), "label=\"layer\""));
    static_cast<void>(add);
}

TEST_CASE("a plan: boxes are where steps run, copies are dashed") {
    graph g;
    const auto x = g.placeholder<tensor<float, 4>>("x");
    node y = [&] {
        device_scope there{g, "/gpu:0"};
        return node{x * 2.0f + 1.0f, "y"};
    }();
    node unused{x - 1.0f, "unused"};
    node z = [&] {
        device_scope here{g, "/cpu:0"};
        return node{y + x, "z"};
    }();
    session s{g, {.emulated_gpus = 1}};
    const auto plan = s.plan(feeds(x), fetches(z));
    const std::string dot = to_dot(plan);
    CHECK(dot == to_dot(plan));
    CHECK(!contains(dot, "unused"));
    const std::size_t gpu = dot.find("label=\"/gpu:0\"");
    CHECK(dot.find("label=\"/cpu:0\"") < dot.find("[label=\"z"));
    CHECK(dot.find("[label=\"z") < gpu);
    CHECK(gpu < dot.find("[label=\"y\\nfuses Add, Mul"));
    CHECK(gpu < dot.find("[label=\"x\\ncopy\", style=\"filled,dashed"));
    CHECK(dot.find("[label=\"y\\ncopy\"") < gpu);
    const std::string to = edge(dot, id_of(dot, "x\\nPlaceholder"), id_of(dot, "x\\ncopy"));
    CHECK(contains(to, "16 B"));
    CHECK(contains(to, "dashed"));
    CHECK(contains(line_of(dot, "z\\n"), "peripheries=2"));  // fetched
    // All of it is one chain.
    CHECK(contains(line_of(dot, "z\\n"), "bold"));
    CHECK(contains(edge(dot, id_of(dot, "y\\nfuses"), id_of(dot, "y\\ncopy")), "dashed,bold"));
    session here{g, {.emulated_gpus = 1}};
    CHECK(contains(to_dot(here.plan(feeds(x, y), fetches(z))),
                   "y\\nfuses Add, Mul\\nfloat [4]\\nfed"));
}

TEST_CASE("the critical path is the one that was measured, once a plan has run") {
    graph g;
    const auto sleep = [](auto time) {
        return [time] { return std::this_thread::sleep_for(time), 1; };
    };
    node a = g.call(sleep(0ms), "a");
    node b = g.call(sleep(40ms), "b");
    node c = call([](int i, int j) { return i + j; }, a, b);
    session s{g};
    const auto plan = s.plan(feeds(), fetches(c));
    CHECK(contains(line_of(to_dot(plan), "Call"), "bold"));
    CHECK(contains(line_of(to_dot(plan), "a\\n"), "component"));
    s.run(c);
    const std::string dot = to_dot(plan);
    CHECK(contains(line_of(dot, "b\\n"), "bold"));
    CHECK(!contains(line_of(dot, "a\\n"), "bold"));
    CHECK(contains(line_of(dot, "Call"), "bold"));
}

TEST_CASE("what a step waits for without reading it is dotted, and variables are named") {
    graph g;
    const auto w = g.variable<tensor<float, 4>>(tensor<float, 4>{}, "w");
    node read{w * 2.0f, "read"};
    const auto add = w.assign_add(w);
    session s{g};
    const std::string dot = to_dot(s.plan(feeds(), fetches(read, add)));
    CHECK(contains(dot, "writes w"));
    CHECK(contains(edge(dot, id_of(dot, "read"), id_of(dot, "AssignAdd")), "dotted"));
    CHECK(contains(line_of(dot, "w\\n"), "cylinder"));
}
