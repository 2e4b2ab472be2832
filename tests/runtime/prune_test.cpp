// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Which nodes a run needs and in which order; cycles by control edges.
#include <weft/graph/graph.hpp>
#include <weft/runtime/prune.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>

#include <algorithm>
#include <random>

using namespace weft;
using ids = std::vector<node_id>;

namespace {

ids order(const graph& g, const ids& fetches, const ids& fed = {}) {
    ids out;
    for (const node_record* record : prune(g, fetches, fed)) out.push_back(record->id);
    return out;
}
// A node of no work that waits for these.
node_id add(graph& g, const ids& controls) {
    node_record record;
    record.op = "NoOp";
    record.role = node_role::group;
    record.controls = controls;
    return g.add(std::move(record));
}

}  // namespace

TEST_CASE("what is not fetched is not run; a feed cuts what is above it") {
    graph g;
    const node_id a = add(g, {}), b = add(g, {a}), c = add(g, {b}), d = add(g, {a}), e = add(g, {});
    CHECK(order(g, {c}) == ids{a, b, c});
    CHECK(order(g, {c}, {b}) == ids{b, c});
    CHECK(order(g, {c}, {b, e, d}) == ids{b, c});
    CHECK(order(g, {c, d}, {b}) == ids{a, b, c, d});
    CHECK(order(g, {c, c, a}) == ids{a, b, c});
    CHECK(order(g, {a}, {a}) == ids{a});
    CHECK(order(g, {e}) == ids{e});
    CHECK(order(g, {}).empty());
}

TEST_CASE("an assign needs its variable, reading it or not") {
    graph g;
    const auto v = g.variable(1.0f);
    const auto set = v.assign(2.0f);
    const ids run = order(g, {set.id()});
    CHECK(std::find(run.begin(), run.end(), v.id()) != run.end());
    CHECK(std::find(run.begin(), run.end(), g.initializer_of(v.id())) == run.end());
}

TEST_CASE("control edges to later nodes change the order") {
    graph g;
    const node_id a = add(g, {}), b = add(g, {}), c = add(g, {a, b});
    g.add_control(b, a);
    CHECK(order(g, {c}) == ids{b, a, c});
}

TEST_CASE("a cycle names its nodes, and not those that only wait for it") {
    graph g;
    const node_id before = add(g, {}), a = add(g, {before}), b = add(g, {a}), c = add(g, {b}),
                  after = add(g, {c}), later = add(g, {after});
    g.add_control(c, a);
    const auto e = weft_test::error_of([&] { order(g, {later}); });
    CHECK(e.code == errc::invalid_argument);
    CHECK(e.says("cycle"));
    CHECK(e.says("3 nodes: '" + g.record(a).name + "', '" + g.record(b).name + "', '" +
                 g.record(c).name + "'"));
    CHECK_FALSE(e.says("'" + g.record(before).name + "'"));
    CHECK_FALSE(e.says("'" + g.record(after).name + "'"));
    CHECK(e.node == g.record(a).name);
    CHECK(order(g, {later}, {c}) == ids{c, after, later});
    const node_id self = add(g, {});
    g.add_control(self, self);
    CHECK(weft_test::error_of([&] { order(g, {self}); }).says("1 nodes"));
}

TEST_CASE("orders of random graphs have every node behind what it waits for") {
    std::mt19937 random(3);
    for (int round = 0; round < 200; ++round) {
        graph g;
        const std::uint32_t n = 1 + std::uint32_t(random() % 40);
        for (std::uint32_t i = 0; i < n; ++i) {
            ids controls;
            for (std::size_t k = random() % 4; i > 0 && k > 0; --k)
                controls.push_back(node_id(random() % i));
            add(g, controls);
        }
        // Edges against the order of making that do not make a cycle: from nodes that wait for
        // nothing and nobody knows.
        const node_id late = add(g, {});
        g.add_control(late, node_id(random() % n));
        const ids fed{node_id(random() % n)};
        const ids run = order(g, {n - 1, node_id(random() % n)}, fed);
        std::vector<bool> done(g.size(), false);
        for (node_id id : run) {
            CHECK_FALSE(done[id]);
            if (id != fed[0])
                for (node_id earlier : g.record(id).controls) CHECK(done[earlier]);
            done[id] = true;
        }
    }
}
