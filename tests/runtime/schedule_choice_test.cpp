// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/runtime/schedule_choice.hpp>

#include <doctest/doctest.h>

#include <numeric>

using weft::schedule_choice;

namespace {

// A source, then `n` steps side by side, each of so many nanoseconds.
struct fan {
    std::vector<std::uint32_t> first, successors, devices;
    std::vector<float> ns;

    fan(std::uint32_t n, float each) : first(n + 2, n), successors(n), devices(n + 1), ns(n + 1) {
        first[0] = 0;
        std::iota(successors.begin(), successors.end(), 1u);
        for (float& one : ns) one = each;
    }
    schedule_choice choice(int threads, bool one_pool = true) const {
        return {{first, successors, devices, ns}, threads, one_pool};
    }
};

}  // namespace

TEST_CASE("a second thread has to save more than a hand-over costs") {
    CHECK(fan(1000, 5).choice(2).is_serial());
    CHECK(!fan(1000, 100).choice(2).is_serial());
    CHECK(fan(1000, 100).choice(1).is_serial());
    // Devices have threads of their own.
    CHECK(!fan(1000, 100).choice(1, false).is_serial());
}

TEST_CASE("small steps are blocks, large ones units of their own") {
    CHECK(fan(1000, 100).choice(2).shared().units() < 20);
    CHECK(fan(1000, 1000).choice(2).shared().units() == 1001);
    // Blocks are of one device.
    CHECK(fan(1000, 100).choice(2, false).shared().units() == 1001);
}

TEST_CASE("what is tried besides depends on the steps' size") {
    const auto tried = [](float each) { return fan(1000, each).choice(2).others(); };
    REQUIRE(tried(50).size() == 1);
    CHECK(tried(50)[0].sequential);
    REQUIRE(tried(200).size() == 2);
    CHECK(tried(200)[0].sequential);
    CHECK(tried(200)[1].units() == 1001);
    REQUIRE(tried(1000).size() == 1);
    CHECK(tried(1000)[0].units() < 30);
    CHECK(tried(20'000).empty());
    CHECK(fan(1000, 1000).choice(2, false).others().empty());
}
