// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/runtime/log.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace weft;

TEST_CASE("a sink gets what is logged, and nobody after it is cleared") {
    std::string seen;
    set_log_sink([&](std::string_view text) { seen += std::string(text) + ';'; });
    log_text("one");
    log_requested("two");
    clear_log_sink();
    log_text("three");
    CHECK(seen == "one;two;");
}

TEST_CASE("a sink that throws loses its text only") {
    set_log_sink([](std::string_view) { throw std::runtime_error("full"); });
    log_text("lost");
    int calls = 0;
    set_log_sink([&](std::string_view) { ++calls; });
    log_text("kept");
    clear_log_sink();
    CHECK(calls == 1);
}

TEST_CASE("a sink may log and set sinks itself") {
    std::string seen;
    set_log_sink([&](std::string_view text) {
        seen += text;
        if (text == "a") log_text("b");
        if (text == "b") clear_log_sink();
    });
    log_text("a");
    log_text("c");
    CHECK(seen == "ab");
}

TEST_CASE("log_once says a thing once in a process") {
    int calls = 0;
    set_log_sink([&](std::string_view) { ++calls; });
    CHECK(log_once("log_test: pools differ", "pools differ"));
    CHECK_FALSE(log_once("log_test: pools differ", "pools differ again"));
    CHECK(log_once("log_test: something else", "something else"));
    clear_log_sink();
    CHECK(calls == 2);
}

TEST_CASE("texts of many threads reach the sink one at a time") {
    int inside = 0, most = 0, calls = 0;
    set_log_sink([&](std::string_view) {
        most = ++inside > most ? inside : most;
        ++calls;
        --inside;
    });
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([] {
            for (int i = 0; i < 200; ++i) log_text("x");
        });
    for (std::thread& thread : threads) thread.join();
    clear_log_sink();
    CHECK(calls == 800);
    CHECK(most == 1);
}
