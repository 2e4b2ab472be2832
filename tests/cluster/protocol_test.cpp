// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Single rules of the protocol, between two tasks on a network without faults.
#include <weft/cluster/protocol_driver.hpp>
#include <weft/cluster/simulated_network.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace weft;

namespace {

constexpr std::int64_t ms = 1'000'000;

message_bytes bytes_of(std::size_t size) {
    return copy_of(std::vector<std::byte>(size, std::byte{5}));
}
message_key key_of(std::uint64_t step, std::uint32_t edge) {
    return {message_kind::value, 1, step, edge};
}

protocol_options options_of(int self, std::uint64_t incarnation) {
    protocol_options options;
    options.self = self;
    options.incarnation = incarnation;
    options.heartbeat = 100 * ms;
    options.dead_after = 400 * ms;
    options.eager_bytes = 64;
    options.eager_credits = 8;
    options.transfers_per_peer = 2;
    options.memory_budget = 1000;
    return options;
}

// Two tasks; `run` until nothing happens within `patience`.
struct two {
    simulated_network network{2, 1, {}};
    protocol_driver a{network.of(0), options_of(0, 11), 0};
    protocol_driver b{network.of(1), options_of(1, 12), 0};

    two() {
        a.state().on_tick(1);
        b.state().on_tick(1);
    }
    void run(std::int64_t patience = 10 * ms) {
        const std::int64_t end = network.now() + patience;
        while (network.next_event() <= end) (network.take_event() == 0 ? a : b).poll();
    }
    // Passes time, with ticks.
    void pass(std::int64_t time) {
        for (const std::int64_t end = network.now() + time; network.now() < end;) {
            run(10 * ms);
            network.pass_until(network.now() + 10 * ms);
            a.state().on_tick(network.now());
            b.state().on_tick(network.now());
        }
    }
    std::vector<std::uint32_t> edges() {
        std::vector<std::uint32_t> out;
        for (const arrival& next : b.arrivals())
            if (next.what == arrival::message) out.push_back(next.of.key.edge);
        b.arrivals().clear();
        return out;
    }
    int count(const protocol_driver& of, std::string_view reason) {
        int n = 0;
        for (const arrival& next : const_cast<protocol_driver&>(of).arrivals())
            n += next.reason.find(reason) != next.reason.npos;
        return n;
    }
};

}  // namespace

TEST_CASE("the lowest step and edge of what waits goes first") {
    two tasks;
    for (std::uint32_t edge : {5u, 4u, 3u, 2u, 1u})
        tasks.a.state().on_send(1, key_of(1, edge), bytes_of(900));
    tasks.a.state().on_send(1, key_of(0, 9), bytes_of(900));
    tasks.run();
    // The first two are requested as they come.
    CHECK(tasks.edges() == std::vector<std::uint32_t>{5, 4, 9, 1, 2, 3});
    CHECK(tasks.b.state().statistics().most_memory == 900);
    CHECK(tasks.a.is_idle());
    CHECK(tasks.b.is_idle());
}

TEST_CASE("small messages pass large ones, which go two at a time") {
    two tasks;
    for (std::uint32_t edge = 1; edge <= 4; ++edge)
        tasks.a.state().on_send(1, key_of(1, edge), bytes_of(400));
    tasks.a.state().on_send(1, key_of(1, 9), bytes_of(64));
    tasks.run();
    CHECK(tasks.edges() == std::vector<std::uint32_t>{9, 1, 2, 3, 4});
    CHECK(tasks.b.state().statistics().most_memory == 800);
}

TEST_CASE("a message larger than the budget comes alone") {
    two tasks;
    tasks.a.state().on_send(1, key_of(1, 1), bytes_of(5000));
    tasks.a.state().on_send(1, key_of(1, 2), bytes_of(65));
    tasks.run();
    CHECK(tasks.edges().size() == 2);
    CHECK(tasks.b.state().statistics().most_memory == 5000);
}

TEST_CASE("what is sent ahead is bounded, and nothing is left behind") {
    two tasks;
    for (std::uint32_t edge = 0; edge < 100; ++edge)
        tasks.a.state().on_send(1, key_of(1, edge), bytes_of(8));
    CHECK_FALSE(tasks.a.is_idle());
    tasks.run();
    CHECK(tasks.edges().size() == 100);
    CHECK(tasks.a.is_idle());
}

TEST_CASE("of a closed step nothing is delivered, and its sender is not left waiting") {
    two tasks;
    tasks.b.state().on_close_step(1, 7);
    tasks.a.state().on_send(1, key_of(7, 1), bytes_of(8));
    tasks.a.state().on_send(1, key_of(7, 2), bytes_of(800));
    tasks.a.state().on_send(1, key_of(8, 3), bytes_of(8));
    tasks.run();
    CHECK(tasks.edges() == std::vector<std::uint32_t>{3});
    CHECK(tasks.b.state().statistics().late == 2);
    CHECK(tasks.a.state().statistics().refused == 1);
    CHECK(tasks.a.is_idle());
}

TEST_CASE("requests that wait when their step is closed are refused") {
    two tasks;
    tasks.a.state().on_send(1, key_of(7, 1), bytes_of(900));
    tasks.a.state().on_send(1, key_of(7, 2), bytes_of(900));
    while (tasks.b.state().is_idle()) (tasks.network.take_event() == 0 ? tasks.a : tasks.b).poll();
    tasks.b.state().on_close_step(1, 7);
    tasks.run();
    CHECK(tasks.edges().empty());
    CHECK(tasks.a.is_idle());
    CHECK(tasks.b.is_idle());
}

TEST_CASE("frames of another process are dropped") {
    two tasks;
    tasks.a.state().on_send(1, key_of(1, 1), bytes_of(8));
    tasks.run();
    protocol_driver again(tasks.network.of(0), options_of(0, 13), 0);
    again.state().on_send(1, key_of(1, 2), bytes_of(8));
    tasks.run();
    CHECK(tasks.edges() == std::vector<std::uint32_t>{1});
    CHECK(tasks.b.state().statistics().stale == 1);
}

TEST_CASE("silence is a loss, told once, and messages to the lost are dropped") {
    two tasks;
    tasks.a.state().on_send(1, key_of(1, 1), bytes_of(8));
    tasks.pass(300 * ms);
    CHECK(tasks.count(tasks.a, "") == 0);
    tasks.network.kill(1, false);
    tasks.pass(700 * ms);
    CHECK(tasks.count(tasks.a, "last heard 0.") == 1);
    CHECK(tasks.a.state().is_down(1));
    tasks.a.state().on_send(1, key_of(1, 2), bytes_of(8));
    CHECK(tasks.a.state().statistics().to_lost == 1);
    tasks.pass(700 * ms);
    CHECK(tasks.count(tasks.a, "") == 1);
}

TEST_CASE("a process that did not run itself blames nobody") {
    two tasks;
    tasks.a.state().on_send(1, key_of(1, 1), bytes_of(8));
    tasks.pass(200 * ms);
    tasks.network.pass_until(tasks.network.now() + 5000 * ms);
    tasks.a.state().on_tick(tasks.network.now());
    tasks.a.state().on_tick(tasks.network.now() + 60 * ms);
    CHECK(tasks.count(tasks.a, "last heard") == 0);
}

TEST_CASE("a peer that never starts is a loss, too") {
    two tasks;
    tasks.network.kill(1, false);
    tasks.a.state().watch(1);
    for (int i = 0; i < 700; ++i) {
        tasks.network.pass_until(tasks.network.now() + 100 * ms);
        tasks.a.state().on_tick(tasks.network.now());
    }
    CHECK(tasks.count(tasks.a, "it did not start within 60") == 1);
}

TEST_CASE("a task sends to itself") {
    two tasks;
    tasks.b.state().on_send(1, key_of(1, 4), bytes_of(3000));
    CHECK(tasks.edges() == std::vector<std::uint32_t>{4});
}

TEST_CASE("an idle peer takes less than 1 KiB") { CHECK(sizeof(protocol_peer) < 1024 - 64); }
