// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/runtime/pool_registry.hpp>

#include "threads.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace weft;

namespace {

// A name of its own for each test, because the process's pools stay.
device_spec cpu_of(const char* job, int index = 0) {
    return {.job = job, .task = 0, .kind = "cpu", .index = index};
}

// A session's pools that is a static object, destroyed after main: must not trip over anything.
device_pools kept_until_exit;

}  // namespace

TEST_CASE("the first session makes the pools, later ones use them whatever they ask for") {
    pool_source first({.inter_op_parallelism_threads = 3, .intra_op_parallelism_threads = 2});
    const device_pools a = first.pools_for(cpu_of("pools_first"), true);
    CHECK(a.inter_op->workers() == 2);
    CHECK(a.intra_op->parallelism() == 2);
    CHECK_FALSE(first.sizes_differ());
    const int before = weft_test::settled_thread_count();
    pool_source same({.inter_op_parallelism_threads = 3, .intra_op_parallelism_threads = 2});
    CHECK(same.pools_for(cpu_of("pools_first"), true).inter_op == a.inter_op);
    CHECK_FALSE(same.sizes_differ());
    pool_source other({.inter_op_parallelism_threads = 5, .intra_op_parallelism_threads = 2});
    const device_pools b = other.pools_for(cpu_of("pools_first"), true);
    CHECK(b.inter_op == a.inter_op);
    CHECK(b.intra_op == a.intra_op);
    CHECK(other.sizes_differ());
    CHECK(weft_test::thread_count() == before);
    kept_until_exit = b;
}

TEST_CASE("each device has its own pools, and the caller counts on the client's device only") {
    pool_source source({.inter_op_parallelism_threads = 2, .intra_op_parallelism_threads = 1});
    const device_pools a = source.pools_for(cpu_of("pools_each", 0), true);
    const device_pools b = source.pools_for(cpu_of("pools_each", 1), false);
    CHECK(a.inter_op->workers() == 1);
    CHECK(b.inter_op->workers() == 2);
    CHECK(a.intra_op != b.intra_op);
    CHECK(a.intra_op->parallelism() == 1);
}

TEST_CASE("pools of a session's own end with it") {
    const int before = weft_test::settled_thread_count();
    {
        pool_source source({.inter_op_parallelism_threads = 3,
                            .intra_op_parallelism_threads = 3,
                            .use_per_session_threads = true});
        const device_pools a = source.pools_for(cpu_of("pools_own"), true);
        const device_pools b = source.pools_for(cpu_of("pools_own"), true);
        CHECK(a.inter_op != b.inter_op);
        CHECK(weft_test::thread_count() == before + 2 * (2 + 2));
        CHECK_FALSE(source.sizes_differ());
    }
    weft_test::wait_until([&] { return weft_test::thread_count() == before; });
}

TEST_CASE("a negative number of inter-op threads leaves everything to the caller") {
    const int before = weft_test::settled_thread_count();
    for (bool own : {false, true}) {
        pool_source source({.inter_op_parallelism_threads = -1,
                            .intra_op_parallelism_threads = 1,
                            .use_per_session_threads = own});
        const device_pools a = source.pools_for(cpu_of("pools_none", 0), true);
        const device_pools b = source.pools_for(cpu_of("pools_none", 1), false);
        CHECK(a.inter_op->workers() == 0);
        CHECK(a.inter_op == b.inter_op);
        CHECK_FALSE(source.sizes_differ());
    }
    CHECK(weft_test::thread_count() == before);
    // And it does not decide for the sessions that come later.
    pool_source later({.inter_op_parallelism_threads = 2, .intra_op_parallelism_threads = 1});
    CHECK(later.pools_for(cpu_of("pools_none", 0), true).inter_op->workers() == 1);
    CHECK_FALSE(later.sizes_differ());
}

TEST_CASE("0 means one per allowed core, the caller included") {
    pool_source source({.use_per_session_threads = true});
    const device_pools client = source.pools_for(cpu_of("pools_auto"), true);
    CHECK(client.inter_op->workers() == allowed_cores() - 1);
    CHECK(client.intra_op->parallelism() == allowed_cores());
}

TEST_CASE("a negative number of intra-op threads is refused with the remedy") {
    try {
        pool_source source({.intra_op_parallelism_threads = -2});
        FAIL("nothing was thrown");
    } catch (const error& reason) {
        CHECK(reason.code() == errc::invalid_argument);
        CHECK(std::string(reason.what()).find("intra_op_parallelism_threads is -2; give") == 0);
    }
}

TEST_CASE("sessions that start at the same time agree on one pool") {
    std::vector<device_pools> pools(4);
    std::vector<std::thread> threads;
    for (device_pools& mine : pools)
        threads.emplace_back([&mine] {
            pool_source source({2, 2});
            mine = source.pools_for(cpu_of("pools_race"), false);
        });
    for (std::thread& thread : threads) thread.join();
    for (const device_pools& each : pools) {
        CHECK(each.inter_op == pools[0].inter_op);
        CHECK(each.intra_op == pools[0].intra_op);
    }
}
