// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/graph/device_function.hpp>

#include <doctest/doctest.h>

#include <string>
#include <type_traits>

namespace {

using weft::device_function;
using weft::device_spec;
using weft::round_robin;

weft::node_record record(const char* op, weft::node_role role = weft::node_role::compute) {
    weft::node_record out;
    out.name = std::string(op) + "_1";
    out.op = op;
    out.role = role;
    return out;
}
weft::node_record variable() { return record("Variable", weft::node_role::variable); }

TEST_CASE("a device function returns a specification or text") {
    const device_function spec = [](const weft::node_record&) { return device_spec{.job = "ps"}; };
    CHECK(spec(record("Add")).to_string() == "/job:ps");

    const device_function literal = [](const weft::node_record& node) {
        return node.op == "MatMul" ? "/gpu:0" : "";
    };
    CHECK(literal(record("MatMul")).to_string() == "/gpu:0");
    CHECK(literal(record("Add")).is_any());

    const device_function text = [](const weft::node_record& node) { return "/job:" + node.op; };
    CHECK(text(record("Add")).to_string() == "/job:Add");
}

TEST_CASE("text that a device function returns is checked when it is called") {
    const device_function bad = [](const weft::node_record&) { return "gpu0"; };
    CHECK_THROWS_WITH_AS(bad(record("Add")), doctest::Contains("Malformed device specification"),
                         weft::error);
}

TEST_CASE("names are not device functions, so scopes can take both") {
    CHECK(!std::is_convertible_v<const char*, device_function>);
    CHECK(!std::is_convertible_v<std::string, device_function>);
    CHECK(!std::is_convertible_v<weft::no_device_t, device_function>);
    CHECK(std::is_copy_constructible_v<device_function>);
}

TEST_CASE("round_robin pins the nodes of one op in turn") {
    const device_function next = round_robin({"/gpu:0", "/gpu:1"}, "Variable");
    CHECK(next(variable()).to_string() == "/gpu:0");
    CHECK(next(record("Add")).is_any());  // takes no turn
    CHECK(next(variable()).to_string() == "/gpu:1");
    CHECK(next(variable()).to_string() == "/gpu:0");
}

TEST_CASE("round_robin without an op pins what holds a variable, whatever its op is called") {
    const device_function next = round_robin({"/job:ps/task:0", "/job:ps/task:1"});
    CHECK(next(record("Embedding", weft::node_role::variable)).to_string() == "/job:ps/task:0");
    CHECK(next(record("Variable")).is_any());
    CHECK(next(variable()).to_string() == "/job:ps/task:1");
}

TEST_CASE("copies of a round_robin go on counting together") {
    const device_function first = round_robin({"/gpu:0", "/gpu:1", "/gpu:2"});
    const device_function second = first;
    CHECK(first(variable()).index == 0);
    CHECK(second(variable()).index == 1);
    CHECK(first(variable()).index == 2);
}

TEST_CASE("round_robin checks its list at once") {
    CHECK_THROWS_WITH_AS(round_robin({"/gpu:0", "gpu:1"}),
                         doctest::Contains("Malformed device specification 'gpu:1'"), weft::error);
    CHECK_THROWS_WITH_AS(round_robin({}), doctest::Contains("at least one device"), weft::error);
}

}  // namespace
