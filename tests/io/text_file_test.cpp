// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/io/text_file.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>
#include <support/folder.hpp>

#include <thread>

using namespace weft;
using weft_test::error_of;
using weft_test::temporary_folder;

TEST_CASE("a file is written as a whole, and replaces the one that is there") {
    const temporary_folder in;
    write_text_file(in / "a", "one");
    CHECK(in.read("a") == "one");
    write_text_file(in / "a", std::string(3'000'000, 'x'));
    CHECK(in.read("a").size() == 3'000'000);
    write_text_file(in / "a", {});
    CHECK(in.read("a").empty());
    CHECK(in.files() == std::vector<std::string>{"a"});  // and nothing beside it
}

TEST_CASE("a file that cannot be written says why, and leaves nothing behind") {
    const temporary_folder in;
    auto e = error_of([&] { write_text_file(in / "missing/a", "one"); });
    CHECK(e.code == errc::not_found);
    CHECK(e.says("cannot write the file '" + in / "missing/a" + "': No such file or directory"));
    write_text_file(in / "a", "one");
    e = error_of([&] { write_text_file(in / "a/b", "one"); });
    CHECK(e.code == errc::not_found);
    std::filesystem::create_directory(in / "folder");
    e = error_of([&] { write_text_file(in / "folder", "one"); });
    CHECK(e.code == errc::failed_precondition);
    CHECK(in.read("a") == "one");
    CHECK(in.files() == std::vector<std::string>{"a", "folder"});
}

TEST_CASE("several threads write the same file, and one of them comes last") {
    const temporary_folder in;
    {
        std::vector<std::jthread> writers;
        for (char c = 'a'; c < 'e'; ++c)
            writers.emplace_back([&, c] {
                for (int i = 0; i < 20; ++i) write_text_file(in / "f", std::string(50'000, c));
            });
    }
    const std::string text = in.read("f");
    CHECK(text.size() == 50'000);
    CHECK(text.find_first_not_of(text[0]) == text.npos);
    CHECK(in.files() == std::vector<std::string>{"f"});
}
