// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Offsets of buffers: none that live at the same time overlap, and the block is not larger than all
// of them.
#include <weft/runtime/memory_plan.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace weft;

namespace {

// The largest sum of sizes that live at one step: no plan needs less.
std::size_t least(const std::vector<planned_buffer>& buffers, std::uint32_t steps) {
    std::size_t most = 0;
    for (std::uint32_t s = 0; s < steps; ++s) {
        std::size_t now = 0;
        for (const planned_buffer& b : buffers)
            if (b.first <= s && s <= b.last) now += rounded_to_granularity(b.bytes);
        most = std::max(most, now);
    }
    return most;
}
bool overlap(const planned_buffer& a, const planned_buffer& b) {
    return a.bytes > 0 && b.bytes > 0 && a.offset < b.offset + b.bytes &&
           b.offset < a.offset + a.bytes;
}

std::size_t plan_serially(std::vector<planned_buffer>& buffers) {
    return plan_memory(buffers, true, [&](std::uint32_t b, std::uint32_t step) {
               return buffers[b].last < step;
           })
        .block;
}

}  // namespace

TEST_CASE("buffers one after the other share their bytes") {
    std::vector<planned_buffer> buffers{{100, 0, 1}, {100, 1, 2}, {100, 2, 3}, {100, 3, 4}};
    CHECK(plan_serially(buffers) == 2 * 128);
    const memory_need apart = plan_separate_memory(buffers);
    CHECK(apart.block == 4 * 128);
    CHECK(apart.lower_bound == 2 * 128);
}

TEST_CASE("no buffers, and buffers of no bytes") {
    std::vector<planned_buffer> none;
    CHECK(plan_serially(none) == 0);
    std::vector<planned_buffer> empty{{0, 0, 5}, {64, 1, 2}, {0, 2, 3}};
    CHECK(plan_serially(empty) == 64);
    CHECK(empty[2].offset == 0);  // an address inside of the block
}

TEST_CASE("a buffer in the place of one that dies takes nothing, and keeps it from others") {
    std::vector<planned_buffer> buffers{{100, 0, 1}, {100, 1, 3}, {50, 2, 3}};
    buffers[1].in_place_of = 0;
    CHECK(plan_serially(buffers) == 128 + 64);
    CHECK(buffers[1].offset == buffers[0].offset);
    CHECK(buffers[2].offset == 128);
}

TEST_CASE("what is free for one step need not be for the next") {
    // Two ways side by side: buffer 0 is over for step 1 only.
    std::vector<planned_buffer> buffers{{64, 0, 0}, {64, 1, 1}, {64, 2, 2}};
    const memory_need need = plan_memory(
        buffers, false, [](std::uint32_t b, std::uint32_t step) { return b == 0 && step == 1; });
    CHECK(need.block == 128);
    CHECK(buffers[1].offset == buffers[0].offset);
    CHECK(buffers[2].offset == 64);
}

TEST_CASE("random lifetimes") {
    std::mt19937 random(11);
    double worst = 1;
    for (int round = 0; round < 2000; ++round) {
        const std::uint32_t steps = 1 + std::uint32_t(random() % 40);
        std::vector<planned_buffer> buffers;
        for (std::uint32_t s = 0; s < steps; ++s)
            if (random() % 5 != 0) {
                const std::uint32_t life = std::uint32_t(random() % (random() % 4 == 0 ? 40 : 4));
                const std::size_t bytes = random() % 8 == 0 ? 0 : random() % 2000;
                buffers.push_back({bytes, s, std::min(steps - 1, s + life)});
            }
        std::size_t all = 0;
        for (const planned_buffer& b : buffers) all += rounded_to_granularity(b.bytes);
        for (bool reuse : {false, true}) {
            const std::size_t total =
                reuse ? plan_serially(buffers) : plan_separate_memory(buffers).block;
            CHECK(total <= all);
            CHECK(total >= least(buffers, steps));
            for (std::size_t i = 0; i < buffers.size(); ++i) {
                CHECK(buffers[i].offset % buffer_granularity == 0);
                CHECK(buffers[i].offset + buffers[i].bytes <= total);
                for (std::size_t j = 0; j < i; ++j)
                    if (!reuse || (buffers[i].first <= buffers[j].last &&
                                   buffers[j].first <= buffers[i].last))
                        CHECK_FALSE(overlap(buffers[i], buffers[j]));
            }
            if (reuse && total > 0)
                worst = std::max(worst, double(total) / double(least(buffers, steps)));
        }
    }
    MESSAGE("worst ratio to the least possible: " << worst);
    CHECK(worst < 3);
}
