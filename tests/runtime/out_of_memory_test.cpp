// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Each allocation fails once, and each with all that follow: making a session, planning and running
// end with an error or std::bad_alloc, never otherwise, and leave nothing behind; a session that
// ran out of memory goes on as soon as there is some.
#include <weft/weft.hpp>

#include "allocation_counter.hpp"
#include "threads.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace weft;
using weft_test::failing_allocations;
using weft_test::live_allocations;

namespace {

// A bit of everything: constants and values on a GPU, copies, objects, callables, values of unknown
// size, variables, nodes that are worth sharing between threads.
struct model {
    graph g;
    node<tensor<float, dyn>> x = g.placeholder<tensor<float, dyn>>("x");
    variable<tensor<float>> v = [this] {
        device_scope pin{g, "/cpu:0"};
        return g.variable(0.0f, "v");
    }();
    node<void> add = build();
    node<tensor<float>> total = result;
    node<std::string> text = said;

private:
    node<void> build() {
        node there = on<gpu>(x + g.constant(tensor<float, 3>{1, 2, 3}));
        const auto late = call(
            [](tensor_view<const float, dyn> t) {
                return tensor<float, dyn>::copy_of(t.data(), t.shape());
            },
            there);
        node twice = late * 2.0f;
        result = node<tensor<float>>(node(sum(on<gpu>(twice - x))));
        said = call([](float f) { return std::to_string(int(f)) + std::string(40, '.'); }, result);
        for (int i = 0; i < 3; ++i)
            parts[i] = g.call([] { return std::string(50, 'x'); });
        const auto all = call(
            [](const std::string& a, const std::string& b, const std::string& c) {
                return tensor<float>{float(a.size() + b.size() + c.size())};
            },
            parts[0], parts[1], parts[2]);
        return v.assign_add(all);
    }
    node<tensor<float>> result = g.constant(0.0f);
    node<std::string> said = g.call([] { return std::string(); });
    node<std::string> parts[3] = {said, said, said};
};

session_options options_for(int threads) {
    return {.inter_op_parallelism_threads = threads,
            .intra_op_parallelism_threads = 2,
            .use_per_session_threads = true,
            .device_count = {{"CPU", 2}},
            .emulated_gpus = 1,
            .memory_limit = {{"/gpu:0", 1 << 20}}};
}

// 3 elements of `value`, without an allocation.
const tensor<float, dyn>& input() {
    static const tensor<float, dyn> in{1, 1, 1};
    return in;
}

bool use(session& s, const model& m) {
    const auto [total, text, done] = s.run({feed(m.x, input())}, m.total, m.text, m.add);
    static_cast<void>(done);
    return total == 15.0f && text.substr(0, 3) == "15.";
}

enum class outcome { right, wrong, out_of_memory, other_error };

// Does the work while allocation number k fails.
template <class Work>
outcome with_failure(std::size_t k, bool all, Work work) {
    const failing_allocations from(k, all);
    try {
        return work() ? outcome::right : outcome::wrong;
    } catch (const error& e) {
        return e.code() == errc::resource_exhausted ? outcome::out_of_memory
                                                    : outcome::other_error;
    } catch (const std::bad_alloc&) {
        return outcome::out_of_memory;
    }
}

template <class Work>
std::size_t allocations_of(Work work) {
    const std::size_t before = weft_test::allocations_so_far();
    work();
    return weft_test::allocations_so_far() - before;
}

}  // namespace

TEST_CASE("a session, its plans and its runs, with each allocation failing") {
    for (const int threads : {-1, 2})
        for (const bool all : {false, true}) {
            CAPTURE(threads);
            CAPTURE(all);
            const model m;
            const auto everything = [&] {
                session s{m.g, options_for(threads)};
                s.initialize();
                return use(s, m) && use(s, m);
            };
            REQUIRE(everything());
            const std::size_t allocations = allocations_of(everything);
            CHECK(allocations > 200);
            const int before_threads = weft_test::settled_thread_count();
            const std::size_t live = live_allocations();
            // Some are done without: a run whose schedule cannot get better goes on as it is.
            for (std::size_t k = 0; k < allocations + 20; ++k) {
                CAPTURE(k);
                const outcome got = with_failure(k, all, everything);
                REQUIRE((got == outcome::out_of_memory || got == outcome::right));
                REQUIRE(live_allocations() == live);
                weft_test::wait_until(
                    [&] { return weft_test::thread_count() == before_threads; });
            }
        }
}

TEST_CASE("a session goes on when there is memory again") {
    for (const int threads : {-1, 2})
        for (const bool all : {false, true}) {
            CAPTURE(threads);
            CAPTURE(all);
            const model m;
            std::size_t allocations = 200;
            for (std::size_t k = 0; k < allocations + 20; ++k) {
                CAPTURE(k);
                session s{m.g, options_for(threads)};
                s.initialize();
                if (k == 0) {
                    allocations = allocations_of([&] { use(s, m), use(s, m); });
                    continue;
                }
                const outcome got = with_failure(k, all, [&] { return use(s, m) && use(s, m); });
                REQUIRE((got == outcome::out_of_memory || got == outcome::right));
                const float held = s.run(m.v);
                REQUIRE(use(s, m));
                REQUIRE(s.run(m.v) == held + 150);
            }
        }
}

TEST_CASE("device memory that ends at any size leaves nothing allocated") {
    const model m;
    std::size_t failures = 0;
    for (std::size_t limit = 1; limit < 4000; limit += 13) {
        CAPTURE(limit);
        session_options options = options_for(2);
        options.memory_limit = {{"/gpu:0", limit}};
        session s{m.g, options};
        s.initialize();
        const outcome got = with_failure(1 << 30, false, [&] { return use(s, m) && use(s, m); });
        REQUIRE((got == outcome::out_of_memory || got == outcome::right));
        failures += got == outcome::out_of_memory;
        CHECK(s.memory("/gpu:0").in_use <= limit);
        // What is kept is a plan's constant and an idle run's block and scratch.
        CHECK(s.memory("/gpu:0").live <= 4);
    }
    CHECK(failures > 10);
}
