// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include "toy_graph.hpp"

#include <weft/placement/placer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <string>

namespace {

using toy::devices;
using toy::node_role;
using weft::node_id;

const weft::device_list two_gpus = devices("/cpu:0 /cpu:1 /gpu:0 /gpu:1");
const weft::device_list only_cpu = devices("/cpu:0");

TEST_CASE("without a request, priority decides among the kinds that have the kernel") {
    toy::graph g;
    const node_id x = g.add("x", "X", {.kinds = "cpu gpu", .inputs = {9}});
    const node_id y = g.add("y", "Y", {.kinds = "cpu", .inputs = {x}});
    CHECK(g.where(x, two_gpus) == "/gpu:0");
    CHECK(g.where(y, two_gpus) == "/cpu:0");
    CHECK(g.why(x, two_gpus) == "priority: gpu comes first");
    CHECK(g.why(y, two_gpus) == "only_kind: only cpu has its kernel");
    CHECK(g.why(x, only_cpu) == "only_kind: there are only cpu devices");
}

TEST_CASE("a user's kind comes between gpu and cpu, unless it states its own priority") {
    toy::graph g;
    const node_id x = g.add("x", "X", {.kinds = "cpu npu", .inputs = {9}});
    const node_id y = g.add("y", "Y", {.kinds = "cpu gpu npu", .inputs = {9}});
    weft::device_list own = devices("/cpu:0 /npu:0 /gpu:0");
    CHECK(g.where(x, own) == "/npu:0");
    CHECK(g.where(y, own) == "/gpu:0");
    weft::device_info first;
    first.name = weft::device_spec::parse("/job:localhost/task:0/tpu:0");
    first.priority = 1000;
    own.add(first);
    CHECK(own.short_name(own.preferred()[0]) == "/tpu:0");
}

TEST_CASE("indices are compared as numbers, own task first") {
    const weft::device_list many = devices("/cpu:0 /gpu:10 /gpu:9 /gpu:2");
    CHECK(many.short_name(many.preferred()[0]) == "/gpu:2");
    CHECK(many.short_name(many.preferred()[2]) == "/gpu:10");
    const weft::device_list tasks = devices(
        "/job:worker/task:1/cpu:0 /job:ps/gpu:0 /job:worker/task:10/gpu:0 "
        "/job:worker/task:2/gpu:0");
    std::string order;
    for (weft::device_index device : tasks.preferred()) order += tasks.short_name(device) + ' ';
    CHECK(order ==
          "/job:worker/task:1/cpu:0 /job:ps/task:0/gpu:0 /job:worker/task:2/gpu:0 "
          "/job:worker/task:10/gpu:0 ");
}

TEST_CASE("an explicit device is obeyed, in whole or in part") {
    toy::graph g;
    const node_id x = g.add("x", "X", {.at = "/gpu:1", .inputs = {9}});
    const node_id y = g.add("y", "Y", {.at = "/cpu:*", .inputs = {9}});
    const node_id z = g.add("z", "Z", {.at = "/device:*:1", .inputs = {9}});
    const node_id w = g.add("w", "W", {.at = "/job:localhost", .inputs = {9}});
    CHECK(g.where(x, two_gpus) == "/gpu:1");
    CHECK(g.where(y, two_gpus) == "/cpu:0");
    CHECK(g.where(z, two_gpus) == "/gpu:1");
    CHECK(g.where(w, two_gpus) == "/gpu:0");
    CHECK(g.why(x, two_gpus) == "explicit: asked for '/gpu:1'");
}

TEST_CASE("placeholders and groups stay with the caller unless pinned, and need no kernel") {
    toy::graph g;
    const node_id x = g.add("x", "Placeholder", {.kinds = "", .role = node_role::placeholder});
    const node_id p =
        g.add("p", "Placeholder", {.kinds = "", .at = "/gpu:1", .role = node_role::placeholder});
    const node_id all = g.add("all", "Group", {.kinds = "", .role = node_role::group});
    const node_id pinned =
        g.add("pinned", "Group", {.kinds = "", .at = "/gpu:0", .role = node_role::group});
    CHECK(g.where(x, two_gpus) == "/cpu:0");
    CHECK(g.where(p, two_gpus) == "/gpu:1");
    CHECK(g.where(all, two_gpus) == "/cpu:0");
    CHECK(g.where(pinned, two_gpus) == "/gpu:0");
    CHECK(g.why(x, two_gpus) == "client: given by the caller");
    CHECK(g.why(all, two_gpus) == "no_work: does no work");
    CHECK(g.where(x, devices("/gpu:0 /gpu:1")) == "/gpu:0");
}

TEST_CASE("a fed node is a placeholder: its kernel and its inputs do not matter") {
    toy::graph g;
    const node_id c = g.add("c", "Const", {.role = node_role::constant});
    const node_id x = g.add("x", "X", {.kinds = "", .inputs = {c}});
    g.add("y", "Y", {.at = "/gpu:1", .inputs = {c}});
    CHECK(g.error_text(two_gpus).find("'x'") != std::string::npos);
    g.fed = {x};
    CHECK(g.where(x, two_gpus) == "/cpu:0");
    CHECK(g.where(c, two_gpus) == "/gpu:1");  // y is its only reader now
    CHECK(g.why(c, two_gpus) == "with_consumer: with its consumer 'y'");
}

TEST_CASE("a node that only produces goes to its only consumer's device") {
    toy::graph g;
    const node_id c = g.add("c", "Const", {.role = node_role::constant});
    const node_id zeros = g.add("zeros", "Zeros");
    const node_id both = g.add("both", "Const", {.role = node_role::constant});
    const node_id gpu_only = g.add("gpu_only", "Const", {.kinds = "gpu"});
    const node_id pinned = g.add("pinned", "Const", {.at = "/gpu:0"});
    const node_id alone = g.add("alone", "Const", {.role = node_role::constant});
    g.add("x", "X", {.at = "/cpu:1", .inputs = {c, zeros, both, gpu_only, pinned}});
    g.add("y", "Y", {.at = "/cpu:1", .inputs = {c}});
    g.add("z", "Z", {.at = "/gpu:1", .inputs = {both}});
    CHECK(g.where(c, two_gpus) == "/cpu:1");
    CHECK(g.where(zeros, two_gpus) == "/cpu:1");
    CHECK(g.where(both, two_gpus) == "/gpu:0");
    CHECK(g.where(gpu_only, two_gpus) == "/gpu:0");
    CHECK(g.where(pinned, two_gpus) == "/gpu:0");
    CHECK(g.where(alone, two_gpus) == "/gpu:0");
    CHECK(g.why(zeros, two_gpus) == "with_consumer: with its consumer 'x'");
    CHECK(g.why(both, two_gpus) == "priority: gpu comes first");
}

TEST_CASE("a request for a job and a task still lets a producer follow its consumer inside it") {
    const weft::device_list tasks = devices("/task:0/cpu:0 /task:0/gpu:0 /task:1/cpu:0");
    toy::graph g;
    const node_id near = g.add("near", "Const", {.at = "/task:0"});
    const node_id far = g.add("far", "Const", {.at = "/task:0"});
    g.add("x", "X", {.at = "/task:0/cpu:0", .inputs = {near}});
    g.add("y", "Y", {.at = "/task:1", .inputs = {far}});
    CHECK(g.where(near, tasks) == "/job:localhost/task:0/cpu:0");
    CHECK(g.where(far, tasks) == "/job:localhost/task:0/gpu:0");
}

TEST_CASE("a node that looks at metadata goes to its input's device") {
    toy::graph g;
    const node_id c = g.add("c", "Const", {.role = node_role::constant});
    const node_id shape =
        g.add("shape", "Shape", {.inputs = {c}, .metadata_only = true});  // has no say about c
    const node_id x = g.add("x", "X", {.at = "/cpu:1", .inputs = {c}});
    const node_id rank = g.add("rank", "Rank", {.inputs = {shape}, .metadata_only = true});
    const node_id size =
        g.add("size", "Size", {.kinds = "gpu", .inputs = {x}, .metadata_only = true});
    CHECK(g.where(c, two_gpus) == "/cpu:1");
    CHECK(g.where(shape, two_gpus) == "/cpu:1");
    CHECK(g.where(rank, two_gpus) == "/cpu:1");
    CHECK(g.where(size, two_gpus) == "/gpu:0");  // no kernel where its input is
    CHECK(g.why(rank, two_gpus) == "with_input: with its input 'shape'");
}

TEST_CASE("a variable and what assigns to it share a device, whoever asks") {
    toy::graph g;
    const node_id v = g.add("v", "Variable", {.at = "/gpu:1", .role = node_role::variable});
    const node_id a = g.add("a", "Assign", {.inputs = {9}, .role = node_role::assign, .target = v});
    const node_id w = g.add("w", "Variable", {.role = node_role::variable});
    const node_id b = g.add(
        "b", "Assign", {.at = "/cpu:1", .inputs = {9}, .role = node_role::assign, .target = w});
    const node_id u = g.add("u", "Variable", {.role = node_role::variable});
    const node_id cpu =
        g.add("c", "Assign", {.kinds = "cpu", .role = node_role::assign, .target = u});
    CHECK(g.where(a, two_gpus) == "/gpu:1");
    CHECK(g.why(a, two_gpus) == "with_variable: with variable 'v'");
    CHECK(g.where(w, two_gpus) == "/cpu:1");
    CHECK(g.why(w, two_gpus) == "colocated: colocated with 'b'");
    CHECK(g.why(b, two_gpus) == "explicit: asked for '/cpu:1'");
    CHECK(g.where(u, two_gpus) == "/cpu:0");
    CHECK(g.why(cpu, two_gpus) == "with_variable: with variable 'u'");
}

TEST_CASE("colocated nodes share a device through any chain, and merge what they ask for") {
    toy::graph g;
    const node_id x = g.add("x", "X", {.at = "/gpu:*", .inputs = {9}});
    const node_id y = g.add("y", "Y", {.inputs = {9}, .colocated = {x}});
    const node_id z = g.add("z", "Z", {.at = "/device:*:1", .inputs = {9}, .colocated = {y}});
    CHECK(g.where(x, two_gpus) == "/gpu:1");
    CHECK(g.where(y, two_gpus) == "/gpu:1");
    CHECK(g.where(z, two_gpus) == "/gpu:1");
    CHECK(g.why(y, two_gpus) == "colocated: colocated with 'x'");
}

TEST_CASE("nodes colocated with one that does not run still share a device") {
    toy::graph g;
    const node_id x = g.add("x", "X", {.at = "/gpu:1", .inputs = {9}, .colocated = {77}});
    const node_id y = g.add("y", "Y", {.inputs = {9}, .colocated = {77}});
    CHECK(g.where(y, two_gpus) == "/gpu:1");
    g.kept = {{77, 2}};
    CHECK(g.error_text(two_gpus).find("contradicts /job:localhost/task:0/gpu:0") !=
          std::string::npos);
    g[x].requested = {};
    CHECK(g.where(y, two_gpus) == "/gpu:0");
}

TEST_CASE("a variable stays where an earlier run put it") {
    toy::graph g;
    const node_id v = g.add("v", "Variable", {.role = node_role::variable});
    const node_id a = g.add("a", "Assign", {.inputs = {9}, .role = node_role::assign, .target = v});
    CHECK(g.where(v, two_gpus) == "/gpu:0");
    g.kept = {{v, 1}};
    CHECK(g.where(v, two_gpus) == "/cpu:1");
    CHECK(g.where(a, two_gpus) == "/cpu:1");
    CHECK(g.why(v, two_gpus) == "kept: placed by an earlier run");
    CHECK(g.why(a, two_gpus) == "with_variable: with variable 'v'");
}

TEST_CASE("soft placement keeps variables too, and says so where that is not what was asked") {
    toy::graph g;
    const node_id v =
        g.add("v", "Variable", {.kinds = "cpu", .at = "/gpu:0", .role = node_role::variable});
    const node_id a = g.add(
        "a", "Assign", {.at = "/gpu:0", .inputs = {9}, .role = node_role::assign, .target = v});
    CHECK(g.where(v, two_gpus, true) == "/cpu:0");
    CHECK(g.why(v, two_gpus, true) == "soft_fallback: '/gpu:0' has no kernel for it");
    CHECK(g.why(a, two_gpus, true) == "soft_fallback: '/gpu:0' has no kernel for its group");
    g.kept = {{v, 0}};
    CHECK(g.where(v, two_gpus, true) == "/cpu:0");
    CHECK(g.place(two_gpus, true).report.fallbacks == 2);
}

TEST_CASE("soft placement drops kind and index, takes the best device, and counts") {
    toy::graph g;
    const node_id x = g.add("x", "X", {.kinds = "cpu", .at = "/gpu:0", .inputs = {9}});
    const node_id y = g.add("y", "Y", {.at = "/gpu:11", .inputs = {9}});
    const node_id z = g.add("z", "Z", {.kinds = "gpu", .at = "/cpu:0", .inputs = {9}});
    const node_id w = g.add("w", "W", {.at = "/foo:0", .inputs = {9}});
    CHECK(g.where(x, two_gpus, true) == "/cpu:0");
    CHECK(g.where(y, two_gpus, true) == "/gpu:0");
    CHECK(g.where(z, two_gpus, true) == "/gpu:0");
    CHECK(g.where(w, two_gpus, true) == "/gpu:0");
    CHECK(g.why(y, two_gpus, true) == "soft_fallback: '/gpu:11' does not exist");
    CHECK(g.place(two_gpus, true).report.fallbacks == 4);
}

TEST_CASE("soft placement does not move what can be where it was asked to be") {
    toy::graph g;
    const node_id x = g.add("x", "X", {.at = "/cpu:1", .inputs = {9}});
    CHECK(g.where(x, two_gpus, true) == "/cpu:1");
    CHECK(g.place(two_gpus, true).report.fallbacks == 0);
}

TEST_CASE("soft placement stays within the task that was asked for") {
    const weft::device_list tasks =
        devices("/task:0/cpu:0 /task:0/gpu:0 /job:ps/task:0/cpu:0 /job:ps/task:0/cpu:1");
    toy::graph g;
    const node_id x = g.add("x", "X", {.at = "/job:ps/gpu:0", .inputs = {9}});
    CHECK(g.where(x, tasks, true) == "/job:ps/task:0/cpu:0");
}

TEST_CASE("the report lists every other device with a reason") {
    toy::graph g;
    const node_id x = g.add("x", "X", {.kinds = "cpu", .inputs = {9}});
    const node_id y = g.add("y", "Y", {.at = "/gpu:0", .inputs = {9}});
    const node_id z = g.add("z", "Z", {.inputs = {9}, .colocated = {x}});
    const weft::placement_decision placed = g.place(two_gpus);
    const auto reasons = [&](node_id id) {
        std::string out;
        for (const weft::rejected_device& rejected : placed.report.nodes[id].rejected)
            out += two_gpus.short_name(rejected.device) + ' ' + name_of(rejected.reason) +
                   (rejected.missing.empty() ? "" : " " + rejected.missing) + "; ";
        return out;
    };
    CHECK(reasons(x) ==
          "/gpu:0 no_kernel X(std::int32_t); /gpu:1 no_kernel X(std::int32_t); "
          "/cpu:1 lower_priority; ");
    CHECK(reasons(y) == "/gpu:1 not_requested; /cpu:0 not_requested; /cpu:1 not_requested; ");
    CHECK(reasons(z) ==
          "/gpu:0 no_shared_kernel; /gpu:1 no_shared_kernel; /cpu:1 lower_priority; ");
}

TEST_CASE("10,000 nodes are placed, and the time is told") {
    const auto seconds = [](std::uint32_t count) {
        toy::graph g;
        for (std::uint32_t i = 0; i < count; ++i) {
            toy::options given;
            if (i % 10 != 0) given.inputs = {i - 1, i / 2};
            if (i % 7 == 0) given.at = "/gpu:1";
            if (i % 14 == 0 && i > 0) given.colocated = {i - 14};  // one group that grows
            g.add("node", "Op", given);
        }
        const auto nodes = g.list();
        double best = 1e9;
        for (int round = 0; round < 3; ++round) {
            const auto start = std::chrono::steady_clock::now();
            const auto placed = weft::place({.nodes = nodes, .devices = two_gpus});
            const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
            best = std::min(best, took.count());
            CHECK(placed.devices.size() == count);
        }
        return best;
    };
    const double small = seconds(1'000), large = seconds(10'000);
    MESSAGE("10,000 nodes placed in " << large * 1e3 << " ms");
    WARN(large < 40 * small);  // quadratic would be 100; a loaded machine must not fail a test
}

}  // namespace
