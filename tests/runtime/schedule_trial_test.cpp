// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/runtime/schedule_trial.hpp>

#include <doctest/doctest.h>

using weft::schedule_trial;

TEST_CASE("with one way there is nothing to try") {
    schedule_trial trial;
    CHECK(trial.over());
    trial.begin(1);
    CHECK(trial.over());
    CHECK(trial.best() == 0);
}

TEST_CASE("ways take turns, and the smallest time of each counts") {
    schedule_trial trial;
    trial.begin(3);
    // A slow run of the fastest way is forgiven.
    const std::int64_t took[schedule_trial::rounds][3] = {
        {50, 900, 70}, {60, 40, 80}, {55, 45, 75}};
    for (const auto& round : took)
        for (std::size_t way = 0; way < 3; ++way) {
            REQUIRE(!trial.over());
            CHECK(trial.next() == way);
            trial.note(round[way]);
        }
    CHECK(trial.over());
    CHECK(trial.best() == 1);
}

TEST_CASE("the first of equals is best, and a new trial forgets the last") {
    schedule_trial trial;
    trial.begin(2);
    for (int run = 0; run < 6; ++run) trial.note(run % 2 == 0 ? 9 : 3);
    CHECK(trial.best() == 1);
    trial.begin(2);
    for (int run = 0; run < 6; ++run) trial.note(5);
    CHECK(trial.best() == 0);
}
