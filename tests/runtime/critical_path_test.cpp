// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/runtime/critical_path.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace weft;

namespace {

// A plan that has nothing but edges, each from a smaller to a larger number.
void connect(plan& p, std::size_t steps, const std::vector<std::pair<step_id, step_id>>& edges) {
    p.steps.resize(steps);
    for (step_id s = 0; s < steps; ++s) {
        p.first_successor.push_back(static_cast<std::uint32_t>(p.successors.size()));
        for (const auto& [from, to] : edges)
            if (from == s) p.successors.push_back(to);
    }
    p.first_successor.push_back(static_cast<std::uint32_t>(p.successors.size()));
}

}  // namespace

TEST_CASE("the critical path goes by time, not by the number of steps") {
    plan p;
    connect(p, 5, {{0, 1}, {1, 2}, {2, 4}, {0, 3}, {3, 4}});
    CHECK(critical_path(p, std::vector<float>{1, 1, 1, 5, 1}) == std::vector<step_id>{0, 3, 4});
    CHECK(critical_path(p, std::vector<float>{1, 3, 3, 5, 1}) == std::vector<step_id>{0, 1, 2, 4});
    // Steps that take no time belong to it, too, up to where its time ends.
    CHECK(critical_path(p, std::vector<float>{0, 0, 0, 5, 1}) == std::vector<step_id>{0, 3, 4});
    CHECK(critical_path(plan(), {}).empty());
}

TEST_CASE("no chain of a random plan takes longer than its critical path") {
    std::mt19937 random(7);
    for (int round = 0; round < 50; ++round) {
        std::vector<std::pair<step_id, step_id>> edges;
        for (step_id to = 1; to < 12; ++to)
            for (step_id from = 0; from < to; ++from)
                if (random() % 4 == 0) edges.emplace_back(from, to);
        std::vector<float> ns;
        for (int i = 0; i < 12; ++i) ns.push_back(static_cast<float>(random() % 10));
        plan p;
        connect(p, 12, edges);
        float sum = 0;
        const std::vector<step_id> path = critical_path(p, ns);
        for (std::size_t i = 0; i < path.size(); ++i) {
            sum += ns[path[i]];
            if (i > 0)
                CHECK(std::count(edges.begin(), edges.end(), std::pair(path[i - 1], path[i])) == 1);
        }
        float longest = 0;
        const auto follow = [&](auto&& self, step_id at, float before) -> void {
            longest = (std::max)(longest, before + ns[at]);
            for (step_id later : p.after(at)) self(self, later, before + ns[at]);
        };
        for (step_id s = 0; s < 12; ++s) follow(follow, s, 0);
        CHECK(sum == longest);
    }
}
