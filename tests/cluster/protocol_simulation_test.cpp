// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// 10,000 seeds of delay, reordering, duplicates, loss, damage and deaths; a part of them under
// sanitizers. And protocols that are wrong on purpose, which the checks have to find.
#include "simulation.hpp"

#include <doctest/doctest.h>

using namespace weft_test;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int part = 10;
#else
constexpr int part = 1;
#endif

simulated_faults slow() {
    simulated_faults faults;
    faults.most_delay = 5 * ms;
    faults.overtake = 0.3;
    return faults;
}

void check_all(const simulation_plan& plan, std::uint64_t first, int count) {
    std::string what;
    const int wrong = wrong_seeds(plan, first, count / part, what);
    INFO(what);
    CHECK(wrong == 0);
}

// At least one of these seeds finds it.
void check_found(simulation_plan plan, broken how) {
    std::string what;
    CHECK(wrong_seeds(plan, 1, 20, what) == 0);
    INFO(what);
    plan.how = how;
    CHECK(wrong_seeds(plan, 1, 20, what) > 0);
}

}  // namespace

TEST_CASE("in order and at once") { check_all({.faults = {}}, 10'000, 500); }
TEST_CASE("delays and reordering") { check_all({.faults = slow()}, 20'000, 2'500); }
TEST_CASE("frames that come twice") {
    simulated_faults faults = slow();
    faults.duplicate = 0.2;
    check_all({.faults = faults}, 30'000, 1'000);
}
TEST_CASE("frames and bytes that are lost") {
    simulated_faults faults = slow();
    faults.lose = 0.02;
    faults.lose_bulk = 0.02;
    check_all({.faults = faults}, 40'000, 1'500);
}
TEST_CASE("bits that are another") {
    simulated_faults faults = slow();
    faults.damage = 0.02;
    faults.damage_bulk = 0.05;
    check_all({.faults = faults}, 50'000, 1'500);
}
TEST_CASE("tasks that die") { check_all({.faults = slow(), .kills = 1}, 60'000, 1'500); }
TEST_CASE("steps that are closed") {
    check_all({.faults = slow(), .closes_a_step = true}, 70'000, 500);
}
TEST_CASE("all of it") {
    simulated_faults faults = slow();
    faults.duplicate = 0.05;
    faults.lose = 0.003;
    faults.damage = 0.003;
    faults.lose_bulk = 0.003;
    check_all({.tasks = 4, .faults = faults, .kills = 1, .closes_a_step = true}, 80'000, 1'000);
}

TEST_CASE("wrong protocols are found out") {
    simulated_faults faults;
    SUBCASE("one that counts nothing") {
        faults.duplicate = 0.2;
        check_found({.faults = faults}, broken::counts_nothing);
    }
    SUBCASE("one that believes all") {
        faults.damage = 0.05;
        check_found({.faults = faults}, broken::believes_all);
    }
    SUBCASE("one without a clock") {
        faults.lose = 0.05;
        check_found({.faults = faults}, broken::no_clock);
    }
    SUBCASE("one without a budget") {
        check_found({.messages = 60, .faults = slow()}, broken::no_budget);
    }
}
