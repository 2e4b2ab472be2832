// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The deque alone, and with its owner and three thieves. What the stress test checks are these
// pairs: push()'s store of bottom_ with steal()'s load of it (an item's fields, written before the
// push, are seen by the thief; they are plain so that TSan would tell); steal()'s exchange of top_
// with push()'s load of it (a slot is not written again before its last reader has done); and the
// total order of pop()'s store of bottom_ and load of top_ with steal()'s two accesses (the last
// item has one taker).
#include <weft/runtime/work_deque.hpp>

#include <doctest/doctest.h>

#include <random>
#include <thread>
#include <vector>

using namespace weft;

namespace {

struct counted_item : work_item {
    int written = 0;  // before it is pushed
    int taken = 0;    // by who took it
};

std::vector<work_item*> pointers(std::vector<counted_item>& items) {
    std::vector<work_item*> out;
    for (counted_item& item : items) out.push_back(&item);
    return out;
}

void take(work_item* item, std::atomic<int>& wrong, std::atomic<int>& taken) {
    auto* const one = static_cast<counted_item*>(item);
    if (one->written != 1 || one->taken++ != 0) wrong.fetch_add(1, std::memory_order_relaxed);
    taken.fetch_add(1, std::memory_order_relaxed);
}

// Items of two owners; thieves ask for one owner's, for the other's, and for anybody's.
void race(bool filtered) {
    constexpr int rounds = 20'000;
    const int owners[2] = {};
    work_deque deque;
    std::vector<counted_item> items(rounds);
    std::atomic<int> wrong{0}, taken{0};
    {
        std::vector<std::jthread> thieves;
        for (int t = 0; t < 3; ++t)
            thieves.emplace_back([&, t] {
                const void* const wanted = filtered && t < 2 ? &owners[t] : nullptr;
                while (taken.load(std::memory_order_relaxed) < rounds) {
                    work_item* const item = deque.steal(wanted);
                    if (item == nullptr) {
                        std::this_thread::yield();
                        continue;
                    }
                    if (wanted != nullptr && item->owner != wanted) wrong.fetch_add(1);
                    take(item, wrong, taken);
                }
            });
        std::mt19937 random(11);
        for (std::size_t next = 0; next < items.size();) {
            work_item* batch[7];
            std::size_t n = 0;
            while (n < 1 + random() % 7 && next + n < items.size()) {
                counted_item& item = items[next + n];
                item.owner = &owners[random() % 2];
                item.written = 1;
                batch[n++] = &item;
            }
            next += deque.push(batch, n);
            // Often down to the last item, which is where owner and thief meet.
            for (std::size_t i = random() % 9; i > 0; --i)
                if (work_item* item = deque.pop()) take(item, wrong, taken);
        }
        while (work_item* item = deque.pop()) take(item, wrong, taken);
    }
    CHECK(wrong == 0);
    CHECK(taken == rounds);
    CHECK(deque.empty());
    for (const counted_item& item : items) REQUIRE(item.taken == 1);
}

}  // namespace

TEST_CASE("the owner pops what it pushed last, thieves steal what it pushed first") {
    work_deque deque;
    std::vector<counted_item> items(5);
    CHECK(deque.empty());
    CHECK(deque.pop() == nullptr);
    CHECK(deque.steal() == nullptr);
    CHECK(deque.push(pointers(items).data(), 5) == 5);
    CHECK_FALSE(deque.empty());
    CHECK(deque.pop() == &items[4]);
    CHECK(deque.steal() == &items[0]);
    CHECK(deque.steal() == &items[1]);
    CHECK(deque.pop() == &items[3]);
    CHECK(deque.pop() == &items[2]);
    CHECK(deque.pop() == nullptr);
    CHECK(deque.empty());
}

TEST_CASE("a thief gets the items of the owner it asks for, and only from the top") {
    work_deque deque;
    const int owners[2] = {};
    std::vector<counted_item> items(3);
    items[0].owner = &owners[0];
    items[1].owner = items[2].owner = &owners[1];
    CHECK_FALSE(deque.offers(&owners[0]));
    deque.push(pointers(items).data(), 3);
    CHECK(deque.offers(&owners[0]));
    CHECK_FALSE(deque.offers(&owners[1]));
    CHECK(deque.steal(&owners[1]) == nullptr);
    CHECK(deque.steal(&owners[0]) == &items[0]);
    CHECK(deque.offers(&owners[1]));
    CHECK(deque.steal(&owners[0]) == nullptr);
    CHECK(deque.steal(&owners[1]) == &items[1]);
    CHECK(deque.steal() == &items[2]);
}

TEST_CASE("what does not fit stays with the worker; slots are used again, round and round") {
    work_deque deque;
    std::vector<counted_item> items(work_deque::capacity + 10);
    const auto all = pointers(items);
    CHECK(deque.push(all.data(), all.size()) == work_deque::capacity);
    CHECK(deque.push(all.data(), 1) == 0);
    CHECK(deque.steal() == &items[0]);
    CHECK(deque.push(all.data(), 3) == 1);
    while (deque.pop() != nullptr) {
    }
    for (int round = 0; round < 10; ++round) {
        CHECK(deque.push(all.data(), 300) == 300);
        for (std::size_t i = 0; i < 300; ++i) REQUIRE(deque.steal() == &items[i]);
    }
    CHECK(deque.empty());
}

TEST_CASE("an owner and three thieves take every item once") { race(false); }
TEST_CASE("an owner and three thieves that ask for owners take every item once") { race(true); }
