// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Counters and items of units: the last predecessor is told so, items are found again by their
// address, and room that is there is kept.
#include <weft/runtime/unit_states.hpp>

#include "allocation_counter.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <thread>
#include <vector>

using namespace weft;

namespace {
void nothing(work_item*) noexcept {}
}  // namespace

TEST_CASE("the last one that is counted down says so, in every run") {
    unit_states units;
    const int owner = 0;
    units.make_room(3, &nothing, &owner);
    for (int run = 0; run < 3; ++run) {
        units.begin({0, 1, 3});
        CHECK(units.count_down(1));
        CHECK_FALSE(units.count_down(2));
        CHECK_FALSE(units.waits_for_one(2));
        CHECK_FALSE(units.count_down(2));
        CHECK(units.waits_for_one(2));
        CHECK(units.count_down(2));
    }
}

TEST_CASE("of threads that count one unit down, one is the last and sees what all wrote") {
    constexpr int threads = 4;
    unit_states units;
    units.make_room(1, &nothing, nullptr);
    for (int round = 0; round < 200; ++round) {
        units.begin({threads});
        int written[threads] = {};
        std::atomic<int> last{0}, seen{0};
        std::vector<std::jthread> all;
        for (int t = 0; t < threads; ++t)
            all.emplace_back([&, t] {
                written[t] = 1;
                if (!units.count_down(0)) return;
                ++last;
                for (int one : written) seen += one;
            });
        all.clear();
        REQUIRE(last == 1);
        REQUIRE(seen == threads);
    }
}

TEST_CASE("an item belongs to its unit, and to nobody else's") {
    const int owner = 0;
    unit_states units, others;
    units.make_room(5, &nothing, &owner);
    others.make_room(5, &nothing, nullptr);
    for (std::uint32_t u = 0; u < 5; ++u) {
        CHECK(units.unit_of(&units.item(u)) == u);
        CHECK(units.is_own(&units.item(u)));
        CHECK_FALSE(units.is_own(&others.item(u)));
        CHECK(units.item(u).owner == &owner);
        CHECK((units.item(u).run == &nothing));
    }
    CHECK_FALSE(unit_states().is_own(&units.item(0)));
}

TEST_CASE("room grows only") {
    unit_states units;
    units.make_room(10, &nothing, nullptr);
    const work_item* const first = &units.item(0);
    const std::size_t before = weft_test::allocations_so_far();
    units.make_room(4, &nothing, nullptr);
    units.make_room(10, &nothing, nullptr);
    CHECK(weft_test::allocations_so_far() == before);
    CHECK(&units.item(0) == first);
    units.make_room(11, &nothing, nullptr);
    units.begin(std::vector<std::uint32_t>(11, 1));
    CHECK(units.count_down(10));
}
