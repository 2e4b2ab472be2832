// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The text of placement files: what is written, what is read, and what is said about everything
// else. What the placer makes of one is in placed_by_file_test.cpp.
#include "toy_graph.hpp"

#include <weft/placement/placement_file.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>

#include <random>
#include <string>
#include <string_view>

namespace {

using weft::placement_file;
using weft_test::error_of;

std::string error_text(std::string_view text, std::string path = {}) {
    return error_of([&] { placement_file::parse(text, std::move(path)); }).text;
}
// What is said about a line behind the version.
std::string line_error(const std::string& line) { return error_text("weft placement 1\n" + line); }

TEST_CASE("a report as a placement file: a line per node, by name") {
    toy::graph g;
    g.add("x", "Placeholder", {.kinds = "", .role = toy::node_role::placeholder});
    g.add("layer/b", "Add", {.inputs = {0}});
    g.add("layer/a", "MatMul", {.kinds = "cpu", .inputs = {0}});
    g.add("far", "Add", {.at = "/task:3", .inputs = {0}});
    g.add("done", "Group", {.kinds = "", .role = toy::node_role::group});
    const auto report = g.place(toy::devices("/cpu:0 /gpu:1 /task:3/gpu:0")).report;
    const placement_file file = placement_file::of(report);
    CHECK(file.to_string() ==
          "weft placement 1\n"
          "done /cpu:0 Group\n"
          "far /job:localhost/task:3/gpu:0 Add\n"
          "layer/a /cpu:0 MatMul\n"
          "layer/b /gpu:1 Add\n");
    CHECK(file.size() == 4);
    CHECK(file.find("x") == nullptr);  // the caller's
    CHECK(file.find("far")->device.task == 3);
    CHECK(placement_file::parse(file.to_string()) == file);
}

TEST_CASE("what people may write: comments, empty lines, any order, any spelling of a device") {
    const auto file = placement_file::parse(
        "# Found by hand.\r\n"
        "\r\n"
        "  weft placement 1   # the version\r\n"
        "z\t/device:GPU:1   MatMul # best\r\n"
        "\"a b\" /job:localhost/replica:0/task:0/CPU:0 \"odd op\"\r\n"
        "n#1 /job:ps/npu:3\n"
        "#n /cpu:0\n"
        "   \n"
        "last /cpu:1");
    CHECK(file.to_string() ==
          "weft placement 1\n"
          "\"a b\" /cpu:0 \"odd op\"\n"
          "last /cpu:1\n"
          "n#1 /job:ps/npu:3\n"
          "z /gpu:1 MatMul\n");
    CHECK(file.find("z")->number == 4);
    CHECK(file.describe(*file.find("last")) == "line 9 of the placement file");
}

TEST_CASE("any name survives") {
    placement_file file;
    std::string every_byte;
    for (int c = 0; c < 256; ++c) every_byte += static_cast<char>(c);
    for (const std::string& name :
         {std::string(), std::string("#"), std::string("a\"b\\c"), std::string("tab\tnew\nline\r"),
          std::string("na\xc3\xafve"), std::string(1, '\0'), every_byte})
        file.set(name, "/gpu:0", name);
    const placement_file again = placement_file::parse(file.to_string());
    CHECK(again == file);
    for (const auto& [name, line] : again.lines()) CHECK(line.op == name);
    CHECK(file.to_string().find("\"a\\\"b\\\\c\" /gpu:0") != std::string::npos);
    CHECK(file.to_string().find("na\xc3\xafve /gpu:0") != std::string::npos);
    CHECK(file.to_string().find("\"\\x00\"") != std::string::npos);
}

TEST_CASE("errors of the version line") {
    CHECK(error_text("") ==
          "line 1, column 1 of the placement file: found the end of the text, expected 'weft "
          "placement 1'");
    CHECK(error_text("# nothing\n\n", "a.placement") ==
          "line 3, column 1 of placement file 'a.placement': found the end of the text, expected "
          "'weft placement 1'");
    CHECK(error_text("w /gpu:0\n") ==
          "line 1, column 1 of the placement file: found 'w', expected 'weft placement 1'");
    CHECK(error_text("weft\n").find("column 5 of the placement file: found the end of the line") !=
          std::string::npos);
    CHECK(
        error_text("weft placement 2\n") ==
        "line 1, column 16 of the placement file: found '2', expected 1, the version of placement "
        "files that this weft reads");
    CHECK(error_text("weft placement 1 2\n").find("expected the end of the line") !=
          std::string::npos);
    CHECK(error_of([] { placement_file::parse("x"); }).code == weft::errc::invalid_argument);
}

TEST_CASE("errors of a line: where, what was found, what is expected") {
    const std::string device = "expected a device with kind and index, such as /gpu:0";
    CHECK(line_error("w") ==
          "line 2, column 2 of the placement file: found the end of the line, " + device);
    CHECK(line_error("w # /gpu:0").find("column 3 of") != std::string::npos);
    for (const char* wrong : {"gpu:0", "/gpu", "/gpu:*", "/device:*:1", "/job:ps", "/", "MatMul",
                              "/gpu:0/gpu:1", "/gpu:99999999999"})
        CHECK(line_error(std::string("w ") + wrong) ==
              "line 2, column 3 of the placement file: found '" + std::string(wrong) + "', " +
                  device);
    CHECK(line_error("w /gpu:0 Add /cpu:0") ==
          "line 2, column 14 of the placement file: found '/cpu:0', expected the end of the line");
    CHECK(line_error("w /gpu:0\n\nw /gpu:1\n") ==
          "line 4, column 1 of the placement file: found 'w', expected each node once, and line 2 "
          "has this one");
    CHECK(line_error("<<<<<<< HEAD\n").find("column 9 of") != std::string::npos);
    CHECK(line_error("w /gpu:" + std::string(1000, '1')).find("111...', expected") !=
          std::string::npos);
}

TEST_CASE("errors of quotes") {
    CHECK(
        line_error("\"w /gpu:0") ==
        "line 2, column 10 of the placement file: found the end of the line, expected '\"' at the "
        "end of the word");
    CHECK(line_error("\"w\\q\" /gpu:0") ==
          "line 2, column 4 of the placement file: found 'q', expected one of \\\" \\\\ \\n \\r "
          "\\t \\x00");
    CHECK(line_error("\"\\x4G\" /gpu:0")
              .find("column 5 of the placement file: found 'G', expected "
                    "a digit") != std::string::npos);
    CHECK(line_error("\"w\"/gpu:0")
              .find("column 4 of the placement file: found '/', expected a "
                    "space") != std::string::npos);
    CHECK(line_error("w\"x\" /gpu:0")
              .find("column 2 of the placement file: found '\"', expected "
                    "quotes around") != std::string::npos);
    CHECK(line_error("w\x01 /gpu:0").find("found '\\x01'") != std::string::npos);
    CHECK(line_error("\"w\\").find("found the end of the line") != std::string::npos);
    CHECK(line_error("\"\\x").find("found the end of the line") != std::string::npos);
}

TEST_CASE("files are made and joined by hand, too") {
    placement_file file;
    CHECK(file.empty());
    file.set("w", "/GPU:1", "Variable");
    file.set("w", "/job:localhost/task:0/gpu:0");
    CHECK(file.to_string() == "weft placement 1\nw /gpu:0\n");
    CHECK(error_of([&] { file.set("w", "/gpu"); }).text ==
          "a placement file has devices with kind and index, such as /gpu:0, not '/gpu:*' for node "
          "'w'");
    CHECK(error_of([&] { file.set("w", "gpu"); }).says("Malformed"));
    const auto other = placement_file::parse("weft placement 1\nv /cpu:0\nw /cpu:1\n");
    file.add(other);
    file.add(file);
    CHECK(file == other);
    CHECK(file.describe(*file.find("w")) == "the placement file");
}

TEST_CASE("the parser takes any bytes: an error or a file that can be written and read again") {
    const std::string_view seeds[] = {
        "weft placement 1\nlogits /gpu:0 MatMul\n\"a b\" /job:ps/task:1/cpu:0 # c\nz /npu:2\n",
        "# c\nweft placement 1\n\"\\x00\\n\\t\\\"\\\\\" /cpu:0 \"\"\r\n",
        "weft placement 1",
    };
    const std::string_view pieces[] = {"\n",   "\"", "\\", "\\x", " ",      "#",
                                       "\r\n", "/",  ":",  "*",   "/gpu:0", "weft placement 1\n"};
    std::mt19937 random(21);
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random()) % n; };
    int files = 0, errors = 0;
    for (int round = 0; round < 50'000; ++round) {
        std::string text(seeds[below(std::size(seeds))]);
        for (std::size_t edits = 1 + below(4); edits > 0; --edits) {
            const std::size_t at = below(text.size() + 1);
            switch (below(5)) {
                case 0: text.insert(at, 1, static_cast<char>(below(256))); break;
                case 1: text.insert(at, pieces[below(std::size(pieces))]); break;
                case 2: text.erase(at, below(6)); break;
                case 3:
                    if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
                    break;
                default: text.insert(at, text.substr(below(text.size() + 1), below(12)));
            }
        }
        CAPTURE(round);
        CAPTURE(text);
        try {
            const placement_file file = placement_file::parse(text);
            REQUIRE(placement_file::parse(file.to_string()) == file);
            ++files;
        } catch (const weft::error& e) {
            REQUIRE(std::string_view(e.what()).starts_with("line "));
            REQUIRE(std::string_view(e.what()).find("expected") != std::string_view::npos);
            ++errors;
        }
    }
    CHECK(files > 2'000);
    CHECK(errors > 2'000);
}

}  // namespace
