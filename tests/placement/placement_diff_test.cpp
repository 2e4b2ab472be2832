// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include "toy_graph.hpp"

#include <weft/placement/placement_diff.hpp>

#include <doctest/doctest.h>

#include <string>

namespace {

using weft::placement_diff;
using weft::placement_file;

TEST_CASE("nodes that moved, appeared and disappeared") {
    const auto before = placement_file::parse(
        "weft placement 1\n"
        "a /cpu:0\n"
        "b /gpu:0\n"
        "gone /gpu:1 MatMul\n"
        "z /cpu:0\n");
    const auto after = placement_file::parse(
        "weft placement 1\n"
        "\"a new one\" /job:ps/task:1/cpu:0\n"
        "a /gpu:1\n"
        "b /gpu:0 Add\n"
        "z /cpu:1\n");
    const placement_diff diff(before, after);
    CHECK_FALSE(diff.empty());
    CHECK(diff.to_string() ==
          "moved a: /cpu:0 -> /gpu:1\n"
          "moved z: /cpu:0 -> /cpu:1\n"
          "appeared \"a new one\": /job:ps/task:1/cpu:0\n"
          "disappeared gone: /gpu:1\n");
    const placement_diff back(after, before);
    CHECK(back.appeared[0].node == "gone");
    CHECK(back.disappeared[0].from.job == "ps");
    CHECK(back.moved.size() == 2);
}

TEST_CASE("equal placements have no difference, whatever their ops") {
    const auto a = placement_file::parse("weft placement 1\nx /cpu:0 Add\n");
    const auto b = placement_file::parse("weft placement 1\nx /job:localhost/task:0/CPU:0\n");
    CHECK(placement_diff(a, b).empty());
    CHECK(placement_diff(a, b).to_string().empty());
    CHECK(a == b);
    CHECK(placement_diff(placement_file(), placement_file()).empty());
    CHECK(placement_diff(placement_file(), a).appeared.size() == 1);
    CHECK(placement_diff(a, placement_file()).disappeared.size() == 1);
}

TEST_CASE("reports are compared like files, and with files") {
    toy::graph g;
    g.add("x", "X", {.kinds = "", .role = toy::node_role::placeholder});
    g.add("y", "Y", {.inputs = {0}});
    g.add("z", "Z", {.kinds = "cpu", .inputs = {1}});
    const auto small = g.place(toy::devices("/cpu:0")).report;
    const auto large = g.place(toy::devices("/cpu:0 /gpu:0")).report;
    CHECK(placement_diff(small, large).to_string() == "moved y: /cpu:0 -> /gpu:0\n");
    CHECK(placement_diff(placement_file::of(small), large).moved.size() == 1);
    CHECK(placement_diff(large, placement_file::of(large)).empty());
}

}  // namespace
