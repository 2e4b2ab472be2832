// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// all_reduce on tasks that are threads: every op and element type against what the tasks' values
// give by hand, values that share buckets and values that fill their own, shapes that only a run
// knows, sums whose order is fixed, and what a plan can do while a collective is under way.
#include "local_cluster.hpp"

#include <weft/placement/placer.hpp>
#include <weft/runtime/prune.hpp>
#include <weft/weft.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>

using namespace weft;
using namespace weft::test;

namespace {

// What task number `of` has: 1 to 5.
double value_of(int of, std::size_t element) {
    return static_cast<double>(1 + (static_cast<std::size_t>(of) * 4 + element * 3) % 5);
}
template <class T>
bool reduces(reduce_op op, const tensor<T, 5>& result, int tasks) {
    for (std::size_t i = 0; i < 5; ++i) {
        double expected = value_of(0, i);
        for (int task = 1; task < tasks; ++task) {
            const double value = value_of(task, i);
            expected = op == reduce_op::sum   ? expected + value
                       : op == reduce_op::min ? std::min(expected, value)
                       : op == reduce_op::max ? std::max(expected, value)
                                              : expected * value;
        }
        if (static_cast<double>(static_cast<compute_t<T>>(result[i])) != expected) return false;
    }
    return true;
}
template <class T>
tensor<T, 5> values_of(int task) {
    tensor<T, 5> out;
    for (std::size_t i = 0; i < 5; ++i)
        out[i] = static_cast<T>(static_cast<compute_t<T>>(value_of(task, i)));
    return out;
}

template <class T>
void check_type(bool deterministic) {
    const auto thrown = run_tasks({{"worker", 3}}, [&](auto& engine, cluster c) {
        graph g;
        const auto x = g.placeholder<tensor<T, 5>>("x");
        const auto job = c.job("worker");
        const auto least = all_reduce(job, reduce_op::min, x);
        const auto most = all_reduce(job, reduce_op::max, x);
        const auto total = all_reduce(job, reduce_op::sum, x);
        const auto product = all_reduce(job, reduce_op::prod, x);
        server_options options = small_server();
        options.session.deterministic = deterministic;
        server srv(engine, c, g, options);
        session s = srv.session();
        const auto [a, b, d, e] =
            s.run({feed(x, values_of<T>(c.task()))}, least, most, total, product);
        CHECK(reduces(reduce_op::min, a, 3));
        CHECK(reduces(reduce_op::max, b, 3));
        CHECK(reduces(reduce_op::sum, d, 3));
        CHECK(reduces(reduce_op::prod, e, 3));
    });
    for (const std::string& text : thrown) CHECK(text == "");
}

// The values of a task, made so that the order of adding them matters.
float uneven(int task) { return task == 0 ? 1.0f : task == 1 ? 1e8f : -1e8f; }
half uneven_half(int task) { return half(task == 0 ? 1.0f : task == 1 ? 4096.0f : -4096.0f); }

}  // namespace

TEST_CASE_TEMPLATE("each op of each type", T, float, double, half, bfloat16, std::int8_t,
                   std::uint8_t, std::int32_t, std::uint32_t, std::int64_t, std::uint64_t) {
    check_type<T>(false);
    check_type<T>(true);
}

TEST_CASE("several values of several types and shapes in one call") {
    const auto thrown = run_tasks({{"ps", 1}, {"worker", 2}}, [&](auto& engine, cluster c) {
        graph g;
        const auto rows = g.placeholder<tensor<float, dyn, 2>>("rows");
        const auto share = g.placeholder<tensor<float>>("share");
        const auto nothing = g.constant(tensor<float, 0>{});
        const node wide = share * g.ones<float, 2, 3>();
        const auto [a, b, d, e, f, h] =
            all_reduce(c.job("worker"), reduce_op::sum, wide, share, nothing, rows,
                       cast<double>(share), share);
        server srv(engine, c, g, small_server());
        if (c.job() == "ps") return static_cast<void>(srv.join());
        session s = srv.session();
        for (const std::size_t size : {3u, 0u, 1u}) {
            const auto mine = static_cast<float>(c.task() + 1);
            auto in = tensor<float, dyn, 2>::zeros({size, 2});
            for (float& element : in) element = mine;
            const auto [as, bs, ds, es, fs, hs] =
                s.run({feed(share, tensor<float>{mine}), feed(rows, in)}, a, b, d, e, f, h);
            CHECK(as(1, 2) == 3.0f);
            CHECK(bs == 3.0f);
            CHECK(ds.size() == 0);
            CHECK(es.extent(0) == size);
            CHECK(std::ranges::all_of(es, [](float element) { return element == 3.0f; }));
            CHECK(fs == 3.0);
            CHECK(hs == 3.0f);
        }
        srv.barrier("worker");
        srv.stop();
    });
    for (const std::string& text : thrown) CHECK(text == "");
}

TEST_CASE("buckets end where a type ends, where they are full, and at 256 values") {
    const cluster c({{"worker", 2}}, 0);
    const auto count = [](const graph& g, std::string_view op) {
        std::size_t found = 0;
        for (node_id id = 0; id < g.size(); ++id) found += g.record(id).op == op;
        return found;
    };
    graph types;
    const auto x = types.placeholder<tensor<float, 4>>();
    const auto y = types.placeholder<tensor<double, 4>>();
    all_reduce(c.job("worker"), reduce_op::sum, x, x + 1.0f, y, y + 1.0, x * 2.0f);
    CHECK(count(types, "AllReduce") == 3);
    CHECK(count(types, "Pack") == 2);

    graph large;
    const auto half_full = large.placeholder<tensor<float, 512, 1024>>();
    all_reduce(c.job("worker"), reduce_op::sum, half_full, half_full * 2.0f, half_full * 3.0f);
    CHECK(count(large, "AllReduce") == 3);
    CHECK(count(large, "Pack") == 0);

    // Of a layer's gradients the small one goes first: the large one is computed meanwhile.
    graph layers;
    const auto weights = layers.placeholder<tensor<float, 512, 1024>>();
    const auto bias = layers.placeholder<tensor<float, 1024>>();
    all_reduce(c.job("worker"), reduce_op::sum, weights, bias, weights + 1.0f, bias + 1.0f);
    std::vector<std::size_t> sizes;
    for (node_id id = 0; id < layers.size(); ++id)
        if (layers.record(id).op == "AllReduce")
            sizes.push_back(layers.record(id).type.shape.size());
    CHECK(sizes == std::vector<std::size_t>{512 * 1024, 2048, 512 * 1024});

    const auto thrown = run_tasks({{"worker", 2}}, [&](auto& engine, cluster of) {
        graph many;
        const auto mine = many.placeholder<tensor<float>>("mine");
        std::vector<node_id> values;
        for (int i = 0; i < 300; ++i) values.push_back(node(mine + static_cast<float>(i)).id());
        const auto made = detail::reduction_maker(many, of.job("worker"), reduce_op::sum,
                                                  std::source_location::current())
                              .make(values);
        CHECK(count(many, "AllReduce") == 2);
        server srv(engine, of, many, small_server());
        session s = srv.session();
        for (int i : {0, 255, 256, 299}) {
            const node<tensor<float>> result(many, made[static_cast<std::size_t>(i)]);
            const auto in = tensor<float>{static_cast<float>(of.task())};
            CHECK(s.run({feed(mine, in)}, result) == static_cast<float>(2 * i + 1));
        }
    });
    for (const std::string& text : thrown) CHECK(text == "");
}

TEST_CASE("a deterministic session adds in the order of tasks") {
    const auto thrown = run_tasks({{"worker", 3}}, [&](auto& engine, cluster c) {
        graph g;
        const auto x = g.placeholder<tensor<float>>("x");
        const auto y = g.placeholder<tensor<half>>("y");
        const auto [total, small] = all_reduce(c.job("worker"), reduce_op::sum, x, y);
        server_options options = small_server();
        options.session.deterministic = true;
        server srv(engine, c, g, options);
        session s = srv.session();
        for (int i = 0; i < 5; ++i) {
            const auto [a, b] = s.run({feed(x, tensor<float>{uneven(c.task())}),
                                       feed(y, tensor<half>{uneven_half(c.task())})},
                                      total, small);
            CHECK(a == (uneven(0) + uneven(1)) + uneven(2));
            CHECK(float(half(b)) == 1.0f);  // added in float
        }
    });
    for (const std::string& text : thrown) CHECK(text == "");
}

TEST_CASE("values of different sizes are an error on every task") {
    const auto thrown = run_tasks({{"worker", 2}}, [&](auto& engine, cluster c) {
        graph g;
        const auto x = g.placeholder<tensor<float, dyn>>("x");
        const auto total = all_reduce(c.job("worker"), reduce_op::sum, x);
        server srv(engine, c, g, small_server());
        session s = srv.session();
        const auto mine = tensor<float, dyn>::zeros({static_cast<std::size_t>(2 + c.task())});
        CHECK_THROWS_WITH_AS(s.run({feed(x, mine)}, total),
                             "node 'AllReduce' combines values of one size, but the tasks of job "
                             "'worker' have 2 to 3 elements",
                             error);
    });
    for (const std::string& text : thrown) CHECK(text == "");
}

TEST_CASE("a plain session reduces over a job of one task, and refuses a larger one") {
    graph g;
    const auto x = g.placeholder<tensor<float, 2>>("x");
    const auto alone = all_reduce(cluster({{"me", 1}}, 0).job("me"), reduce_op::sum, x);
    const auto two = all_reduce(cluster({{"worker", 2}}, 0).job("worker"), reduce_op::sum, x);
    session s{g};
    CHECK(s.run({feed(x, tensor<float, 2>{1, 2})}, alone) == tensor<float, 2>{1, 2});
    try {
        s.run({feed(x, tensor<float, 2>{1, 2})}, two);
        FAIL("it ran");
    } catch (const error& e) {
        CHECK(e.code() == errc::failed_precondition);
        CHECK(std::string(e.what()).find("all_reduce over the 2 tasks of job 'worker' runs only "
                                         "in a session of a server") != std::string::npos);
    }
}

TEST_CASE("what a collective does not need is in another segment, and can run meanwhile") {
    const cluster c({{"worker", 2}}, 0);
    graph g;
    const auto x = g.placeholder<tensor<float, 8>>("x");
    const node last{exp(x), "last"};          // the gradient of the last layer comes first
    const auto sum_last = all_reduce(c.job("worker"), reduce_op::sum, last);
    const node first{exp(last) * 2.0f, "first"};
    const auto sum_first = all_reduce(c.job("worker"), reduce_op::sum, first);
    const node used{sum_last + sum_first, "used"};

    const device_list devices({{{"worker", 0, "cpu", 0}}, {{"worker", 1, "cpu", 0}}});
    const device_place places[] = {{0, 0}, {1, 0}};
    const node_id fetches[] = {used.id()}, fed[] = {x.id()};
    const std::string tasks[] = {"/job:worker/task:0", "/job:worker/task:1"};
    const auto nodes = prune(g, fetches, fed);
    const auto placed = place({.nodes = nodes, .devices = devices, .fed = fed});
    const auto made = partition({g, nodes, placed.devices, places, fed, fetches, tasks, 0});
    CHECK(made.parts[1].empty());
    CHECK(made.edges.empty());
    const auto& segments = made.parts[0].segments;
    const auto segment_of = [&](node_id id) -> const part_segment& {
        for (const part_segment& segment : segments)
            for (const auto& [node, device] : segment.placed)
                if (node == id) return segment;
        return segments.front();
    };
    REQUIRE(segments.size() == 5);
    CHECK(std::ranges::count_if(segments, &part_segment::collective) == 2);
    // The first collective waits for `last` alone; `first` waits for no collective.
    const part_segment &begins = segment_of(sum_last.id()), &meanwhile = segment_of(first.id());
    REQUIRE(begins.waits.size() == 1);
    CHECK(made.parts[0].slots[begins.waits[0]].node == last.id());
    for (std::uint32_t slot : meanwhile.waits)
        CHECK(made.parts[0].slots[slot].node != sum_last.id());
}

TEST_CASE("a task goes on computing while another is not there yet") {
    std::atomic<bool> went_on{false}, in_vain{false};
    const auto thrown = run_tasks({{"worker", 2}}, [&](auto& engine, cluster c) {
        graph g;
        const auto x = g.placeholder<tensor<float>>("x");
        const bool late = c.task() == 1;
        const node last = call(
            [&, late](tensor_view<const float> in) {
                const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
                while (late && !went_on && std::chrono::steady_clock::now() < end)
                    std::this_thread::sleep_for(std::chrono::milliseconds(1));
                if (late) in_vain = !went_on;
                return tensor<float>{*in.data()};
            },
            x);
        const node sum_last = all_reduce(c.job("worker"), reduce_op::sum, last);
        const node first = call(
            [&went_on, late](tensor_view<const float> in) {
                if (!late) went_on = true;
                return tensor<float>{*in.data() * 2};
            },
            last);
        const node sum_first = all_reduce(c.job("worker"), reduce_op::sum, first);
        server srv(engine, c, g, small_server());
        session s = srv.session();
        const auto [a, b] = s.run({feed(x, tensor<float>{1})}, sum_last, sum_first);
        CHECK(!in_vain);
        CHECK(a == 2.0f);
        CHECK(b == 4.0f);
    });
    for (const std::string& text : thrown) CHECK(text == "");
}

TEST_CASE("a task that fails before an all_reduce ends it everywhere, for good") {
    const auto thrown = run_tasks({{"worker", 2}}, [&](auto& engine, cluster c) {
        graph g;
        const auto x = g.placeholder<tensor<std::int32_t>>("x");
        const node quotient{100 / x};
        const node all = all_reduce(c.job("worker"), reduce_op::sum, quotient);
        const node own{x + 1};
        server srv(engine, c, g, small_server());
        session s = srv.session();
        CHECK(s.run({feed(x, 5)}, all) == 40);
        const std::int32_t fed = c.task() == 1 ? 0 : 5;
        for (const char* text : {"division of integers by zero", "are out of step"}) {
            std::string what;
            try {
                s.run({feed(x, fed)}, all);
            } catch (const error& e) {
                what = e.what();
            }
            CHECK(what.find(text) != std::string::npos);
        }
        CHECK(s.run({feed(x, 6)}, own) == 7);
    });
    for (const std::string& text : thrown) CHECK(text == "");
}

TEST_CASE("an all_reduce ends when a task has left that never came to it") {
    const auto thrown = run_tasks({{"worker", 2}}, [&](auto& engine, cluster c) {
        graph g;
        const auto x = g.placeholder<tensor<float>>("x");
        const node all = all_reduce(c.job("worker"), reduce_op::sum, x);
        server_options options = small_server();
        options.messages.dead_after = std::chrono::seconds(2);
        options.messages.heartbeat = std::chrono::milliseconds(100);
        server srv(engine, c, g, options);
        session s = srv.session();
        if (c.task() == 0) s.run({feed(x, 1.0f)}, all);
    });
    CHECK(thrown[1] == "");
    CHECK(thrown[0].find("/job:worker/task:1 has left") != std::string::npos);
}
