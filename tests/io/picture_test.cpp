// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/io/picture.hpp>

#include <doctest/doctest.h>

using namespace weft;

namespace {

std::string quoted(std::string_view text) {
    std::string out;
    append_dot_string(out, text);
    return out;
}

}  // namespace

TEST_CASE("labels are escaped whatever bytes they have") {
    CHECK(quoted("plain") == "\"plain\"");
    CHECK(quoted("a\"b\\n") == R"("a\"b\\n")");
    CHECK(quoted("two\nlines") == R"("two\nlines")");
    CHECK(quoted(std::string_view("\0\t\x7f", 3)) == "\"   \"");
    CHECK(quoted("\xc3\xa9\xff") == "\"\xc3\xa9\xef\xbf\xbd\"");
}

TEST_CASE("a picture has boxes, scopes in them where asked for, and edges") {
    picture p;
    p.boxes = {"/cpu:0", "/gpu:0", "empty"};
    p.vertices.push_back({"a", {"a"}, "outer/inner/", 1});
    p.vertices.push_back({"b", {"b", "Add"}, "outer/", 1, "ellipse", line_style::dashed, true});
    p.vertices.push_back({"c", {"c"}, "", picture::no_box, "box", line_style::solid, false, true});
    p.edges.push_back({0, 1, line_style::dotted, false, "16 B"});
    p.edges.push_back({1, 2});
    const std::string flat = dot_text(p, false);
    CHECK(flat.starts_with("digraph weft {\n"));
    CHECK(flat.ends_with("}\n"));
    CHECK(flat.find("empty") == flat.npos);
    CHECK(flat.find("/cpu:0") == flat.npos);  // nothing is there
    CHECK(flat.find("    a [label=\"a\"];\n") != flat.npos);
    CHECK(flat.find("  c [label=\"c\", peripheries=2];\n") != flat.npos);
    CHECK(flat.find("b [label=\"b\\nAdd\", shape=ellipse, style=\"filled,dashed,bold\"") !=
          flat.npos);
    CHECK(flat.find("  a -> b [label=\"16 B\", style=\"dotted\"];\n  b -> c;\n") != flat.npos);
    CHECK(flat.find("outer") == flat.npos);

    const std::string nested = dot_text(p, true);
    const std::size_t outer = nested.find("label=\"outer\"");
    const std::size_t inner = nested.find("label=\"inner\"");
    REQUIRE(outer != nested.npos);
    REQUIRE(inner != nested.npos);
    CHECK(outer < nested.find("b [label"));
    CHECK(nested.find("b [label") < inner);
    CHECK(inner < nested.find("a [label"));
}
