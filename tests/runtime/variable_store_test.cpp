// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The locks on variables: writers alone, readers together, all of a plan's at once, in the order of
// arrival, and given up when a run is stopped.
#include <weft/graph/graph.hpp>
#include <weft/runtime/variable_store.hpp>

#include <doctest/doctest.h>

#include "threads.hpp"

#include <atomic>
#include <thread>

using namespace weft;

namespace {

struct use {
    node_id id;
    bool written;
};

// A plan that touches these variables.
struct lock_plan : plan {
    lock_plan(const graph& g, std::initializer_list<use> uses) {
        for (const use& u : uses) variables.push_back({&g.record(u.id), 0, u.written, nullptr});
    }
};

struct three_variables {
    graph g;
    node_id a = g.variable(1.0f).id(), b = g.variable(1.0f).id(), c = g.variable(1.0f).id();
    variable_store store;
    stop_state never;
};

}  // namespace

TEST_CASE_FIXTURE(three_variables, "readers hold a variable together, a writer alone") {
    const lock_plan reads(g, {{a, false}}), writes(g, {{a, true}}), other(g, {{b, true}});
    stop_state stopped;
    stopped.request(errc::cancelled);
    CHECK(store.acquire(reads, never));
    CHECK(store.acquire(reads, stopped));  // nothing to wait for
    CHECK(store.acquire(other, never));
    CHECK_FALSE(store.acquire(writes, stopped));
    store.release(reads);
    CHECK_FALSE(store.acquire(writes, stopped));
    store.release(reads);
    CHECK(store.acquire(writes, stopped));
    CHECK_FALSE(store.acquire(reads, stopped));
    store.release(writes);
    CHECK(store.acquire(reads, stopped));
    store.release(reads);
    store.release(other);
}

TEST_CASE_FIXTURE(three_variables, "values are found again, and stay where they are") {
    variable_value& value = store.value(a);
    for (node_id id = 100; id < 1000; ++id) store.value(id);
    CHECK(&store.value(a) == &value);
    CHECK_FALSE(value.initialized);
}

TEST_CASE_FIXTURE(three_variables, "who waits for a deadline gives up in time") {
    const lock_plan writes(g, {{a, true}, {b, true}});
    CHECK(store.acquire(writes, never));
    stop_state late;
    late.reset(10'000'000);
    CHECK_FALSE(store.acquire(writes, late));
    CHECK(late.cause() == errc::deadline_exceeded);
    store.release(writes);
    CHECK(store.acquire(writes, never));
    store.release(writes);
}

TEST_CASE_FIXTURE(three_variables, "a writer is not passed by readers that come after it") {
    const lock_plan reads(g, {{a, false}}), writes(g, {{a, true}});
    CHECK(store.acquire(reads, never));
    std::atomic<bool> wrote{false};
    std::jthread writer([&] {
        store.acquire(writes, never);
        wrote = true;
        store.release(writes);
    });
    // Once the writer waits, readers do not get past it.
    weft_test::wait_until([&] {
        stop_state soon;
        soon.reset(1'000'000);
        if (!store.acquire(reads, soon)) return true;
        store.release(reads);
        return false;
    });
    CHECK_FALSE(wrote);
    store.release(reads);
    CHECK(store.acquire(reads, never));
    CHECK(wrote);
    store.release(reads);
}

TEST_CASE_FIXTURE(three_variables, "plans that overlap in a circle do not wait for ever") {
    const lock_plan plans[] = {
        lock_plan(g, {{a, true}, {b, true}}),  lock_plan(g, {{b, true}, {c, true}}),
        lock_plan(g, {{c, true}, {a, true}}),  lock_plan(g, {{a, false}, {b, false}, {c, false}}),
        lock_plan(g, {{b, false}, {a, true}}), lock_plan(g, {})};
    int inside[3] = {};  // guarded by the locks that are tested: TSan sees if they are none
    {
        std::vector<std::jthread> threads;
        for (const lock_plan& p : plans)
            threads.emplace_back([&] {
                for (int k = 0; k < 300; ++k) {
                    store.acquire(p, never);
                    for (const plan_variable& v : p.variables)
                        if (v.written) ++inside[v.record->id == a ? 0 : v.record->id == b ? 1 : 2];
                    store.release(p);
                }
            });
    }
    CHECK(inside[0] == 900);
    CHECK(inside[1] == 600);
    CHECK(inside[2] == 600);
}
