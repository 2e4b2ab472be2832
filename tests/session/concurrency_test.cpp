// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Many threads and one session: updates of a variable add up, runs do not see each other's values,
// errors and stops of one run are no other's.
#include <weft/weft.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>

#include <algorithm>
#include <thread>

using namespace weft;
using weft_test::error_of;

namespace {

// Calls f(i) in `n` threads at the same time. Failed checks of other threads are counted by f.
template <class F>
void in_threads(int n, F f) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < n; ++i) threads.emplace_back([&, i] { f(i); });
}

}  // namespace

TEST_CASE("additions of 8 threads add up") {
    for (int gpus : {0, 1}) {
        graph g;
        const auto v = g.variable(0.0f, "v");
        const auto w = g.variable(tensor<float, 3>{}, "w");
        const auto x = g.placeholder<tensor<float>>("x");
        const auto add = v.assign_add(x), both = w.assign_add(x);
        session s{g,
                  {.inter_op_parallelism_threads = 2,
                   .use_per_session_threads = true,
                   .emulated_gpus = gpus}};
        s.initialize();
        const int rounds = gpus > 0 ? 250 : 1000;
        auto step = s.make_callable(feeds(x), fetches(add));
        in_threads(8, [&](int i) {
            for (int k = 0; k < rounds; ++k) {
                if (i % 2 == 0)
                    step(1.0f);
                else
                    s.run({feed(x, 1.0f)}, add, both);
            }
        });
        CHECK(s.run(v) == float(8 * rounds));
        CHECK(s.run(w) ==
              tensor<float, 3>{float(4 * rounds), float(4 * rounds), float(4 * rounds)});
    }
}

TEST_CASE("readers see all of a write or nothing of it, and never an older value") {
    graph g;
    const auto v = g.variable(tensor<float, 5000>{}, "v");
    const auto add = v.assign_add(1.0f);
    node low = min(v);
    node high = max(v);
    session s{g, {.inter_op_parallelism_threads = 2, .use_per_session_threads = true}};
    s.initialize();
    std::atomic<int> wrong{0};
    in_threads(6, [&](int i) {
        float last = 0;
        for (int k = 0; k < 100; ++k) {
            if (i < 2) {
                s.run(add);
                continue;
            }
            const auto [a, b] = s.run(low, high);
            wrong += float(a) != float(b) || float(a) < last;
            last = a;
        }
    });
    CHECK(wrong == 0);
    CHECK(s.run(low) == 200.0f);
}

TEST_CASE("runs with different feeds and shapes do not see each other") {
    graph g;
    const auto x = g.placeholder<tensor<float, dyn>>("x");
    node a = x * 2.0f;
    node b = call(
        [](tensor_view<const float, dyn> t) {
            return tensor<float, dyn>::copy_of(t.data(), t.shape());
        },
        a);
    node c = b + a;
    node total = sum(on<gpu>(c));
    session s{
        g,
        {.inter_op_parallelism_threads = 3, .use_per_session_threads = true, .emulated_gpus = 1}};
    std::atomic<int> wrong{0};
    in_threads(8, [&](int i) {
        for (int k = 0; k < 60; ++k) {
            const std::size_t n = std::size_t(1 + (i * 37 + k * 11) % 500);
            auto in = tensor<float, dyn>::zeros({n});
            std::fill(in.begin(), in.end(), float(i + 1));
            const auto [out, t] = s.run({feed(x, in)}, c, total);
            wrong += out.size() != n || t != 4.0f * float(i + 1) * float(n);
            wrong += std::count(out.begin(), out.end(), 4.0f * float(i + 1)) != std::ptrdiff_t(n);
        }
    });
    CHECK(wrong == 0);
}

TEST_CASE("plans are made by many threads at once") {
    graph g;
    std::vector<node<tensor<float>>> chain{node(g.constant(1.0f))};
    for (int i = 0; i < 40; ++i) chain.push_back(node(chain.back() + 1.0f));
    session s{g, {.inter_op_parallelism_threads = 2, .use_per_session_threads = true}};
    std::atomic<int> wrong{0};
    in_threads(8, [&](int) {
        for (std::size_t k = 0; k < chain.size(); ++k) wrong += s.run(chain[k]) != float(k + 1);
    });
    CHECK(wrong == 0);
}

TEST_CASE("errors and stops are those of their own run") {
    graph g;
    const auto n = g.placeholder<tensor<std::int32_t>>("n");
    const auto hundred = g.constant(100);
    node<int> q = call([](std::int32_t a) { return int(a); }, hundred / n);
    const auto v = g.variable(0, "v");
    const auto add = [&] {
        control_dependencies after{g, {q}};
        return v.assign_add(1);
    }();
    session s{g, {.inter_op_parallelism_threads = 2, .use_per_session_threads = true}};
    s.initialize();
    std::atomic<int> wrong{0};
    in_threads(8, [&](int i) {
        for (int k = 0; k < 100; ++k) {
            if (i % 4 == 0) {
                const auto e = error_of([&] { s.run({feed(n, 0)}, q, add); });
                wrong += e.code != errc::invalid_argument || e.node != "Div";
            } else if (i % 4 == 1) {
                std::stop_source stop;
                stop.request_stop();
                const auto e = error_of(
                    [&] { s.run(run_options{.stop = stop.get_token()}, {feed(n, 1)}, q, add); });
                wrong += e.code != errc::cancelled;
            } else {
                const auto [value, done] = s.run({feed(n, 5)}, q, add);
                wrong += value != 20;
            }
        }
    });
    CHECK(wrong == 0);
    CHECK(s.run(v) == 400);
}
