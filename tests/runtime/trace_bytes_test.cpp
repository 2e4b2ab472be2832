// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A tracer's runs as bytes: what another tracer makes of them, and of bytes that are not right.
#include <weft/io.hpp>
#include <weft/weft.hpp>

#include <doctest/doctest.h>

#include <random>

using namespace weft;

namespace {

std::vector<std::byte> traced(tracer& by) {
    graph g;
    auto x = g.placeholder<tensor<float, dyn>>("x");
    node<tensor<float, dyn>> y(exp(x * 2.0f), "y");
    node<tensor<float>> z(sum(y), "z");
    session s{g, {.inter_op_parallelism_threads = -1}};
    const float v[] = {1, 2, 3};
    for (std::size_t n : {3u, 2u})
        s.run({.trace = &by}, {feed(x, tensor<float, dyn>::copy_of(v, {n}))}, z);
    return by.to_bytes();
}

}  // namespace

TEST_CASE("runs of another process") {
    tracer there, here;
    const std::vector<std::byte> bytes = traced(there);
    here.read_part(bytes, "/job:b/task:1", -3'600'000'000'000);
    CHECK(here.runs() == 2);
    const std::string json = here.to_chrome_json();
    CHECK(json.find("/job:b/task:1/cpu:0") != std::string::npos);
    CHECK(json.find("Exp, Mul") != std::string::npos);
    CHECK(json.find(" of /job:b/task:1") != std::string::npos);
    // Times are by this clock, and the other one is an hour behind.
    CHECK(json.find(R"("ts":36000)") != std::string::npos);
    here.read_part(bytes, "/job:b/task:1", 0);
    CHECK(here.runs() == 4);
}

TEST_CASE("bytes that are not a tracer's are dropped") {
    tracer there;
    const std::vector<std::byte> bytes = traced(there);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        tracer here;
        here.read_part(std::span(bytes).first(length), "task", 0);
        CHECK(here.runs() == 0);
    }
    std::minstd_rand random(7);
    for (int i = 0; i < 2000; ++i) {
        std::vector<std::byte> damaged = bytes;
        for (auto n = 1 + random() % 3; n > 0; --n)
            damaged[random() % damaged.size()] = static_cast<std::byte>(random() % 256);
        tracer here;
        here.read_part(damaged, "task", 0);
        here.to_chrome_json();
    }
}
