// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#include <weft/runtime/waiting_caller.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

using namespace weft;

TEST_CASE("a caller that was signalled before it sleeps does not sleep, once") {
    const int run = 0;
    waiting_caller caller(&run);
    CHECK(caller.owner() == &run);
    caller.signal();
    caller.signal();
    caller.sleep();  // both signals are this one
    std::atomic<bool> woken{false};
    std::jthread sleeper([&] {
        caller.sleep();
        woken = true;
    });
    CHECK_FALSE(woken);
    caller.signal();
    sleeper.join();
    CHECK(woken);
}

TEST_CASE("a list signals the callers of a run, and only those; links leave in any order") {
    const int runs[2] = {};
    waiting_caller a(&runs[0]), b(&runs[1]), c(&runs[0]);
    caller_list::link links[] = {{&a}, {&b}, {&c}};
    caller_list list;
    CHECK(list.empty());
    for (caller_list::link& link : links) list.attach(link);
    list.signal(&runs[0]);
    a.sleep();
    c.sleep();
    list.signal(&runs[1]);
    b.sleep();
    list.detach(links[1]);
    list.signal(&runs[1]);  // nobody
    list.detach(links[2]);
    list.signal(&runs[0]);
    a.sleep();
    list.detach(links[0]);
    CHECK(list.empty());
}

TEST_CASE("signals and sleeps of two threads are never lost") {
    const int run = 0;
    waiting_caller ping(&run), pong(&run);
    int shared = 0;  // handed from one to the other
    std::jthread other([&] {
        for (int i = 0; i < 2000; ++i) {
            ping.sleep();
            ++shared;
            pong.signal();
        }
    });
    for (int i = 0; i < 2000; ++i) {
        ++shared;
        ping.signal();
        pong.sleep();
    }
    other.join();
    CHECK(shared == 4000);
}
