// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/runtime/stop_state.hpp>

#include "threads.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace weft;

TEST_CASE("the first cause stays") {
    stop_state stop;
    CHECK_FALSE(stop.requested());
    CHECK(stop.cause() == errc::ok);
    CHECK(stop.request(errc::cancelled));
    CHECK_FALSE(stop.request(errc::internal));
    CHECK(stop.requested());
    CHECK(stop.cause() == errc::cancelled);
    stop.reset();
    CHECK_FALSE(stop.requested());
}

TEST_CASE("a deadline is noticed by whoever asks") {
    stop_state stop;
    stop.reset(5'000'000);
    const bool at_once = stop.requested();
    weft_test::sleep_ms(10);
    CHECK(stop.cause() == (at_once ? errc::deadline_exceeded : errc::ok));
    CHECK(stop.requested());
    CHECK(stop.cause() == errc::deadline_exceeded);
    stop.reset();
    CHECK_FALSE(stop.requested());
}

TEST_CASE("deadlines beyond the clock never come, and those in the past have") {
    stop_state stop;
    stop.reset(std::numeric_limits<std::int64_t>::max());
    CHECK_FALSE(stop.requested());
    stop.reset(-1);
    CHECK(stop.requested());
}

TEST_CASE("the clock is steady_clock's") {
    const auto steady = std::chrono::steady_clock::now().time_since_epoch();
    const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(steady).count();
    CHECK(stop_state::now_ns() >= ns);
    CHECK(stop_state::now_ns() - ns < 10'000'000'000);
}
