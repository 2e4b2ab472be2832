// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/runtime/inter_op_pool.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <vector>

using namespace weft;

namespace {

struct worker_of_pool {
    inter_op_pool pool{0};
    std::unique_ptr<pool_worker> worker = std::make_unique<pool_worker>(pool);
};

}  // namespace

TEST_CASE("a worker takes what it kept last") {
    worker_of_pool w;
    work_item items[3];
    CHECK(w.worker->take() == nullptr);
    for (work_item& item : items) CHECK(w.worker->keep(item));
    CHECK(w.worker->has_private());
    CHECK(w.worker->top() == &items[2]);
    CHECK(w.worker->take() == &items[2]);
    CHECK(w.worker->take() == &items[1]);
    CHECK(w.worker->take() == &items[0]);
    CHECK_FALSE(w.worker->has_private());
    CHECK(w.worker->top() == nullptr);
    CHECK(w.worker->take() == nullptr);
}

TEST_CASE("the oldest half can be stolen once it is exposed, and is taken back last") {
    worker_of_pool w;
    work_item items[5];
    for (work_item& item : items) w.worker->keep(item);
    CHECK(w.worker->deque().steal() == nullptr);
    CHECK(w.worker->expose());
    CHECK(w.worker->deque().steal() == &items[0]);
    CHECK(w.worker->top() == &items[4]);
    CHECK(w.worker->take() == &items[4]);
    CHECK(w.worker->take() == &items[3]);
    CHECK_FALSE(w.worker->has_private());
    CHECK(w.worker->take() == &items[2]);
    CHECK(w.worker->take() == &items[1]);
    CHECK(w.worker->take() == nullptr);
    // From the beginning again.
    CHECK(w.worker->keep(items[0]));
    CHECK(w.worker->expose());
    CHECK_FALSE(w.worker->has_private());
    CHECK(w.worker->deque().steal() == &items[0]);
}

TEST_CASE("a full worker refuses; room that exposing has made is used") {
    worker_of_pool w;
    std::vector<work_item> items(2000);
    std::size_t kept = 0;
    while (w.worker->keep(items[kept])) ++kept;
    CHECK(kept == 1024);
    CHECK(w.worker->expose());
    const std::size_t first_refused = kept;
    while (w.worker->keep(items[kept])) ++kept;
    CHECK(kept == first_refused + 256);
    // Nothing is lost, and nothing comes twice.
    std::vector<int> seen(items.size(), 0);
    while (work_item* item = w.worker->take()) ++seen[std::size_t(item - items.data())];
    for (std::size_t i = 0; i < items.size(); ++i) REQUIRE(seen[i] == (i < kept ? 1 : 0));
}

TEST_CASE("the current worker is the thread's own") {
    worker_of_pool w;
    CHECK(pool_worker::current() == nullptr);
    CHECK(pool_worker::enter(w.worker.get()) == nullptr);
    CHECK(pool_worker::current() == w.worker.get());
    CHECK(&pool_worker::current()->pool() == &w.pool);
    CHECK(pool_worker::enter(nullptr) == w.worker.get());
    CHECK(pool_worker::current() == nullptr);
}
