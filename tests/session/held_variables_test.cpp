// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Variables that are read and written as a whole beside runs: one state is seen, all of it changes
// or nothing, wherever the values are.
#include <weft/session/held_variables.hpp>
#include <weft/weft.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>

#include <atomic>
#include <thread>

using namespace weft;
using weft_test::error_of;
using use = held_variables::use;

namespace {

using row = tensor<float, 4096>;

row filled_row(float with) {
    row out;
    for (float& element : out) element = with;
    return out;
}
row value_of(const held_variables& held, std::size_t i) {
    row out;
    held.copy_out(i, 0, out.data(), 100);
    held.copy_out(i, 100, reinterpret_cast<char*>(out.data()) + 100,
                  sizeof(row::value_type) * 4096 - 100);
    return out;
}

// Variables on two GPUs and on the CPU, and a node that adds 1 to all of them.
struct three_places {
    graph g;
    weft::variable<row> a = at("/gpu:0", "a"), b = at("/gpu:1", "b"), c = at("/cpu:0", "c");
    node<void> more = group(a.assign_add(1.0f), b.assign_add(1.0f), c.assign_add(1.0f));
    std::vector<node_id> ids{a.id(), b.id(), c.id()};

    weft::variable<row> at(const char* device, const char* name) {
        device_scope pin{g, device};
        return g.variable(zeros<float, 4096>(), name);
    }
};

}  // namespace

TEST_CASE("beside runs that write and read, every state is one of all variables") {
    three_places t;
    session s{t.g, {.emulated_gpus = 2}};
    s.initialize();
    constexpr int runs = 60;
    std::atomic<int> wrong{0};
    std::vector<std::jthread> threads;
    for (int i = 0; i < 2; ++i)
        threads.emplace_back([&] {
            for (int k = 0; k < runs; ++k) s.run(t.more);
        });
    threads.emplace_back([&] {
        for (int k = 0; k < runs; ++k) {
            const auto [x, y, z] = s.run(t.a, t.b, t.c);
            wrong += !(x == y && y == z && x == filled_row(x[0]));
        }
    });
    threads.emplace_back([&] {
        float before = 0;
        for (int k = 0; k < runs; ++k) {
            const held_variables held(s.core(), t.ids, use::read);
            const row x = value_of(held, 0);
            wrong += !(x == value_of(held, 1) && x == value_of(held, 2));
            wrong += !(x == filled_row(x[0])) || x[0] < before;
            before = x[0];
        }
    });
    threads.clear();
    CHECK(wrong == 0);
    CHECK(s.run(t.b) == filled_row(2 * runs));
}

TEST_CASE("a run sees all of the values that were given together") {
    three_places t;
    session s{t.g, {.emulated_gpus = 2}};
    s.initialize();
    std::atomic<int> wrong{0}, reading{2};
    std::vector<std::jthread> threads;
    for (int i = 0; i < 2; ++i)
        threads.emplace_back([&] {
            for (int k = 0; k < 60; ++k) {
                const auto [x, y, z] = s.run(t.a, t.b, t.c);
                wrong += !(x == y && y == z);
            }
            --reading;
        });
    threads.emplace_back([&] {
        for (float k = 0; reading > 0; ++k) {
            const row next = filled_row(k);
            const variable_contents contents{next.shape(), next.data()};
            held_variables(s.core(), t.ids, use::write).assign(std::vector(3, contents));
        }
    });
    threads.clear();
    CHECK(wrong == 0);
}

TEST_CASE("waiting ends with the time limit, or when it is stopped") {
    three_places t;
    session s{t.g, {.emulated_gpus = 2}};
    s.initialize();
    const held_variables reads(s.core(), t.ids, use::read);
    CHECK(held_variables(s.core(), t.ids, use::read).size() == 3);
    using namespace std::chrono_literals;
    auto e = error_of([&] { held_variables(s.core(), t.ids, use::write, {.timeout = 5ms}); });
    CHECK(e.code == errc::deadline_exceeded);
    CHECK(e.says("stopped while waiting for variables that a run holds"));
    std::stop_source stop;
    stop.request_stop();
    e = error_of([&] { held_variables(s.core(), t.ids, use::write, {.stop = stop.get_token()}); });
    CHECK(e.code == errc::cancelled);
    CHECK(s.run(t.a) == row{});
}

TEST_CASE("variables without a value get one, and are where their initializers have them") {
    three_places t, other;
    session s{t.g, {.emulated_gpus = 2}}, as_usual{other.g, {.emulated_gpus = 2}};
    as_usual.initialize();
    {
        held_variables held(s.core(), t.ids, use::write);
        for (std::size_t i = 0; i < 3; ++i) CHECK_FALSE(held.has_value(i));
        const row next = filled_row(7);
        const variable_contents contents{next.shape(), next.data()};
        held.assign(std::vector(3, contents));
        for (std::size_t i = 0; i < 3; ++i) CHECK(held.has_value(i));
        CHECK(held.host_data(0) == nullptr);
        CHECK(held.host_data(2) != nullptr);
        CHECK(held.bytes(1) == 16384);
    }
    s.run(t.more);
    const auto [a, b, c] = s.run(t.a, t.b, t.c);
    CHECK(a == filled_row(8));
    CHECK(b == filled_row(8));
    CHECK(c == filled_row(8));
    CHECK(s.device_of(t.a) == as_usual.device_of(other.a));
    CHECK(s.device_of(t.b) == as_usual.device_of(other.b));
    CHECK(s.device_of(t.c) == as_usual.device_of(other.c));
}

TEST_CASE("a variable takes another length, and runs that knew the old one follow") {
    for (const char* device : {"/cpu:0", "/gpu:0"}) {
        graph g;
        device_scope pin{g, device};
        const auto v = g.variable(g.constant(tensor<float, dyn>{1, 2, 3}), "v");
        node twice = v * 2.0f;
        const auto add = v.assign_add(v);
        session s{g, {.emulated_gpus = 1}};
        s.initialize();
        CHECK(s.run(twice) == tensor<float, dyn>{2, 4, 6});
        s.run(add);
        const node_id id = v.id();
        for (int k = 0; k < 2; ++k) {
            const tensor<float, dyn> next = k == 0 ? tensor<float, dyn>{5} : tensor<float, dyn>{};
            const variable_contents contents{next.shape(), next.data()};
            held_variables(s.core(), {&id, 1}, use::write).assign({&contents, 1});
            CHECK(s.run(twice).size() == next.size());
            s.run(add);
            CHECK(s.run(v) == (k == 0 ? tensor<float, dyn>{10} : next));
        }
    }
}

TEST_CASE("without memory nothing changes; what idle runs keep is freed for it") {
    graph g;
    const auto a = [&] {
        device_scope pin{g, "/cpu:0"};
        return g.variable(filled_row(1), "a");
    }();
    device_scope pin{g, "/gpu:0"};
    const auto large = g.variable(zeros<float, 1024>(), "large");
    const auto x = g.placeholder<tensor<float, dyn>>("x");
    node y = sqrt(x * 2.0f);
    const std::vector<node_id> ids{a.id(), large.id()};
    const row next = filled_row(2);
    const auto full = tensor<float, 1024>::zeros({1024});
    const variable_contents contents[] = {{next.shape(), next.data()}, {full.shape(), full.data()}};

    session tight{g, {.emulated_gpus = 1, .memory_limit = {{"/gpu:0", 2048}}}};
    tight.run(a.initializer());
    const auto e =
        error_of([&] { held_variables(tight.core(), ids, use::write).assign(contents); });
    CHECK(e.code == errc::resource_exhausted);
    CHECK(e.node == "large");
    CHECK(e.says("4096 bytes requested"));
    CHECK(tight.memory("/gpu:0").in_use == 0);
    CHECK(tight.run(a) == filled_row(1));
    CHECK(error_of([&] { tight.run(large); }).says("uninitialized value 'large'"));

    session enough{g, {.emulated_gpus = 1, .memory_limit = {{"/gpu:0", 8192}}}};
    enough.run({feed(x, tensor<float, dyn>::zeros({1200}))}, y);
    CHECK(enough.memory("/gpu:0").in_use > 4096);
    held_variables(enough.core(), ids, use::write).assign(contents);
    CHECK(enough.run(a) == next);
    CHECK(enough.run(large) == full);
}

TEST_CASE("where a device is lost while values are overwritten, no variable has a value") {
    three_places t;
    session s{t.g, {.emulated_gpus = 2, .emulation = {{"/gpu:1", {.lost_from = 2}}}}};
    s.initialize();
    s.run(t.more);
    CHECK(error_of([&] { s.run(t.more); }).code == errc::unavailable);
    const row next = filled_row(2);
    const std::vector<variable_contents> contents(3, {next.shape(), next.data()});
    auto e =
        error_of([&] { held_variables(s.core(), t.ids, use::read).copy_out(1, 0, nullptr, 0); });
    CHECK(e.code == errc::unavailable);
    CHECK(e.node == "b");
    e = error_of([&] { held_variables(s.core(), t.ids, use::write).assign(contents); });
    CHECK(e.code == errc::unavailable);
    CHECK(e.node == "b");
    CHECK(e.says("gpu:1 is lost"));
    CHECK(error_of([&] { s.run(t.a); }).says("uninitialized value 'a'"));
    CHECK(error_of([&] { s.run(t.c); }).says("uninitialized value 'c'"));
    // Those that the lost device does not have can be given others.
    const std::vector<node_id> healthy{t.a.id(), t.c.id()};
    held_variables(s.core(), healthy, use::write).assign(std::span(contents).first(2));
    CHECK(s.run(t.a) == next);
    CHECK(s.run(t.c) == next);
}
