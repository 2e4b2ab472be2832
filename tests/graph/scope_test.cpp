// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The four guards: how they nest, merge and let go of each other.
#include <weft/graph/graph.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>

using namespace weft;
using weft_test::error_of;

namespace {

std::string device(graph& g) { return g.record(g.constant(1.0f).id()).requested.to_string(); }
using ids = std::vector<node_id>;
ids controls(graph& g) { return g.record(g.constant(1.0f).id()).controls; }

}  // namespace

TEST_CASE("device scopes merge part by part, and end") {
    graph g;
    CHECK(device(g) == "");
    {
        device_scope job{g, "/job:ps"};
        device_scope kind{g, "/gpu:1"};
        CHECK(device(g) == "/job:ps/gpu:1");
        {
            device_scope other{g, "/CPU:*"};
            CHECK(device(g) == "/job:ps/cpu:*");
            device_scope nothing{g, ""};
            CHECK(device(g) == "/job:ps/cpu:*");
            device_scope task{g, device_spec{.task = 3}};
            CHECK(device(g) == "/job:ps/task:3/cpu:*");
        }
        CHECK(device(g) == "/job:ps/gpu:1");
        device_scope gone{g, no_device};
        CHECK(device(g) == "");
        device_scope again{g, std::string("/gpu:0")};
        CHECK(device(g) == "/gpu:0");
    }
    CHECK(device(g) == "");
}

TEST_CASE("a malformed device name is refused when the scope is made, and opens nothing") {
    graph g;
    for (const char* name :
         {"gpu:0", "/gpu:x", "/gpu:0/cpu:0", "//", "/gpu:99999999999", "/job:"}) {
        CAPTURE(name);
        const auto e = error_of([&] { device_scope bad(g, name); });
        CHECK(e.code == errc::invalid_argument);
        CHECK(e.text.find("Malformed device specification '" + std::string(name) + "'") == 0);
    }
    CHECK(device(g) == "");
}

TEST_CASE("a device function is asked for each node; what is nearer to the node wins") {
    graph g;
    int asked = 0;
    device_scope outer{g, "/job:ps/cpu:0"};
    device_scope by_op{g, [&](const node_record& node) {
                           ++asked;
                           CHECK_FALSE(node.name.empty());
                           return node.op == "Const" ? "/gpu:1" : "";
                       }};
    CHECK(device(g) == "/job:ps/gpu:1");
    const auto p = g.placeholder<tensor<float>>();
    CHECK(g.record(p.id()).requested.to_string() == "/job:ps/cpu:0");
    CHECK(asked == 2);
    device_scope inner{g, "/gpu:0"};
    CHECK(device(g) == "/job:ps/gpu:0");
    device_scope gone{g, no_device};
    CHECK(device(g) == "");
}

TEST_CASE("a device function that fails makes no node") {
    graph g;
    device_scope bad{g, [](const node_record&) { return "/gpu:x"; }};
    CHECK(error_of([&] { g.constant(1.0f); }).says("'/gpu:x'"));
    CHECK(g.size() == 0);
}

TEST_CASE("round_robin counts the nodes of its op, through copies of itself") {
    graph g;
    const device_function turn = round_robin({"/gpu:0", "/gpu:1"}, "Variable");
    const auto place = [&] {
        device_scope ps{g, turn};
        return g.record(g.variable(0.0f).id()).requested.to_string();
    };
    CHECK(place() == "/gpu:0");
    CHECK(place() == "/gpu:1");
    CHECK(place() == "/gpu:0");
}

TEST_CASE("control dependencies add up, once each; an empty list lets go of those outside") {
    graph g;
    const auto a = g.constant(1.0f), b = g.constant(2.0f), c = g.constant(3.0f);
    control_dependencies first{g, {a, b}};
    {
        control_dependencies second{g, {b, c}};
        CHECK(controls(g) == ids{a.id(), b.id(), c.id()});
        control_dependencies none{g, {}};
        CHECK(controls(g).empty());
        control_dependencies third{g, {c}};
        CHECK(controls(g) == ids{c.id()});
    }
    CHECK(controls(g) == ids{a.id(), b.id()});
}

TEST_CASE("name scopes nest, get numbers, and share names with nodes") {
    graph g;
    {
        name_scope layer{g, "layer"};
        CHECK(g.constant(1.0f).name() == "layer/Const");
        name_scope inner{g, "inner"};
        CHECK(g.constant(1.0f).name() == "layer/inner/Const");
        CHECK(g.constant(1.0f, "x").name() == "layer/inner/x");
    }
    {
        name_scope layer{g, "layer"};
        CHECK(g.constant(1.0f).name() == "layer_1/Const");
    }
    name_scope third{g, "layer"};
    CHECK(g.constant(1.0f).name() == "layer_2/Const");
    CHECK(error_of([&] { name_scope bad(g, ""); }).code == errc::invalid_argument);
    CHECK(error_of([&] { name_scope bad(g, "a b"); }).says("'a b'"));
}

TEST_CASE("colocation lets go of devices outside; no_device lets go of colocation") {
    graph g;
    const auto a = g.constant(1.0f, "a");
    device_scope outer{g, "/gpu:1"};
    colocate_with with{g, a};
    const auto b = g.constant(2.0f);
    CHECK(g.record(b.id()).requested.is_any());
    CHECK(g.record(b.id()).colocated == ids{a.id()});
    device_scope inner{g, "/cpu:0"};
    CHECK(device(g) == "/cpu:0");
    device_scope gone{g, no_device};
    CHECK(g.record(g.constant(3.0f).id()).colocated.empty());
}

TEST_CASE("a variable's initial value stands under no scope but with its variable") {
    graph g;
    const auto first = g.constant(0.0f);
    control_dependencies after{g, {first}};
    device_scope pin{g, "/gpu:0"};
    name_scope inside{g, "s"};
    const auto v = g.variable(1.0f, "v");
    const node_record& initializer = g.record(g.initializer_of(v.id()));
    CHECK(initializer.name == "s/v/Assign");
    CHECK(initializer.controls.empty());
    CHECK(initializer.target == v.id());
    CHECK(g.record(v.id()).requested.to_string() == "/gpu:0");
    CHECK(g.record(v.id() + 1).name == "s/v/initial_value");
}
