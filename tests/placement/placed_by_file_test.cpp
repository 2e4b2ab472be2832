// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What the placer makes of a placement file: reasons, errors, and the way back from a report to the
// same placement.
#include "random_graph.hpp"

#include <weft/placement/placement_diff.hpp>

#include <doctest/doctest.h>

#include <random>
#include <source_location>
#include <string>

namespace {

using toy::devices;
using toy::node_role;
using weft::node_id;
using weft::placement_file;
using weft::placement_reason;

const weft::device_list machine = devices("/cpu:0 /cpu:1 /gpu:0 /gpu:1");
constexpr std::source_location nowhere{};

// A file with these lines behind the version, from "here.placement".
placement_file lines(const std::string& text) {
    return placement_file::parse("weft placement 1\n" + text, "here.placement");
}

TEST_CASE("a line goes before priority, producers' consumers, readers' inputs and the client") {
    toy::graph g;
    const node_id x = g.add("x", "Placeholder", {.kinds = "", .role = node_role::placeholder});
    const node_id c = g.add("c", "Const", {.role = node_role::constant});
    const node_id y = g.add("y", "Add", {.inputs = {x, c}});
    const node_id s = g.add("s", "Shape", {.inputs = {y}, .metadata_only = true});
    const node_id n = g.add("n", "Group", {.kinds = "", .role = node_role::group});
    const placement_file file = lines("c /cpu:1\ny /gpu:1\ns /cpu:0\nx /gpu:0\nn /cpu:1\n");
    g.file = &file;
    CHECK(g.why(y, machine) == "placement_file: in line 3 of placement file 'here.placement'");
    CHECK(g.where(y, machine) == "/gpu:1");
    CHECK(g.where(c, machine) == "/cpu:1");
    CHECK(g.where(s, machine) == "/cpu:0");
    CHECK(g.where(x, machine) == "/gpu:0");
    CHECK(g.where(n, machine) == "/cpu:1");
    const auto report = g.place(machine).report;
    CHECK(report.fallbacks == 0);
    for (const auto& entry : report.nodes) {
        CHECK(entry.reason == placement_reason::placement_file);
        CHECK(entry.requested.is_any());  // by the program
    }
    CHECK(report.to_json().find("\"reason\":\"placement_file\"") != std::string::npos);
}

TEST_CASE("nodes without a line are placed as usual, and follow those with one") {
    toy::graph g;
    const node_id c = g.add("c", "Const", {.role = node_role::constant});
    const node_id y = g.add("y", "Add", {.inputs = {c}});
    const node_id z = g.add("z", "Add", {.inputs = {y}});
    const node_id near = g.add("near", "Add", {.inputs = {y}, .colocated = {y}});
    const placement_file file = lines("y /gpu:1\nnot_here /gpu:9\n");
    g.file = &file;
    CHECK(g.why(c, machine) == "with_consumer: with its consumer 'y'");
    CHECK(g.where(c, machine) == "/gpu:1");
    CHECK(g.why(z, machine) == "priority: gpu comes first");
    CHECK(g.why(near, machine) == "colocated: colocated with 'y'");
}

TEST_CASE("a line fills in what the program leaves open") {
    toy::graph g;
    const node_id y = g.add("y", "Add", {.at = "/gpu", .inputs = {9}});
    const node_id t = g.add("t", "Add", {.at = "/task:1", .inputs = {9}});
    const placement_file file = lines("y /gpu:1\nt /cpu:0\n");
    g.file = &file;
    const auto two_tasks = devices("/cpu:0 /gpu:0 /gpu:1 /task:1/gpu:0 /task:1/cpu:0");
    CHECK(g.where(y, two_tasks) == "/job:localhost/task:0/gpu:1");
    CHECK(g.where(t, two_tasks) == "/job:localhost/task:1/cpu:0");
    CHECK(g.why(y, two_tasks).starts_with("placement_file: "));
}

TEST_CASE("a line that contradicts a pin: an error that names both, or the line with soft") {
    toy::graph g;
    const node_id y = g.add("y", "Add", {.at = "/cpu:0", .inputs = {9}}, nowhere);
    const placement_file file = lines("y /gpu:1\n");
    g.file = &file;
    CHECK(g.error_text(machine) ==
          "Cannot assign a device to node 'y': its device '/gpu:1' in line 2 of placement file "
          "'here.placement' contradicts its specification '/cpu:0'.\n"
          "Remedy: correct the placement file, or pin the nodes in it to nothing.\n"
          "Remedy: session_options.allow_soft_placement = true lets the file win.");
    CHECK(g.where(y, machine, true) == "/gpu:1");
    CHECK(g.why(y, machine, true) ==
          "soft_fallback: '/cpu:0', but the placement file has 'y' here");
    CHECK(g.place(machine, true).report.fallbacks == 1);
}

TEST_CASE("a line that contradicts the pin of a colocated node") {
    toy::graph g;
    const node_id v =
        g.add("w", "Variable", {.at = "/cpu:0", .role = node_role::variable}, nowhere);
    const node_id a =
        g.add("Assign", "Assign", {.inputs = {9}, .role = node_role::assign, .target = v}, nowhere);
    const placement_file file = lines("Assign /gpu:1\n");
    g.file = &file;
    CHECK(g.error_text(machine).starts_with(
        "Cannot assign a device to node 'Assign': its device '/gpu:1' in line 2 of placement file "
        "'here.placement' contradicts '/cpu:0' of node 'w', the variable that it assigns to and "
        "must share a device with.\n"));
    CHECK(g.where(v, machine, true) == "/gpu:1");
    CHECK(g.why(v, machine, true) ==
          "soft_fallback: '/cpu:0', but the placement file has 'Assign' here");
    CHECK(g.why(a, machine, true).starts_with("placement_file: "));
}

TEST_CASE("two lines that contradict each other, and jobs, are errors with soft placement, too") {
    toy::graph g;
    const node_id x = g.add("x", "X", {.inputs = {9}}, nowhere);
    const node_id y = g.add("y", "Y", {.inputs = {9}, .colocated = {x}}, nowhere);
    const placement_file two = lines("x /gpu:0\ny /gpu:1\n");
    g.file = &two;
    for (bool soft : {false, true})
        CHECK(g.error_text(machine, soft) ==
              "Cannot assign a device to node 'y': its device '/gpu:1' in line 3 of placement file "
              "'here.placement' contradicts '/gpu:0' in line 2 of placement file 'here.placement' "
              "of node 'x', with which it is colocated.\n"
              "Remedy: correct the placement file, or make it anew from a report of this graph.");
    g[x].requested = weft::device_spec::parse("/job:localhost");
    const placement_file job = lines("y /job:ps/gpu:0\n");
    g.file = &job;
    CHECK(g.error_text(machine, true).find("contradicts '/job:localhost' of node 'x'") !=
          std::string::npos);
    CHECK(g.where(y, machine, true).find("soft_placement") == std::string::npos);
}

TEST_CASE("a device that does not exist, or has no kernel: the usual error, and the line") {
    toy::graph g;
    const node_id y = g.add("y", "Add", {.kinds = "cpu", .inputs = {9}}, nowhere);
    const placement_file absent = lines("# from a larger machine\ny /gpu:7\n");
    g.file = &absent;
    const std::string said = g.error_text(machine);
    CHECK(said.starts_with(
        "Cannot assign a device to node 'y': Could not satisfy explicit device specification "
        "'/gpu:7' because no such device exists.\n"));
    CHECK(said.find("Node 'y' has its device '/gpu:7' in line 3 of placement file "
                    "'here.placement'.\n") != std::string::npos);
    CHECK(g.where(y, machine, true) == "/cpu:0");
    CHECK(g.why(y, machine, true) ==
          "soft_fallback: '/gpu:7' in line 3 of placement file 'here.placement' does not exist");
    CHECK(g.place(machine, true).report.fallbacks == 1);

    const placement_file kernelless = lines("y /gpu:1\n");
    g.file = &kernelless;
    CHECK(g.error_text(machine) ==
          "Cannot assign a device to node 'y': Could not satisfy explicit device specification "
          "'/gpu:1' because no supported kernel for GPU devices is available.\n"
          "No gpu kernel for Add(std::int32_t).\n"
          "Registered kernels of Add:\n"
          "  device='cpu'\n"
          "Node 'y' has its device '/gpu:1' in line 2 of placement file 'here.placement'.\n"
          "Remedy: give it '/cpu:0' in the placement file, or no line.\n"
          "Remedy: session_options.allow_soft_placement = true takes the best device that can.\n"
          "Remedy: specialise weft::kernel for the op, the device kind and the element type.");
    CHECK(g.why(y, machine, true).ends_with("has no kernel for it"));
}

TEST_CASE("state does not move for a line either") {
    toy::graph g;
    const node_id v = g.add("w", "Variable", {.role = node_role::variable}, nowhere);
    g.kept = {{v, 0}};
    const placement_file file = lines("w /gpu:0\n");
    g.file = &file;
    CHECK(g.error_text(machine) ==
          "Cannot assign a device to node 'w': its device '/gpu:0' in line 2 of placement file "
          "'here.placement' contradicts /job:localhost/task:0/cpu:0, where an earlier run of this "
          "session placed node 'w'.\n"
          "Remedy: ask for the device that it is on or for none; a new session places anew.");
    CHECK(g.where(v, machine, true) == "/cpu:0");
    CHECK(g.why(v, machine, true) ==
          "soft_fallback: '/gpu:0' in line 2 of placement file 'here.placement', but kept by an "
          "earlier run");
    g.kept = {{v, 2}};
    CHECK(g.why(v, machine) == "kept: placed by an earlier run");
}

TEST_CASE("a placement that became a file places the same graph alike") {
    const weft::device_list large = devices("/cpu:0 /cpu:1 /npu:0 /gpu:0 /gpu:1");
    std::mt19937 random(31);
    int placed = 0;
    for (int round = 0; round < 10'000; ++round) {
        CAPTURE(round);
        toy::graph g;
        toy::grow(g, random);
        const bool soft = random() % 2 == 0;
        weft::placement_decision before;
        try {
            before = g.place(large, soft);
        } catch (const weft::error&) {
            continue;
        }
        ++placed;
        const std::string text = placement_file::of(before.report).to_string();
        const placement_file file = placement_file::parse(text);
        g.file = &file;
        const weft::placement_decision after = g.place(large, soft);
        REQUIRE(after.devices == before.devices);
        REQUIRE(after.report.fallbacks == before.report.fallbacks);
        // What the caller gives gets a line when it shares its device with a node that has one.
        const weft::placement_diff diff(before.report, after.report);
        REQUIRE(diff.moved.empty());
        REQUIRE(diff.disappeared.empty());
        for (const auto& change : diff.appeared)
            REQUIRE(before.report.find(change.node)->reason == placement_reason::client);
    }
    CHECK(placed > 3'000);
}

// What a smaller machine makes of a file that was made on a larger one.
void check_smaller(toy::graph& g, const placement_file& file, const weft::device_list& small,
                   bool soft) {
    g.file = nullptr;
    if (g.error_text(small, soft) != "(no error)") return;  // without the file as well
    g.file = &file;
    bool missing = false;
    for (const auto& [name, line] : file.lines())
        if (small.find(line.device) == weft::unplaced) missing = true;
    const std::string said = g.error_text(small, soft);
    if (!soft && missing) {
        REQUIRE(said.find(" in line ") != std::string::npos);
        return;
    }
    if (said != "(no error)") return;
    // Every node whose device is missing is counted, with its line in the words.
    for (const auto& entry : g.place(small, soft).report.nodes) {
        const weft::placement_line* line = file.find(entry.node);
        if (line == nullptr || line->device.matches(small[entry.device].name)) continue;
        REQUIRE(entry.reason == placement_reason::soft_fallback);
        REQUIRE(entry.why.find("placement file") != std::string::npos);
    }
}

TEST_CASE("with fewer devices a file fails with its line, or falls back and says so") {
    const weft::device_list large = devices("/cpu:0 /cpu:1 /npu:0 /gpu:0 /gpu:1");
    const weft::device_list small[] = {devices("/cpu:0 /gpu:0"), devices("/cpu:0 /npu:0"),
                                       devices("/cpu:0")};
    std::mt19937 random(32);
    for (int round = 0; round < 10'000; ++round) {
        CAPTURE(round);
        toy::graph g;
        toy::grow(g, random);
        g.kept.clear();
        weft::placement_report before;
        try {
            before = g.place(large, true).report;
        } catch (const weft::error&) {
            continue;
        }
        const placement_file file =
            placement_file::parse(placement_file::of(before).to_string(), "large.placement");
        check_smaller(g, file, small[random() % std::size(small)], random() % 2 == 0);
    }
}

}  // namespace
