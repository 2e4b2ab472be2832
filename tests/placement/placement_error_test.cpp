// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include "toy_graph.hpp"

#include <weft/placement/placement_error.hpp>

#include <doctest/doctest.h>

#include <source_location>
#include <string>

namespace {

using toy::devices;
using toy::node_role;
using weft::node_id;

const weft::device_list one_gpu = devices("/cpu:0 /gpu:0");
const weft::device_list two_gpus = devices("/cpu:0 /cpu:1 /gpu:0 /gpu:1");

const std::source_location line_103 = std::source_location::current();
const std::source_location line_104 = std::source_location::current();

// What the error says, with the two places above as lines of a file that nobody edits.
std::string error_text(const toy::graph& g, const weft::device_list& devices, bool soft = false) {
    std::string said = g.error_text(devices, soft);
    const auto replace = [&](const std::source_location& place, const std::string& by) {
        const std::string real = weft::to_string(place);
        for (std::size_t at = 0; (at = said.find(real, at)) != said.npos; at += by.size())
            said.replace(at, real.size(), by);
    };
    replace(line_103, "digits.cpp:103");
    replace(line_104, "digits.cpp:104");
    return said;
}

TEST_CASE("no kernel for the device: the kernels there are, the line, the remedies") {
    toy::graph g;
    const node_id v =
        g.add("Variable", "Variable", {.kinds = "cpu", .at = "/GPU:0", .role = node_role::variable},
              line_103);
    g[v].registered = []() -> std::string { return "  device='cpu'; T=float, std::int32_t\n"; };
    CHECK(error_text(g, one_gpu) ==
          "Cannot assign a device to node 'Variable': Could not satisfy explicit device "
          "specification '/gpu:0' because no supported kernel for GPU devices is available.\n"
          "No gpu kernel for Variable(std::int32_t).\n"
          "Registered kernels of Variable:\n"
          "  device='cpu'; T=float, std::int32_t\n"
          "Node 'Variable' (Variable) was made at digits.cpp:103.\n"
          "Remedy: pin the node to '/cpu:0', or to nothing.\n"
          "Remedy: session_options.allow_soft_placement = true takes the best device that can.\n"
          "Remedy: specialise weft::kernel for the op, the device kind and the element type.");
    try {
        g.place(one_gpu);
    } catch (const weft::error& e) {
        CHECK(e.code() == weft::errc::invalid_argument);
        CHECK(e.node() == "Variable");
        CHECK(e.where().line() == line_103.line());
    }
}

TEST_CASE("a fused kernel: the op in it that is missing") {
    toy::graph g;
    const node_id y =
        g.add("Add", "Add", {.kinds = "cpu", .at = "/gpu:0", .inputs = {9}}, line_103);
    g[y].fused = {"Add", "Mul", "Softsign"};
    g[y].kernels[1].missing = "Softsign(double)";
    g[y].registered = []() -> std::string { return "  device='gpu'; T=float"; };
    CHECK(error_text(g, one_gpu) ==
          "Cannot assign a device to node 'Add': Could not satisfy explicit device specification "
          "'/gpu:0' because no supported kernel for GPU devices is available.\n"
          "No gpu kernel for Softsign(double), one of the ops fused into the node: Add, Mul, "
          "Softsign.\n"
          "Registered kernels of Softsign:\n"
          "  device='gpu'; T=float\n"
          "Node 'Add' (Add) was made at digits.cpp:103.\n"
          "Remedy: pin the node to '/cpu:0', or to nothing.\n"
          "Remedy: session_options.allow_soft_placement = true takes the best device that can.\n"
          "Remedy: name the op without a kernel as a node of its own, and pin only the rest.\n"
          "Remedy: specialise weft::kernel for the op, the device kind and the element type.");
}

TEST_CASE("a C++ callable runs on the cpu, though nobody registered it") {
    toy::graph g;
    const node_id f = g.add(
        "f", "call", {.kinds = "cpu", .at = "/gpu:0", .inputs = {9}, .role = node_role::call});
    g[f].kernels[1].missing.clear();
    CHECK(error_text(g, one_gpu).find("Registered kernels of call:\n  device='cpu'\n") !=
          std::string::npos);
    g[f].kernels.clear();
    CHECK(error_text(g, one_gpu).find("  <no registered kernels>\n") != std::string::npos);
}

TEST_CASE("no kernel for anything here: soft placement does not help and is not offered") {
    toy::graph g;
    g.add("x", "X", {.kinds = "npu", .inputs = {9}}, line_103);
    CHECK(error_text(g, one_gpu, true) ==
          "Cannot assign a device to node 'x': no supported kernel for CPU or GPU devices is "
          "available.\n"
          "No cpu kernel for X(std::int32_t).\n"
          "No gpu kernel for X(std::int32_t).\n"
          "Registered kernels of X:\n"
          "  device='npu'\n"
          "Node 'x' (X) was made at digits.cpp:103.\n"
          "Remedy: specialise weft::kernel for the op, the device kind and the element type.");
    g[0].requested = weft::device_spec::parse("/gpu:0");
    CHECK(error_text(g, one_gpu, true)
              .starts_with(
                  "Cannot assign a device to node 'x': Could not satisfy explicit device "
                  "specification "
                  "'/gpu:0' because no supported kernel for CPU or GPU devices is available.\n"));
}

TEST_CASE("a device that does not exist: those that do, and how to get more") {
    toy::graph g;
    const node_id x = g.add("x", "X", {.at = "/gpu:5", .inputs = {9}}, line_103);
    CHECK(error_text(g, one_gpu) ==
          "Cannot assign a device to node 'x': Could not satisfy explicit device specification "
          "'/gpu:5' because no such device exists.\n"
          "Devices: /job:localhost/task:0/gpu:0 (emulated), /job:localhost/task:0/cpu:0.\n"
          "Node 'x' (X) was made at digits.cpp:103.\n"
          "Remedy: session_options.emulated_gpus = 6 emulates GPUs on the CPU.\n"
          "Remedy: session_options.allow_soft_placement = true takes the best device that can.");
    CHECK(error_text(g, devices("/cpu:0")) ==
          "Cannot assign a device to node 'x': Could not satisfy explicit device specification "
          "'/gpu:5' because there are no GPU devices.\n"
          "Devices: /job:localhost/task:0/cpu:0.\n"
          "Node 'x' (X) was made at digits.cpp:103.\n"
          "Remedy: session_options.emulated_gpus = 6 emulates GPUs on the CPU.\n"
          "Remedy: real GPUs need a program with weft's CUDA device, a driver and a GPU.\n"
          "Remedy: session_options.allow_soft_placement = true takes the best device that can.");
    g[x].requested = weft::device_spec::parse("/cpu:2");
    CHECK(error_text(g, two_gpus).find("device_count = {{\"CPU\", 3}} makes more.") !=
          std::string::npos);
    g[x].requested = weft::device_spec::parse("/gpu:2147483647");
    CHECK(error_text(g, two_gpus).find("emulated_gpus = 2147483648 ") != std::string::npos);
    CHECK(error_text(g, weft::device_list()).find("because the session has no devices.\n") !=
          std::string::npos);
}

TEST_CASE("a device that does not exist, for a node that could not run on it anyway") {
    toy::graph g;
    g.add("x", "X", {.kinds = "cpu", .at = "/gpu:0", .inputs = {9}});
    CHECK(error_text(g, devices("/cpu:0")).find("The node has no gpu kernel either.\n") !=
          std::string::npos);
}

TEST_CASE("a job or task that does not exist, which soft placement does not change") {
    toy::graph g;
    const node_id x = g.add("x", "X", {.at = "/job:ps/task:1/gpu:0", .inputs = {9}}, line_103);
    const std::string rest =
        "Devices: /job:localhost/task:0/gpu:0 (emulated), /job:localhost/task:0/cpu:0.\n"
        "Node 'x' (X) was made at digits.cpp:103.\n"
        "Remedy: name a job and a task of the list; soft placement never changes them.";
    for (bool soft : {false, true})
        CHECK(error_text(g, one_gpu, soft) ==
              "Cannot assign a device to node 'x': Could not satisfy explicit device "
              "specification '/job:ps/task:1/gpu:0' because there is no job 'ps'.\n" +
                  rest);
    g[x].requested = weft::device_spec::parse("/job:localhost/task:7/gpu:0");
    CHECK(error_text(g, one_gpu, true) ==
          "Cannot assign a device to node 'x': Could not satisfy explicit device "
          "specification '/job:localhost/task:7/gpu:0' because there is no task "
          "'/job:localhost/task:7'.\n" +
              rest);
}

TEST_CASE("nodes that share a device and contradict each other: both, even with soft placement") {
    toy::graph g;
    const node_id v =
        g.add("w", "Variable", {.at = "/gpu:0", .role = node_role::variable}, line_103);
    const node_id a =
        g.add("Assign", "Assign",
              {.at = "/cpu:0", .inputs = {9}, .role = node_role::assign, .target = v}, line_104);
    for (bool soft : {false, true})
        CHECK(error_text(g, one_gpu, soft) ==
              "Cannot assign a device to node 'Assign': its device specification '/cpu:0' "
              "contradicts '/gpu:0' of node 'w', the variable that it assigns to and must share "
              "a device with.\n"
              "Node 'Assign' (Assign) was made at digits.cpp:104.\n"
              "Node 'w' (Variable) was made at digits.cpp:103.\n"
              "Remedy: pin both nodes to the same device, or pin only one of them.");
    g[a].target = weft::no_node;
    g[a].colocated = {v};
    CHECK(error_text(g, one_gpu).find("of node 'w', with which it is colocated.") !=
          std::string::npos);
}

TEST_CASE("nodes that share a device and have no kernel in common") {
    toy::graph g;
    const node_id x = g.add("x", "X", {.kinds = "cpu", .inputs = {9}}, line_103);
    g.add("y", "Y", {.kinds = "gpu", .inputs = {9}, .colocated = {x}}, line_104);
    const std::string said = error_text(g, one_gpu);
    CHECK(
        said.starts_with("Cannot assign a device to node 'y': it shares a device with node 'x', "
                         "and no device has kernels for both.\n"
                         "No cpu kernel for Y(std::int32_t).\n"));
    CHECK(said.find("Node 'x' (X) was made at digits.cpp:103.\n") != std::string::npos);
}

TEST_CASE("a request that another node of the group makes is traced to it") {
    toy::graph g;
    const node_id x = g.add("x", "X", {.at = "/gpu:0", .inputs = {9}}, line_103);
    g.add("y", "Y", {.kinds = "cpu", .inputs = {9}, .colocated = {x}}, line_104);
    CHECK(error_text(g, one_gpu)
              .find("'/gpu:0' is asked for by node 'x', with which it shares a device.\n"
                    "Node 'y' (Y) was made at digits.cpp:104.\n"
                    "Node 'x' (X) was made at digits.cpp:103.\n") != std::string::npos);
}

TEST_CASE("state that an earlier run placed does not move") {
    toy::graph g;
    const node_id v = g.add("w", "Variable", {.role = node_role::variable}, line_103);
    const node_id a =
        g.add("Assign", "Assign",
              {.at = "/cpu:0", .inputs = {9}, .role = node_role::assign, .target = v}, line_104);
    g.kept = {{v, 1}};
    CHECK(error_text(g, one_gpu) ==
          "Cannot assign a device to node 'Assign': its device specification '/cpu:0' contradicts "
          "/job:localhost/task:0/gpu:0, where an earlier run of this session placed node 'w'.\n"
          "Node 'Assign' (Assign) was made at digits.cpp:104.\n"
          "Node 'w' (Variable) was made at digits.cpp:103.\n"
          "Remedy: ask for the device that it is on or for none; a new session places anew.");
    CHECK(g.where(a, one_gpu, true) == "/gpu:0");
    g[a].requested = {};
    g[a].kernels[1].run = nullptr;
    CHECK(error_text(g, one_gpu)
              .starts_with(
                  "Cannot assign a device to node 'Assign': no supported kernel for GPU devices is "
                  "available, and it must be on /job:localhost/task:0/gpu:0, where an earlier run "
                  "of this "
                  "session placed node 'w'.\n"));
    g.add("u", "Variable", {.role = node_role::variable, .colocated = {v}});
    g.kept[2] = 0;
    CHECK(error_text(g, one_gpu)
              .starts_with("Cannot assign a device to node 'u': it shares a device with node 'w', "
                           "but earlier runs "
                           "of this session placed them on /job:localhost/task:0/cpu:0 and "
                           "/job:localhost/task:0/gpu:0.\n"));
}

TEST_CASE("all bad nodes at once, variables first, each remedy once") {
    toy::graph g;
    const node_id c = g.add("c", "Const", {.kinds = "cpu", .at = "/gpu:0"}, line_103);
    const node_id v = g.add(
        "v", "Variable", {.kinds = "cpu", .at = "/gpu:0", .role = node_role::variable}, line_103);
    g.add("good", "Add", {.inputs = {c}}, line_103);
    g.add("v/Assign", "Assign",
          {.kinds = "cpu", .at = "/gpu:0", .inputs = {c}, .role = node_role::assign, .target = v},
          line_104);
    const std::string said = error_text(g, one_gpu);
    CHECK(said.starts_with("Cannot assign a device to node 'v': "));
    const std::size_t constant = said.find("\n\nCannot assign a device to node 'c': ");
    const std::size_t assign = said.find("\n\nCannot assign a device to node 'v/Assign': ");
    CHECK(constant != std::string::npos);
    CHECK(assign != std::string::npos);
    CHECK(constant < assign);
    CHECK(said.find("'good'") == std::string::npos);
    CHECK(said.find("allow_soft_placement") == said.rfind("allow_soft_placement"));
    CHECK(said.back() != '\n');
}

TEST_CASE("very many bad nodes: the first in full, the rest in a line each") {
    toy::graph g;
    for (int i = 0; i < 1000; ++i)
        g.add("n" + std::to_string(i), "X", {.kinds = "cpu", .at = "/gpu:0", .inputs = {2000}});
    const std::string said = error_text(g, one_gpu);
    CHECK(said.find("node 'n999'") != std::string::npos);
    CHECK(said.size() < 200'000);
}

}  // namespace
