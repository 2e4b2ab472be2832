// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Endpoints of several threads each, on the loopback network.
#include <weft/cluster/endpoint.hpp>
#include <weft/cluster/loopback.hpp>
#include <weft/core/half.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

using namespace weft;
using namespace std::chrono_literals;

namespace {

const auto soon = [] { return endpoint::clock::now() + 60s; };

class counter final : public message_handler {
public:
    explicit counter(endpoint& through) : through_(through) {}
    std::atomic<int> came{0}, wrong{0}, lost{0}, at_once{0};
    std::string reason;  // of the last loss

private:
    void on_delivery(delivery&& message) override {
        if (at_once.fetch_add(1) != 0) ++wrong;
        for (std::size_t i = 0; i < message.payload.size; ++i)
            if (message.payload.data[i] != std::byte(message.key.edge)) ++wrong;
        // Handlers send: messages of a user's kind go back.
        if (message.key.kind == message_kind::user0) {
            message.key.kind = message_kind::value;
            through_.send(message.from, message.key, std::move(message.payload));
        } else {
            ++came;
        }
        at_once.fetch_sub(1);
    }
    void on_loss(int, const std::string& why) override {
        reason = why;
        ++lost;
    }
    void on_corrupt(int, const message_key&, const std::string&) override { ++wrong; }

    endpoint& through_;
};

message_bytes bytes_of(std::uint32_t edge) {
    const std::size_t sizes[] = {0, 8, 300, 8192, 8193, 20'000};
    return copy_of(std::vector<std::byte>(sizes[edge % 6], std::byte(edge)));
}

}  // namespace

TEST_CASE("threads of several tasks send to each other, and get all back") {
    constexpr int tasks = 3, threads = 2, messages = 60;
    loopback_network network(tasks);
    std::atomic<int> finished{0};
    std::atomic<int> wrong{0};
    const auto task = [&](int rank) {
        endpoint through(network.of(rank), {.memory_budget = 50'000});
        counter got(through);
        through.receive_by(&got);
        through.start_background();
        std::vector<std::thread> senders;
        for (int t = 0; t < threads; ++t)
            senders.emplace_back([&, t] {
                for (std::uint32_t i = 0; i < messages; ++i)
                    for (int to = 0; to < tasks; ++to)
                        through.send(to, {message_kind::user0, 1, std::uint64_t(t), i},
                                     bytes_of(i));
                through.wait([&] { return got.came == tasks * threads * messages; }, soon());
            });
        for (std::thread& sender : senders) sender.join();
        if (got.came != tasks * threads * messages) ++wrong;
        ++finished;
        through.wait([&] { return finished == tasks; }, soon());
        if (!through.flush(soon()) || got.lost != 0) ++wrong;
        wrong += got.wrong;
        through.stop_background();
    };
    std::vector<std::thread> all;
    for (int rank = 0; rank < tasks; ++rank) all.emplace_back(task, rank);
    for (std::thread& one : all) one.join();
    CHECK(wrong == 0);
}

TEST_CASE("a task that is killed is a loss to the others, told or found out") {
    for (const bool tells : {true, false}) {
        loopback_network network(2);
        const endpoint_options options{.heartbeat = 20ms, .dead_after = 200ms};
        endpoint a(network.of(0), options), b(network.of(1), options);
        counter got(a), others(b);
        a.receive_by(&got);
        b.receive_by(&others);
        b.send(0, {message_kind::value, 1, 1, 0}, {});
        b.poll();
        CHECK(a.wait([&] { return got.came == 1; }, soon()));
        network.kill(1, tells);
        CHECK(a.wait([&] { return got.lost == 1; }, soon()));
        CHECK(got.reason.find(tells ? "it was killed" : "last heard 0.2 s ago") !=
              std::string::npos);
        // Bytes for it are dropped, not kept.
        a.send(1, {message_kind::value, 1, 2, 4}, bytes_of(4));
        CHECK(a.flush(soon()));
    }
}

TEST_CASE("waiting ends at its deadline") {
    loopback_network network(1);
    endpoint alone(network.of(0));
    CHECK_FALSE(alone.wait([] { return false; }, endpoint::clock::now() + 20ms));
    CHECK_FALSE(alone.wait([] { return false; }, endpoint::clock::now() - 1s));
    CHECK(alone.wait([] { return true; }, endpoint::clock::now() - 1s));
}

TEST_CASE("what comes before there is a handler is kept") {
    loopback_network network(1);
    endpoint alone(network.of(0));
    alone.send(0, {message_kind::value, 1, 1, 1}, bytes_of(1));
    alone.poll();
    counter got(alone);
    alone.receive_by(&got);
    CHECK(alone.wait([&] { return got.came == 1; }, soon()));
}

TEST_CASE("what a later endpoint sends is kept for the one that comes here") {
    loopback_network network(2);
    endpoint later(network.of(1), {.number = 1});
    const auto move = [&](endpoint& one) {
        for (int i = 0; i < 100; ++i) one.poll(), later.poll();
    };
    {
        endpoint first(network.of(0), {});
        counter got(first);
        first.receive_by(&got);
        for (std::uint32_t edge : {1u, 2u})
            later.send(0, {message_kind::value, 0, 0, edge}, bytes_of(edge));
        // Nor does what it sends reach the later one.
        first.send(1, {message_kind::value, 0, 0, 3}, bytes_of(3));
        move(first);
        CHECK(got.came == 0);
        CHECK(got.lost == 0);
    }
    endpoint second(network.of(0), {.number = 1});
    counter got(second), there(later);
    second.receive_by(&got);
    later.receive_by(&there);
    later.send(0, {message_kind::value, 0, 0, 4}, bytes_of(4));
    move(second);
    CHECK(got.came == 3);
    CHECK(got.wrong == 0);
    CHECK(there.came == 0);
}

TEST_CASE("collective operations of a part of the tasks") {
    loopback_network network(3);
    endpoint a(network.of(0)), b(network.of(2));
    const std::vector<int> members{0, 2};
    const int of_a = a.group(members), of_b = b.group(members);
    const auto reduced = [&](auto x, auto y, reduce_type type, reduce_op op) {
        auto sum = x, other = x;
        const auto first = a.all_reduce(of_a, type, op, &x, &sum, 1);
        const auto second = b.all_reduce(of_b, type, op, &y, &other, 1);
        CHECK(a.wait([&] { return a.done(first); }, soon()));
        CHECK(b.wait([&] { return b.done(second); }, soon()));
        CHECK(std::memcmp(&sum, &other, sizeof sum) == 0);
        return sum;
    };
    CHECK(reduced(1.5f, 2.0f, reduce_type::f32, reduce_op::sum) == 3.5f);
    CHECK(reduced(1.5, 2.0, reduce_type::f64, reduce_op::prod) == 3.0);
    CHECK(reduced(std::int32_t{-5}, std::int32_t{4}, reduce_type::i32, reduce_op::min) == -5);
    CHECK(reduced(std::int8_t{100}, std::int8_t{100}, reduce_type::i8, reduce_op::sum) == -56);
    CHECK(reduced(std::uint64_t{3}, std::uint64_t{9}, reduce_type::u64, reduce_op::max) == 9);
    CHECK(float(reduced(half(1.5f), half(2.0f), reduce_type::f16, reduce_op::sum)) == 3.5f);
    CHECK(float(reduced(bfloat16(1.5f), bfloat16(2.0f), reduce_type::bf16, reduce_op::max)) == 2.f);

    const int x = 10, y = 20;
    int all[2] = {}, others[2] = {};
    const auto first = a.all_gather(of_a, &x, all, sizeof x);
    CHECK(a.state(first) == collective_state::pending);
    const auto second = b.all_gather(of_b, &y, others, sizeof y);
    CHECK(a.wait([&] { return a.done(first); }, soon()));
    CHECK(b.wait([&] { return b.done(second); }, soon()));
    CHECK((all[0] == 10 && all[1] == 20 && others[0] == 10 && others[1] == 20));
}

TEST_CASE("a collective operation fails with a member") {
    loopback_network network(2);
    endpoint a(network.of(0));
    counter got(a);
    a.receive_by(&got);
    const std::vector<int> members{0, 1};
    const int group = a.group(members);
    const auto memory = std::make_shared<std::vector<float>>(10);
    const auto token = a.all_reduce(group, reduce_type::f32, reduce_op::sum, memory->data(),
                                    memory->data(), 10, memory);
    network.kill(1);
    CHECK(a.wait([&] { return a.done(token); }, soon()));
    CHECK(a.state(token) == collective_state::failed);
    CHECK(memory.use_count() == 2);  // the engine may still write
    network.kill(0);
}
