// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include "toy_graph.hpp"

#include <weft/core/json_text.hpp>
#include <weft/placement/report.hpp>

#include <doctest/doctest.h>
#include <support/json_reader.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace {

using toy::node_role;
using weft::node_id;
using weft_test::json_reader;

// A small network with one decision of most kinds; records have no places.
weft::placement_report sample() {
    toy::graph g;
    const std::source_location nowhere;
    const node_id x =
        g.add("images", "Placeholder", {.kinds = "", .role = node_role::placeholder}, nowhere);
    const node_id w =
        g.add("w", "Variable", {.at = "/gpu:1", .role = node_role::variable}, nowhere);
    const node_id logits = g.add("logits", "MatMul", {.inputs = {x, w}}, nowhere);
    g[logits].fused = {"MatMul", "Add"};
    const node_id zeros = g.add("zeros", "Zeros", {}, nowhere);
    const node_id step = g.add(
        "step", "Variable", {.kinds = "cpu", .at = "/gpu:0", .role = node_role::variable}, nowhere);
    const node_id sub =
        g.add("w/AssignSub", "Sub",
              {.inputs = {w, zeros, logits}, .role = node_role::assign, .target = w}, nowhere);
    g.add("train", "Group", {.kinds = "", .role = node_role::group}, nowhere);
    CHECK(sub != step);
    return g.place(toy::devices("/cpu:0 /gpu:0 /gpu:1"), true).report;
}

TEST_CASE("the table for people") {
    weft::placement_report report = sample();
    report.nodes[2].where = "a.cpp:12";
    report.copies = {{"images", 0, 1, 2560}, {"logits", 1, 2, weft::dyn}};
    const char* expected =
        R"(devices of /job:localhost/task:0: /gpu:0 (emulated), /gpu:1 (emulated), /cpu:0
node         op           device           reason         why                              made at
images       Placeholder  /cpu:0           client         given by the caller
w            Variable     /gpu:1 emulated  explicit       asked for '/gpu:1'
logits       MatMul       /gpu:0 emulated  priority       gpu comes first                  a.cpp:12
    fuses MatMul, Add
zeros        Zeros        /gpu:1 emulated  with_consumer  with its consumer 'w/AssignSub'
step         Variable     /cpu:0           soft_fallback  '/gpu:0' has no kernel for it
    not gpu: no kernel for Variable(std::int32_t)
w/AssignSub  Sub          /gpu:1 emulated  with_variable  with variable 'w'
train        Group        /cpu:0           no_work        does no work
copies
  images  /cpu:0 -> /gpu:0  2560 bytes
  logits  /gpu:0 -> /gpu:1  size known when run
1 node(s) not where they were asked to be (soft_fallback)
)";
    CHECK(report.to_string() == expected);
}

TEST_CASE("devices of several tasks are named in full") {
    toy::graph g;
    g.add("x", "X", {.at = "/job:ps", .inputs = {9}});
    const std::string text =
        g.place(toy::devices("/cpu:0 /job:ps/task:1/cpu:0")).report.to_string();
    CHECK(text.starts_with("devices: /job:localhost/task:0/cpu:0, /job:ps/task:1/cpu:0\n"));
}

TEST_CASE("a long name costs its own row the alignment, not the others") {
    toy::graph g;
    g.add(std::string(200, 'n'), "X", {.inputs = {9}});
    g.add("x", "X", {.inputs = {9}});
    const std::string text = g.place(toy::devices("/cpu:0")).report.to_string();
    const std::size_t row = text.find("\nx  ");
    REQUIRE(row != text.npos);
    CHECK(text.find('\n', row + 1) - row < 121);
}

TEST_CASE("JSON is valid and complete") {
    weft::placement_report report = sample();
    report.copies = {{"images", 0, 1, 2560}, {"logits", 1, 2, weft::dyn}};
    const std::string text = report.to_json();
    CHECK(json_reader::accepts(text));
    for (const char* part :
         {R"({"devices":[{"name":"/job:localhost/task:0/cpu:0","description":"","priority":50,)",
          R"("description":"emulated")", R"({"id":4,"node":"step","op":"Variable","fused":[],)",
          R"("requested":"/gpu:0","device":"/job:localhost/task:0/cpu:0","reason":"soft_fallback")",
          R"({"device":"/job:localhost/task:0/gpu:0","reason":"no_kernel",)",
          R"x("missing":"Variable(std::int32_t)"})x", R"("fused":["MatMul","Add"])",
          R"("to":"/job:localhost/task:0/gpu:1","bytes":null}])", R"("bytes":2560})",
          R"(,"fallbacks":1})"}) {
        CAPTURE(part);
        CHECK(text.find(part) != text.npos);
    }
    CHECK(json_reader::accepts(weft::placement_report().to_json()));
}

TEST_CASE("JSON is valid whatever bytes a name has") {
    const auto json = [](std::string_view text) {
        std::string out;
        weft::append_json_string(out, text);
        CHECK(json_reader::accepts(out));
        return out;
    };
    CHECK(json("plain") == "\"plain\"");
    CHECK(json("a\"b\\c") == R"("a\"b\\c")");
    CHECK(json(std::string_view("\n\0\x7f", 3)) == R"("\u000a\u0000\u007f")");
    CHECK(json("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80") ==
          "\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"");
    // Cut off, overlong, a surrogate, too large, a lone continuation: none of it is UTF-8.
    CHECK(json("\xc3") == R"("\ufffd")");
    CHECK(json("\xc0\xaf") == R"("\ufffd\ufffd")");
    CHECK(json("\xed\xa0\x80") == R"("\ufffd\ufffd\ufffd")");
    CHECK(json("\xf4\x90\x80\x80") == R"("\ufffd\ufffd\ufffd\ufffd")");
    CHECK(json("\x80") == R"("\ufffd")");
    CHECK(json("\xe2\x82x") == R"("\ufffd\ufffdx")");
}

TEST_CASE("every reason has a name of its own") {
    std::string names;
    for (int i = 0; i <= static_cast<int>(weft::placement_reason::no_work); ++i)
        names += std::string(name_of(static_cast<weft::placement_reason>(i))) + ' ';
    CHECK(names ==
          "explicit only_kind priority with_variable colocated with_consumer with_input kept "
          "soft_fallback client no_work ");
    names.clear();
    for (int i = 0; i <= static_cast<int>(weft::rejection_reason::lower_priority); ++i)
        names += std::string(name_of(static_cast<weft::rejection_reason>(i))) + ' ';
    CHECK(names ==
          "no_kernel no_shared_kernel not_requested kept_elsewhere data_elsewhere "
          "lower_priority ");
}

TEST_CASE("entries are found by name") {
    const weft::placement_report report = sample();
    REQUIRE(report.find("logits") != nullptr);
    CHECK(report.device_name(report.find("logits")->device) == "/job:localhost/task:0/gpu:0");
    CHECK(report.find("nothing") == nullptr);
    CHECK(report.device_name(weft::unplaced) == "");
}

TEST_CASE("a device list refuses what is no device") {
    weft::device_list devices = toy::devices("/cpu:0");
    CHECK_THROWS_WITH_AS(devices.add({.name = weft::device_spec::parse("/cpu:0")}),
                         doctest::Contains("needs a full name"), weft::error);
    CHECK_THROWS_WITH_AS(devices.add(devices[0]), doctest::Contains("two devices"), weft::error);
    CHECK(devices.size() == 1);
    CHECK(devices.client() == 0);
}

}  // namespace
