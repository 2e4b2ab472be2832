// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A thousand steps allocate nothing, neither with operator new nor on a device, once the first few
// have run: a run measures its steps in the first, the fourth and each 1024th run, and may then
// choose another way of sharing them.
#include <weft/weft.hpp>

#include "allocation_counter.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <thread>

using namespace weft;

namespace {

struct counts {
    std::size_t on_heap = 0;
    std::uint64_t on_devices = 0;
};

std::uint64_t device_allocations(const session& s) {
    std::uint64_t all = 0;
    for (const device_info& info : s.devices()) all += s.memory(info.name.to_string()).allocations;
    return all;
}
template <class Step>
counts of_a_thousand(const session& s, Step step) {
    // Twice the first four: a plan that turns out to be worth sharing is laid out once more.
    for (int i = 0; i < 8; ++i) step();
    const std::uint64_t on_devices = device_allocations(s);
    const std::size_t on_heap = weft_test::allocations_so_far();
    for (int i = 0; i < 1000; ++i) step();
    const std::size_t after = weft_test::allocations_so_far();
    return {after - on_heap, device_allocations(s) - on_devices};
}

using batch = tensor<float, 16, 8>;
using weights = tensor<float, 8, 4>;

// Linear regression, written out: prediction, loss, gradient, update.
struct training {
    graph g;
    node<batch> x = g.placeholder<batch>("x");
    node<tensor<float, 16, 4>> y = g.placeholder<tensor<float, 16, 4>>("y");
    variable<weights> w = make_variable();
    node<tensor<float>> loss;
    node<void> update;

    training(const char* forward, const char* backward)
        : loss(g.constant(0.0f)), update(g.call([] {})) {
        const auto place = [&](const char* device, auto make) {
            device_scope pin{g, device};
            return make();
        };
        const auto difference = place(forward, [&] { return node(matmul(x, w) - y); });
        loss = place(forward, [&] {
            return node<tensor<float>>(node(sum(difference * difference)));
        });
        const auto gradient =
            place(backward, [&] { return node(matmul(transpose(x), difference) * 0.001f); });
        update = w.assign_sub(gradient);
    }

private:
    variable<weights> make_variable() { return g.variable(weights{}, "w"); }
};

counts of_training(const char* forward, const char* backward, session_options options) {
    training t(forward, backward);
    session s{t.g, std::move(options)};
    s.initialize();
    auto step = s.make_callable(feeds(t.x, t.y), fetches(t.loss, t.update));
    batch x{};
    for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = float(i % 7) - 3;
    tensor<float, 16, 4> y{};
    for (float& e : y) e = 1;
    float first = 0, last = 0;
    const counts found = of_a_thousand(s, [&] {
        last = std::get<0>(step(x, y));
        if (first == 0) first = last;
    });
    CHECK(last < first);
    return found;
}

}  // namespace

TEST_CASE("a training step on the CPU allocates nothing") {
    for (int threads : {-1, 1, 3}) {
        CAPTURE(threads);
        const counts found =
            of_training("/cpu:0", "/cpu:0",
                        {.inter_op_parallelism_threads = threads, .use_per_session_threads = true});
        CHECK(found.on_heap == 0);
        CHECK(found.on_devices == 0);
    }
}

TEST_CASE("a training step on two GPUs allocates nothing") {
    for (int threads : {-1, 1, 2}) {
        CAPTURE(threads);
        const counts found = of_training("/gpu:0", "/gpu:1",
                                         {.inter_op_parallelism_threads = threads,
                                          .use_per_session_threads = true,
                                          .emulated_gpus = 2});
        CHECK(found.on_heap == 0);
        CHECK(found.on_devices == 0);
    }
}

TEST_CASE("a plan of callables that run side by side allocates nothing") {
    graph g;
    const auto x = g.placeholder<tensor<float>>("x");
    std::atomic<int> running{0};
    std::atomic<bool> meet{true};
    // In the first runs each waits until all have begun, so that everything that as many threads
    // need is there; not for ever, since nobody has promised that many.
    const auto part = [&](float f) {
        ++running;
        const auto give_up = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
        while (meet && running < 3 && std::chrono::steady_clock::now() < give_up)
            std::this_thread::yield();
        return tensor<float>{f + 1};
    };
    const auto a = call(part, x), b = call(part, x), c = call(part, x);
    node z = a + b * c;
    session s{g, {.inter_op_parallelism_threads = 3, .use_per_session_threads = true}};
    auto step = s.make_callable(feeds(x), fetches(z));
    for (int i = 0; i < 4; ++i) {
        running = 0;
        step(1.0f);
    }
    meet = false;
    int wrong = 0;
    const counts found = of_a_thousand(s, [&] { wrong += step(2.0f) != 12.0f; });
    CHECK(wrong == 0);
    CHECK(found.on_heap == 0);
    CHECK(found.on_devices == 0);
}
