// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/io.hpp>
#include <weft/weft.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>
#include <support/folder.hpp>
#include <support/json_reader.hpp>

using namespace weft;

TEST_CASE("a trace file has what the tracer has") {
    graph g;
    node y = g.call([] { return 1; }, "y");
    session s{g};
    tracer trace;
    const weft_test::temporary_folder in;
    for (int i = 0; i < 2; ++i) {
        s.run({.trace = &trace}, y);
        write_trace(in / "trace.json", trace);
        CHECK(in.read("trace.json") == trace.to_chrome_json());
        CHECK(weft_test::json_reader::accepts(in.read("trace.json")));
    }
    CHECK(in.files() == std::vector<std::string>{"trace.json"});
    const auto e = weft_test::error_of([&] { write_trace(in / "missing/trace.json", trace); });
    CHECK(e.code == errc::not_found);
    CHECK(e.says("/missing/trace.json'"));
}
