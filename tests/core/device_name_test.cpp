// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/core/device_name.hpp>

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using weft::device_spec;

// The message of a specification that is refused, "" for one that is accepted.
std::string refusal(std::string_view text) {
    try {
        device_spec::parse(text);
        return {};
    } catch (const weft::error& e) {
        CHECK(e.code() == weft::errc::invalid_argument);
        return e.what();
    }
}

TEST_CASE("device names: what is accepted, and how it is printed") {
    struct row {
        const char *text, *printed;
    };
    // The first block is TensorFlow's table.
    for (const auto& [text, printed] : std::vector<row>{
             {"/gpu:0", "/gpu:0"},
             {"/GPU:0", "/gpu:0"},
             {"/device:GPU:0", "/gpu:0"},
             {"/Gpu:0", "/gpu:0"},
             {"/device:gpu:0", "/gpu:0"},
             {"/device:Gpu:0", "/gpu:0"},
             {"/cpu", "/cpu:*"},
             {"/device:CPU", "/cpu:*"},
             {"/device:*", ""},
             {"/cpu:*", "/cpu:*"},
             {"/device:CPU:*", "/cpu:*"},
             {"/device:*:0", "/device:*:0"},
             {"/job:*", ""},
             {"/cpu:0/job:ps", "/job:ps/cpu:0"},
             {"/cpu:00", "/cpu:0"},
             {"/foo:0", "/foo:0"},
             {"/xpu:0", "/xpu:0"},
             {"/tpu:0", "/tpu:0"},

             {"", ""},
             {"/", ""},
             {"/npu:0", "/npu:0"},
             {"/device:NPU:0", "/npu:0"},
             {"/my_kind2:7", "/my_kind2:7"},
             {"/job:ps", "/job:ps"},
             {"/job:Param_Server2", "/job:Param_Server2"},
             {"/task:3", "/task:3"},
             {"/task:*", ""},
             {"/job:ps/task:3", "/job:ps/task:3"},
             {"/job:ps/replica:0/task:3/device:GPU:0", "/job:ps/task:3/gpu:0"},
             {"/replica:0", ""},
             {"/replica:*/cpu:1", "/cpu:1"},
             {"/device:*:*", ""},
             {"/cpu:2147483647", "/cpu:2147483647"},
             {"/job:localhost/task:0/gpu:1", "/job:localhost/task:0/gpu:1"},
         }) {
        CAPTURE(text);
        REQUIRE(refusal(text) == "");
        const device_spec spec = device_spec::parse(text);
        CHECK(spec.to_string() == printed);
        CHECK(device_spec::parse(spec.to_string()) == spec);
    }
}

TEST_CASE("device names: what is refused, why, and where") {
    struct row {
        const char *text, *wrong;
    };
    for (const auto& [text, wrong] : std::vector<row>{
             {"gpu:0", "'/' is wanted at character 1"},
             {"CPU:0", "'/' is wanted at character 1"},
             {"//cpu:0", "an empty part at character 2"},
             {"/cpu:0/", "an empty part at character 8"},
             {"/cpu:0 ", "an unexpected ' ' at character 7"},
             {" /cpu:0", "'/' is wanted at character 1"},
             {"/job:ps/job:worker", "a second job at character 9"},
             {"/cpu:0/gpu:1", "a second device kind at character 8"},
             {"/job:123", "the name of a job or '*' is wanted at character 6"},
             {"/job:a-b", "an unexpected '-' at character 7"},
             {"/job:", "the name of a job or '*' is wanted at character 6"},
             {"/task:-1", "a number or '*' is wanted at character 7"},
             {"/gpu:-1", "a number or '*' is wanted at character 6"},
             {"/device:my-dev:0", "an unexpected '-' at character 11"},
             {"/gpu:", "a number or '*' is wanted at character 6"},
             {"/task:x", "a number or '*' is wanted at character 7"},
             {"/cpu:1.5", "an unexpected '.' at character 7"},
             {"/device:GPU:0/extra", "a second device kind at character 15"},
             {"/cpu:4294967297", "a number that does not fit int at character 6"},

             {"/cpu:2147483648", "a number that does not fit int at character 6"},
             {"/task:99999999999999999999", "a number that does not fit int at character 7"},
             {"/job", "':' is wanted at character 5"},
             {"/job/task:0", "':' is wanted at character 5"},
             {"/task", "':' is wanted at character 6"},
             {"/device", "':' is wanted at character 8"},
             {"/device:", "a device kind or '*' is wanted at character 9"},
             {"/device:/cpu:0", "a device kind or '*' is wanted at character 9"},
             {"/device:GPU:", "a number or '*' is wanted at character 13"},
             {"/device:job:0", "a reserved word, which is no device kind, at character 9"},
             {"/JOB:ps", "a reserved word, which is no device kind, at character 2"},
             {"/*", "the name of a part is wanted at character 2"},
             {"/0", "the name of a part is wanted at character 2"},
             {"/_gpu:0", "the name of a part is wanted at character 2"},
             {"/gpu:0:1", "an unexpected ':' at character 7"},
             {"/gpu:*0", "an unexpected '0' at character 7"},
             {"/task:0/task:0", "a second task at character 9"},
             {"/replica:0/replica:0", "a second replica at character 12"},
             {"/replica:1", "a replica other than 0 at character 10"},
             {"/device:*/cpu:0", "a second device kind at character 11"},
             {"/job:p\xc3\xa9", "an unexpected '\\xc3' at character 7"},
             {"/gpu:0\n", "an unexpected '\\x0a' at character 7"},
         }) {
        CAPTURE(text);
        const std::string said = refusal(text);
        CHECK(said.starts_with("Malformed device specification '"));
        CHECK(said.find("': " + std::string(wrong) + ". Accepted are parts such as /job:ps") !=
              said.npos);
    }
    // The text is quoted in whole, and a byte that would cut or garble it is escaped.
    CHECK(refusal("/cpu:0/gpu:1").starts_with("Malformed device specification '/cpu:0/gpu:1': "));
    CHECK(refusal(std::string_view("/a\0b", 4)).find("'/a\\x00b'") != std::string::npos);
}

TEST_CASE("device names: scopes merge part by part") {
    struct row {
        const char *outer, *inner, *merged;
    };
    for (const auto& [outer, inner, merged] : std::vector<row>{
             {"/job:ps", "/cpu:0", "/job:ps/cpu:0"},
             {"/job:ps/task:1/cpu:0", "/gpu:1", "/job:ps/task:1/gpu:1"},
             {"/gpu:1", "/job:w/task:0", "/job:w/task:0/gpu:1"},
             {"/gpu:1", "", "/gpu:1"},
             {"/gpu:1", "/", "/gpu:1"},
             {"/job:ps", "/job:worker", "/job:worker"},
             {"/job:ps/task:1", "/job:worker", "/job:worker/task:1"},
             {"/job:ps", "/job:*", "/job:ps"},
             {"/gpu:1", "/device:CPU:*", "/cpu:*"},  // TensorFlow leaks the index: /cpu:1
             {"/gpu:1", "/gpu", "/gpu:*"},
             {"/gpu:0", "/device:*:1", "/gpu:1"},
             {"", "/gpu:1", "/gpu:1"},
         }) {
        CAPTURE(outer);
        CAPTURE(inner);
        CHECK(device_spec::parse(outer).merged(device_spec::parse(inner)).to_string() == merged);
    }
}

TEST_CASE("device names: matching and order") {
    const device_spec device = device_spec::parse("/job:localhost/task:0/gpu:1");
    CHECK(device.is_full());
    for (const char* spec : {"", "/gpu:1", "/gpu:*", "/device:*:1", "/job:localhost", "/task:0",
                             "/job:localhost/task:0/gpu:1"})
        CHECK(device_spec::parse(spec).matches(device));
    for (const char* spec : {"/gpu:0", "/cpu:*", "/device:*:0", "/job:ps", "/task:1"})
        CHECK(!device_spec::parse(spec).matches(device));
    CHECK(device_spec{}.is_any());
    CHECK(!device_spec::parse("/task:0").is_any());
    CHECK(!device_spec::parse("/job:ps/task:0/gpu:*").is_full());
    CHECK(device_spec::parse("/gpu:2") < device_spec::parse("/gpu:10"));
    CHECK(device_spec::parse("/cpu:7") < device_spec::parse("/gpu:0"));
}

TEST_CASE("device names: any bytes are either refused or read back as printed") {
    std::mt19937 random(1);
    const std::string_view pieces[] = {"/",      ":",           "job", "task", "replica",
                                       "device", "gpu",         "CPU", "*",    "0",
                                       "17",     "99999999999", "-",   " ",    "a_1"};
    int accepted = 0;
    for (int round = 0; round < 100'000; ++round) {
        std::string text;
        for (auto length = random() % 9; length > 0; --length) {
            if (random() % 8 == 0)
                text += static_cast<char>(random() % 256);
            else
                text += pieces[random() % std::size(pieces)];
        }
        try {
            const device_spec spec = device_spec::parse(text);
            ++accepted;
            if (device_spec::parse(spec.to_string()) != spec) FAIL(text);
        } catch (const weft::error& e) {
            if (!std::string_view(e.what()).starts_with("Malformed device spec")) FAIL(e.what());
        }
    }
    CHECK(accepted > 1000);
}

}  // namespace
