// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Schedules of random steps against a plain model: every step in one unit, edges between units
// exactly those between their steps, counters and lists that agree with them, the longest way last.
#include <weft/runtime/schedule.hpp>

#include "random_steps.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <numeric>

using namespace weft;
using weft_test::random_steps;

namespace {

constexpr std::uint32_t mask = ~schedule::only_dependency;

std::vector<std::uint32_t> unit_of(const schedule& s, std::size_t steps) {
    std::vector<std::uint32_t> unit(steps, static_cast<std::uint32_t>(-1));
    for (std::uint32_t u = 0; u < s.units(); ++u)
        for (std::uint32_t i = s.first[u]; i < s.first[u + 1]; ++i) unit[s.order[i]] = u;
    return unit;
}
// Every step once, no unit empty, none on two devices, and no step before one it waits for.
bool is_partition(const schedule& s, const random_steps& steps) {
    std::vector<std::size_t> position(steps.size(), steps.size());
    if (s.order.size() != steps.size()) return false;
    for (std::size_t i = 0; i < s.order.size(); ++i) position[s.order[i]] = i;
    for (std::size_t p : position)
        if (p == steps.size()) return false;
    for (std::size_t from = 0; from < steps.size(); ++from)
        for (std::uint32_t to : steps.after[from])
            if (position[from] > position[to]) return false;
    if (steps.size() > 0 && (s.first.front() != 0 || s.first.back() != steps.size())) return false;
    for (std::size_t u = 0; u < s.units(); ++u) {
        if (s.first[u] >= s.first[u + 1]) return false;
        for (std::uint32_t i = s.first[u]; i < s.first[u + 1]; ++i)
            if (steps.devices[s.order[i]] != steps.devices[s.order[s.first[u]]]) return false;
    }
    return true;
}

// The longest time to the end of everything, from each unit's begin, or from its end for blocks.
std::vector<double> ways(const schedule& s, const random_steps& steps,
                         const std::vector<std::set<std::uint32_t>>& edges) {
    std::vector<double> way(s.units(), 0), behind(s.units(), 0);
    for (std::size_t u = s.units(); u-- > 0;) {
        for (std::uint32_t to : edges[u]) behind[u] = std::max(behind[u], way[to]);
        way[u] = behind[u];
        for (std::uint32_t i = s.first[u]; i < s.first[u + 1]; ++i)
            way[u] += double(steps.ns[s.order[i]]);
    }
    return s.single ? way : behind;
}
bool ascending(const std::uint32_t* at, std::size_t n, const std::vector<double>& way) {
    for (std::size_t i = 1; i < n; ++i)
        if (way[at[i] & mask] < way[at[i - 1] & mask] * 0.999 - 1) return false;  // float sums
    return true;
}

void check_edges(const schedule& s, const random_steps& steps,
                 const std::vector<std::set<std::uint32_t>>& wanted) {
    std::vector<std::uint32_t> needs(s.units(), 0);
    for (const auto& to : wanted)
        for (std::uint32_t later : to) ++needs[later];
    CHECK(s.needs == needs);
    std::size_t sinks = 0;
    const auto way = ways(s, steps, wanted);
    for (std::uint32_t u = 0; u < s.units(); ++u) {
        std::set<std::uint32_t> got;
        for (std::uint32_t i = s.first_successor[u]; i < s.first_successor[u + 1]; ++i) {
            const std::uint32_t to = s.successors[i] & mask;
            REQUIRE(got.insert(to).second);
            REQUIRE((s.successors[i] != to) == (needs[to] == 1));
        }
        REQUIRE(got == wanted[u]);
        sinks += got.empty();
        REQUIRE(ascending(s.successors.data() + s.first_successor[u],
                          s.first_successor[u + 1] - s.first_successor[u], way));
    }
    CHECK(s.sinks == sinks);
    CHECK(ascending(s.roots.data(), s.roots.size(), way));
    std::vector<std::uint32_t> roots = s.roots;
    std::sort(roots.begin(), roots.end());
    std::vector<std::uint32_t> expected;
    for (std::uint32_t u = 0; u < s.units(); ++u)
        if (needs[u] == 0) expected.push_back(u);
    CHECK(roots == expected);
}
// What the edges between units have to be.
std::vector<std::set<std::uint32_t>> implied_edges(const schedule& s, const random_steps& steps) {
    const auto unit = unit_of(s, steps.size());
    std::vector<std::set<std::uint32_t>> edges(s.units());
    for (std::size_t from = 0; from < steps.size(); ++from)
        for (std::uint32_t to : steps.after[from])
            if (unit[from] != unit[to]) edges[unit[from]].insert(unit[to]);
    return edges;
}

// The steps as one thread runs them that goes on with what it has made ready last.
std::vector<std::uint32_t> order_of_one_thread(const schedule& s) {
    std::vector<std::uint32_t> ready = s.roots, left = s.needs, order;
    while (!ready.empty()) {
        const std::uint32_t unit = ready.back();
        ready.pop_back();
        order.push_back(s.order[unit]);
        for (std::uint32_t i = s.first_successor[unit]; i < s.first_successor[unit + 1]; ++i)
            if (--left[s.successors[i] & mask] == 0) ready.push_back(s.successors[i] & mask);
    }
    return order;
}

}  // namespace

TEST_CASE("for stealing there is a unit for each step") {
    std::mt19937 random(1);
    for (int round = 0; round < 200; ++round) {
        CAPTURE(round);
        const random_steps steps(random, random() % 120, 3);
        const schedule s = schedule_for_stealing(steps.costs());
        REQUIRE(is_partition(s, steps));
        CHECK(s.units() == steps.size());
        CHECK_FALSE(s.sequential);
        CHECK(s.single);
        check_edges(s, steps, implied_edges(s, steps));
        CHECK(order_of_one_thread(s) == s.order);
    }
}

TEST_CASE("blocks are worth a grain, unless a level or a chain has no more") {
    std::mt19937 random(2);
    for (int round = 0; round < 300; ++round) {
        CAPTURE(round);
        const random_steps steps(random, random() % 300);
        const int threads = 1 + int(random() % 8);
        const double grain = round % 3 == 0 ? 100 : 1500;
        const schedule s = schedule_blocks(steps.costs(), threads, grain);
        REQUIRE(is_partition(s, steps));
        CHECK_FALSE(s.sequential);
        check_edges(s, steps, implied_edges(s, steps));
        // The levels again, plainly.
        std::vector<std::size_t> level(steps.size(), 0);
        for (std::size_t from = 0; from < steps.size(); ++from)
            for (std::uint32_t to : steps.after[from])
                level[to] = std::max(level[to], level[from] + 1);
        std::map<std::size_t, std::vector<double>> blocks_of_level;
        for (std::uint32_t u = 0; u < s.units(); ++u) {
            const std::size_t low = level[s.order[s.first[u]]];
            const std::size_t high = level[s.order[s.first[u + 1] - 1]];
            if (low != high) continue;
            double sum = 0;
            for (std::uint32_t i = s.first[u]; i < s.first[u + 1]; ++i)
                sum += double(steps.ns[s.order[i]]);
            blocks_of_level[low].push_back(sum);
        }
        const double step = double(*std::max_element(steps.ns.begin(), steps.ns.end()));
        for (const auto& [at, blocks] : blocks_of_level) {
            // The smallest is what was left; sizes fall towards it from both ends.
            const double total = std::accumulate(blocks.begin(), blocks.end(), 0.0);
            const auto smallest = std::min_element(blocks.begin(), blocks.end());
            const auto below = [&](double sum) { return sum < grain * 0.99; };
            CHECK(std::count_if(blocks.begin(), blocks.end(), below) <= 1);
            for (auto block = blocks.begin(); block != blocks.end(); ++block) {
                if (blocks.size() > 1)
                    CHECK(*block <= std::max(grain, total / (2 * threads)) * 1.001 + step);
                if (block < smallest) CHECK(*block + step >= block[1] * 0.999);
                if (block > smallest) CHECK(*block + step >= block[-1] * 0.999);
            }
        }
    }
}

TEST_CASE("in order, and chained, one stretch on a device is one unit") {
    std::mt19937 random(3);
    for (int round = 0; round < 200; ++round) {
        CAPTURE(round);
        const random_steps steps(random, random() % 80, 1 + unsigned(random() % 3));
        std::vector<std::uint32_t> order;
        if (round % 2 == 0) order = steps.some_order(random);
        std::vector<std::uint32_t> wanted = order;
        if (wanted.empty()) {
            wanted.resize(steps.size());
            std::iota(wanted.begin(), wanted.end(), 0u);
        }
        const schedule in_order = schedule_in_order(steps.costs(), order);
        CHECK(in_order.sequential);
        CHECK(in_order.order == wanted);
        REQUIRE(is_partition(in_order, steps));
        for (std::uint32_t u = 1; u < in_order.units(); ++u)
            CHECK(steps.devices[in_order.order[in_order.first[u]]] !=
                  steps.devices[in_order.order[in_order.first[u] - 1]]);

        const schedule chained = schedule_chained(steps.costs(), in_order.order);
        CHECK_FALSE(chained.sequential);
        CHECK(chained.order == wanted);
        CHECK(chained.first == in_order.first);
        std::vector<std::set<std::uint32_t>> chain(chained.units());
        for (std::uint32_t u = 1; u < chained.units(); ++u) chain[u - 1] = {u};
        check_edges(chained, steps, chain);
    }
}

TEST_CASE("a fan of many is sorted, too") {
    // One root and 5,000 steps that wait for it, of every length.
    const std::uint32_t n = 5001;
    std::vector<std::uint32_t> first(n + 1, n - 1), successors(n - 1), devices(n, 0);
    std::iota(successors.begin(), successors.end(), 1u);
    first[0] = 0;
    std::mt19937 random(4);
    std::vector<float> ns(n);
    for (float& one : ns) one = float(random() % 100'000);
    const schedule s = schedule_for_stealing({first, successors, devices, ns});
    REQUIRE(s.successors.size() == n - 1);
    for (std::size_t i = 1; i < s.successors.size(); ++i)
        REQUIRE(ns[s.order[s.successors[i - 1] & mask]] <= ns[s.order[s.successors[i] & mask]]);
    CHECK(s.sinks == n - 1);
}

TEST_CASE("of steps that are equally urgent, the one that holds less comes first") {
    const std::uint32_t n = 200;
    std::vector<std::uint32_t> first(n + 1, n - 1), successors(n - 1), devices(n, 0);
    std::iota(successors.begin(), successors.end(), 1u);
    first[0] = 0;
    std::mt19937 random(6);
    std::vector<float> ns(n, 10);
    std::vector<std::int64_t> growth;
    for (std::uint32_t i = 0; i < n; ++i) {
        growth.push_back(std::int64_t(random() % 100) - 50);
        if (i % 10 == 1) ns[i] = 20;
    }
    const schedule s = schedule_for_stealing({first, successors, devices, ns, growth});
    // The last one is run first.
    const auto rank = [&](std::size_t i) {
        const std::uint32_t step = s.order[s.successors[i] & mask];
        return std::pair(ns[step], -growth[step]);
    };
    for (std::size_t i = 1; i < s.successors.size(); ++i) REQUIRE(rank(i - 1) <= rank(i));
}

TEST_CASE("work is the sum of all steps, the span that of the longest way") {
    std::mt19937 random(5);
    for (int round = 0; round < 50; ++round) {
        const random_steps steps(random, 1 + random() % 60);
        double work = 0, span = 0;
        std::vector<double> way(steps.size(), 0);
        for (std::size_t s = steps.size(); s-- > 0;) {
            for (std::uint32_t to : steps.after[s]) way[s] = std::max(way[s], way[to]);
            way[s] += double(steps.ns[s]);
            work += double(steps.ns[s]);
            span = std::max(span, way[s]);
        }
        const work_and_span got = measure(steps.costs());
        CHECK(got.work_ns == doctest::Approx(work));
        CHECK(got.span_ns == doctest::Approx(span));
    }
}
