// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/runtime/inter_op_pool.hpp>
#include <weft/runtime/stop_state.hpp>

#include "allocation_counter.hpp"
#include "threads.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <thread>
#include <vector>

using namespace weft;

namespace {

// A run of `count` independent items, started in one pool and possibly going on in a second one.
struct test_run {
    struct item : work_item {
        test_run* of = nullptr;
        int index = 0;
    };

    test_run(inter_op_pool& home, int count) : pool(home), items(static_cast<std::size_t>(count)) {
        left = count;
        for (int i = 0; i < count; ++i) {
            item& one = items[static_cast<std::size_t>(i)];
            one.of = this;
            one.index = i;
            one.owner = this;
            one.run = [](work_item* self) noexcept { static_cast<item*>(self)->of->step(self); };
        }
    }

    void step(work_item* self) noexcept {
        run_by_caller += std::this_thread::get_id() == caller ? 1 : 0;
        order.fetch_add(1, std::memory_order_relaxed);
        if (body != nullptr) body(static_cast<item*>(self)->index);
        // Acquire and release: the last one has seen what all others did.
        if (left.fetch_sub(1, std::memory_order_acq_rel) == 1) pool.finish(this, done);
    }

    void go(inter_op_pool& where) {
        for (item& one : items) where.submit(one);
        pool.help_until(this, done);
    }

    inter_op_pool& pool;
    std::vector<item> items;
    std::atomic<int> left{0}, order{0}, run_by_caller{0};
    std::atomic<bool> done{false};
    std::thread::id caller = std::this_thread::get_id();
    void (*body)(int) = nullptr;
};

}  // namespace

TEST_CASE("a pool has the workers it was asked for, and ends them") {
    const int before = weft_test::settled_thread_count();
    {
        inter_op_pool pool(3);
        CHECK(pool.workers() == 3);
        CHECK(weft_test::thread_count() == before + 3);
    }
    weft_test::wait_until([&] { return weft_test::thread_count() == before; });
    inter_op_pool none(0);
    CHECK(none.workers() == 0);
    CHECK(weft_test::thread_count() == before);
}

TEST_CASE("without workers the caller runs everything itself, in order") {
    inter_op_pool pool(0);
    static std::vector<int> seen;
    seen.clear();
    test_run r(pool, 20);
    r.body = [](int i) { seen.push_back(i); };
    r.go(pool);
    CHECK(r.run_by_caller == 20);
    CHECK(seen.size() == 20);
    CHECK(std::is_sorted(seen.begin(), seen.end()));
}

TEST_CASE("workers and the caller share a run, each item runs once") {
    for (int workers : {1, 2, 4}) {
        inter_op_pool pool(workers);
        for (int i = 0; i < 50; ++i) {
            test_run r(pool, 1 + i * 7);
            r.go(pool);
            CHECK(r.order == 1 + i * 7);
            CHECK(r.left == 0);
        }
    }
}

TEST_CASE("a sleeping caller is woken for work of its own, and only then by finish") {
    inter_op_pool pool(0);
    test_run r(pool, 2);
    std::thread other([&] {
        weft_test::sleep_ms(10);
        pool.submit(r.items[0]);
        weft_test::sleep_ms(10);
        work_item* rest[] = {&r.items[1]};
        pool.submit(rest);
    });
    pool.help_until(&r, r.done);
    CHECK(r.run_by_caller == 2);
    other.join();
}

TEST_CASE("two items wake two workers, whatever their order of waking") {
    inter_op_pool pool(2);
    weft_test::sleep_ms(5);
    static std::atomic<int> inside, most;
    inside = most = 0;
    test_run r(pool, 2);
    r.caller = {};
    r.body = [](int) {
        ++inside;
        // Both must be here at the same time for either to go on.
        weft_test::wait_until([] { return inside == 2; });
    };
    pool.submit(r.items[0]);
    pool.submit(r.items[1]);
    weft_test::wait_until([&] { return r.done.load(); });
    CHECK(inside == 2);
}

TEST_CASE("workers serve runs in turn, so a small one is not behind a large one") {
    inter_op_pool pool(1);
    static std::atomic<int> large_ran, least_before_small;
    static std::atomic<bool> gate;
    large_ran = 0;
    least_before_small = 500;
    gate = false;
    test_run large(pool, 500);
    large.body = [](int) {
        weft_test::wait_until([] { return gate.load(); });
        ++large_ran;
    };
    for (auto& item : large.items) pool.submit(item);
    // Two runs may share a lane by chance, but hardly all of these.
    std::vector<std::unique_ptr<test_run>> small;
    for (int i = 0; i < 4; ++i) {
        small.push_back(std::make_unique<test_run>(pool, 1));
        small.back()->body = [](int) {
            if (large_ran < least_before_small) least_before_small = large_ran.load();
        };
        pool.submit(small.back()->items[0]);
    }
    gate = true;
    for (auto& one : small) weft_test::wait_until([&] { return one->done.load(); });
    weft_test::wait_until([&] { return large.done.load(); });
    CHECK(least_before_small < 10);
    CHECK(large_ran == 500);
}

TEST_CASE("many callers at once: everybody returns, and items run for their own run") {
    inter_op_pool pool(2);
    std::vector<std::thread> callers;
    std::atomic<int> total{0};
    for (int t = 0; t < 6; ++t)
        callers.emplace_back([&] {
            for (int i = 0; i < 100; ++i) {
                // On the heap, so that a sanitizer sees who touches it after the run.
                auto r = std::make_unique<test_run>(pool, 1 + i % 9);
                r->go(pool);
                total += r->order;
            }
        });
    for (std::thread& caller : callers) caller.join();
    int expected = 0;
    for (int i = 0; i < 100; ++i) expected += 1 + i % 9;
    CHECK(total == 6 * expected);
}

TEST_CASE("runs that hop between pools: the last item ends elsewhere than the caller waits") {
    inter_op_pool here(1);
    for (int i = 0; i < 200; ++i) {
        auto there = std::make_unique<inter_op_pool>(1);
        test_run r(here, 3);
        there->submit(r.items[0]);
        there->submit(r.items[1]);
        here.submit(r.items[2]);
        here.help_until(&r, r.done);
        CHECK(r.order == 3);
    }
}

TEST_CASE("the pool of the caller may go as soon as help_until returns") {
    inter_op_pool there(2);
    for (int i = 0; i < 200; ++i) {
        auto here = std::make_unique<inter_op_pool>(0);
        test_run r(*here, 2);
        there.submit(r.items[0]);
        there.submit(r.items[1]);
        here->help_until(&r, r.done);
        here.reset();
    }
}

TEST_CASE("a worker that waits for a run whose items are in its own pool runs them") {
    // An item in `pool`, whose only worker it occupies, starts a run whose items are in `pool` too,
    // while its caller waits in `client`.
    static inter_op_pool* pool;
    static inter_op_pool* client;
    inter_op_pool only(1), front(0);
    pool = &only;
    client = &front;
    static std::atomic<int> inner_ran;
    inner_ran = 0;
    test_run outer(front, 1);
    outer.body = [](int) {
        test_run inner(*client, 3);
        inner.body = [](int) { ++inner_ran; };
        for (auto& item : inner.items) pool->submit(item);
        pool_visit elsewhere[] = {{pool}};
        client->help_until(&inner, inner.done, elsewhere);
    };
    only.submit(outer.items[0]);
    front.help_until(&outer, outer.done);
    CHECK(inner_ran == 3);
}

TEST_CASE("a destroyed pool has run what was queued") {
    auto pool = std::make_unique<inter_op_pool>(0);
    inter_op_pool elsewhere(0);
    test_run r(elsewhere, 5);
    for (auto& item : r.items) pool->submit(item);
    pool.reset();
    CHECK(r.order == 5);
    CHECK(r.done);
}

TEST_CASE("a pool allocates nothing once it runs") {
    inter_op_pool pool(2);
    test_run first(pool, 300), second(pool, 300);
    first.go(pool);
    const std::size_t before = weft_test::allocations_so_far();
    second.go(pool);
    CHECK(weft_test::allocations_so_far() == before);
}

TEST_CASE("a caller is not left asleep by a worker that was woken for its item but took another") {
    inter_op_pool pool(1);
    static std::atomic<bool> ran;
    ran = false;
    // They stand for kernels that wait for what the caller's run holds.
    std::vector<std::unique_ptr<test_run>> others;
    for (int i = 0; i < 40; ++i) {
        others.push_back(std::make_unique<test_run>(pool, 1));
        others.back()->body = [](int) {
            for (int ms = 0; ms < 5000 && !ran; ++ms) weft_test::sleep_ms(1);
        };
    }
    test_run mine(pool, 1);
    mine.body = [](int) { ran = true; };
    std::atomic<bool> in_time{false};
    std::jthread submitter([&] {
        weft_test::sleep_ms(20);  // both the worker and the caller sleep by now
        std::vector<work_item*> items{&mine.items[0]};
        for (const auto& other : others) items.push_back(&other->items[0]);
        const auto begin = stop_state::now_ns();
        pool.submit(items);
        weft_test::wait_until([] { return ran.load(); });
        in_time = stop_state::now_ns() - begin < 4'000'000'000;
    });
    pool.help_until(&mine, mine.done);
    submitter.join();
    CHECK(in_time);
    for (const auto& other : others) pool.help_until(other.get(), other->done);
}

TEST_CASE("all workers get to work on what one thread has shared") {
    // Two of four slept on while the first that was woken took one item after the other.
    inter_op_pool pool(3);
    static std::atomic<int> inside;
    static std::atomic<bool> all_came;
    inside = 0;
    all_came = false;
    test_run r(pool, 40);
    r.body = [](int) {
        ++inside;
        for (int ms = 0; ms < 5000 && !all_came; ++ms) {
            if (inside == 4) all_came = true;
            weft_test::sleep_ms(1);
        }
        --inside;
    };
    // Each shares before it does something that takes time, as the items of a run do.
    static test_run* current;
    current = &r;
    for (test_run::item& one : r.items)
        one.run = [](work_item* self) noexcept {
            pool_worker& worker = *pool_worker::current();
            worker.pool().share(worker, current);
            current->step(self);
        };
    weft_test::sleep_ms(20);  // the workers sleep by now
    pool.help_until(&r, r.done, {}, [&] {
        for (test_run::item& one : r.items) pool.keep(*pool_worker::current(), one);
    });
    CHECK(all_came);
}
