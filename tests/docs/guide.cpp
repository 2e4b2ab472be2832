// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What docs/guide.md quotes.
#include <weft/cluster/strategy.hpp>
#include <weft/io.hpp>
#include <weft/weft.hpp>

#include <cassert>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <stop_token>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

using namespace weft;
using namespace std::chrono_literals;

static void tensors() {
    // [tensors]
    tensor<float, 2, 3> a{{1, 2, 3}, {4, 5, 6}};  // dimensions in the type: small ones need no heap
    tensor<double, dyn, 3> b{{1, 2, 3}};          // dyn: a dimension that only the value knows
    tensor<float> c{2.5f};                        // rank 0: converts to its element, and back
    assert(a(1, 2) == 6 && b.extent(0) == 1 && c == 2.5f);

    tensor_view<const float, dyn, 3> rows = a.view();  // borrows; nothing is copied
    assert(rows.size() == 6);
    // [/tensors]
}

static void expressions() {
    graph g;
    // [expressions]
    auto x = g.placeholder<tensor<float, dyn, 3>>("x");
    auto y = g.placeholder<tensor<float, 3>>("y");

    auto recipe = (x - y) * 0.5f;           // an expression: a value that says how, without a place
    node z = sqrt(recipe * recipe + 1.0f);  // a node: this loop runs, with no temporaries
    node m{mean<1>(z), "m"};                // with a name; names are made unique
    static_assert(std::is_same_v<decltype(m), node<tensor<float, dyn>>>);
    // [/expressions]
    session s{g};
    auto [zs, ms] =
        s.run({feed(x, tensor<float, dyn, 3>{{0, 0, 0}}), feed(y, tensor<float, 3>{})}, z, m);
    assert(zs(0, 2) == 1.0f && ms[0] == 1.0f);
}

static void literals() {
    graph g;
    // [literals]
    auto i = g.constant(tensor<std::int32_t, 3>{1, 2, 3});
    node halves = cast<float>(i) * 0.5f;  // i * 0.5f would not compile
    node three = g.constant(1.5) + 2;     // 2 is a value of double; fine
    // [/literals]
    session s{g};
    assert(s.run(halves)[2] == 1.5f && s.run(three) == 3.5);
}

static void images() {
    graph g;
    auto w = g.constant(tensor<float, 4, 3, 3, 3>(), "w");
    auto bias = g.constant(tensor<float, 4, 1, 1>(), "bias");
    // [images]
    auto x = g.placeholder<tensor<float, dyn, 3, 32, 32>>("x");  // batch, channels, height, width
    constexpr conv2d_options halved{.stride = 2, .padding = padding2d::same};
    node y = relu(conv2d<halved>(x, w) + bias);  // one kernel; 16 by 16
    node z = max_pool2d<2>(y);
    node means = avg_pool2d<3, pool2d_options{.stride = 1, .padding = 1}>(z);
    static_assert(std::is_same_v<decltype(means), node<tensor<float, dyn, 4, 8, 8>>>);
    // [/images]
    session s{g};
    const auto result =
        s.run({feed(x, tensor<float, dyn, 3, 32, 32>::zeros({1, 3, 32, 32}))}, means);
    assert(result(0, 3, 7, 7) == 0.0f);
}

static void hearts() {
    graph g;
    auto x = g.placeholder<tensor<float, dyn, 4>>("x");
    auto w = g.constant(tensor<float, 4, 2>(), "w");
    auto bias = g.constant(tensor<float, 2>{-1, 1}, "bias");
    // [hearts]
    node layer = relu(matmul(x, w) + bias);            // 1 kernel: the product is the heart
    node both = matmul(x, w) + softmax(matmul(x, w));  // 3: two of them need a node of their own
    node total = sum(x * x);                           // 1: reductions read expressions
    // [/hearts]
    session s{g};
    const tensor<float, dyn, 4> rows{{1, 2, 3, 4}};
    assert(s.run({feed(x, rows)}, total) == 30.0f && s.nodes_run() == 1);
    assert(s.run({feed(x, rows)}, layer)(0, 1) == 1.0f && s.nodes_run() == 1);
    assert(s.run({feed(x, rows)}, both)(0, 1) == 0.5f);
    assert(s.nodes_run() == 3);
}

static void scopes() {
    // [scopes]
    graph g;
    auto [a, b] = [&] {
        device_scope gpus{g, "/gpu:0"};
        name_scope layer{g, "layer"};
        auto one = g.constant(tensor<float, 2>{1, 2}, "a");  // layer/a, asks for /gpu:0
        device_scope host{g, "/cpu:0"};                      // the inner scope wins
        return std::pair{one, node{one + 1.0f, "b"}};        // layer/b, asks for /cpu:0
    }();
    node pinned = on<gpu, 1>(a * b);  // asks for /gpu:1, and the compiler checks that it can
    // [/scopes]
    // [session]
    session s{g, {.allow_soft_placement = true, .emulated_gpus = 2}};
    std::cout << s.explain(pinned).to_string();
    // [/session]
    assert(s.device_of(b) == "/job:localhost/task:0/cpu:0");
    assert(s.device_of(pinned) == "/job:localhost/task:0/gpu:1");
    assert(s.run(pinned)[1] == 6.0f);
}

static void placement_files() {
    graph g;
    auto x = g.placeholder<tensor<float, 2>>("x");
    auto w = g.variable(tensor<float, 2>{1, 2}, "w");
    node y{x * w, "y"};
    node z{y + 1.0f, "z"};
    // [placement-files]
    session tried{g, {.emulated_gpus = 1}};
    write_placement("model.placement", placement_file::of(tried.explain(z)));

    // Another day, perhaps after an edit:
    const placement_file kept = read_placement("model.placement");
    session s{g, {.emulated_gpus = 1, .placement = kept}};
    const placement_diff diff(kept, s.explain(z));
    assert(diff.empty());  // or diff.to_string(): "moved y: /gpu:0 -> /cpu:0"
    // [/placement-files]
    assert(kept.to_string() == "weft placement 1\nw /gpu:0 Variable\ny /gpu:0 Mul\nz /gpu:0 Add\n");
    std::remove("model.placement");
}

static void device_functions() {
    graph g;
    // [device-functions]
    // Every matrix product goes to the second GPU; "" asks for nothing.
    device_scope products{g, [](const node_record& n) { return n.op == "MatMul" ? "/gpu:1" : ""; }};
    device_scope spread{g, round_robin({"/gpu:0", "/gpu:1"}, "Variable")};
    // [/device-functions]
    auto w = g.variable(tensor<float, 2, 2>{{1, 2}, {3, 4}}, "w");
    node p = matmul(w, w);
    session s{g, {.emulated_gpus = 2}};
    assert(s.device_of(w) == "/job:localhost/task:0/gpu:0");
    assert(s.device_of(p) == "/job:localhost/task:0/gpu:1");
}

static void variables() {
    // [variables]
    graph g;
    auto v = g.variable(1.0f, "v");
    auto more = v.assign_add(2.0f);
    node twice = v * 2.0f;
    node after = [&] {
        control_dependencies wait{g, {more}};
        return v.read();  // ordered after the write
    }();

    session s{g};
    s.initialize();
    auto [t, a, done] = s.run(twice, after, more);
    assert(t == 2.0f && a == 3.0f);  // `twice` is not ordered: it sees the value from before
    // [/variables]
    static_cast<void>(done);
}

static void checkpoints() {
    const auto path = (std::filesystem::temp_directory_path() / "guide.safetensors").string();
    graph g;
    auto w = g.variable(normal<float, 3, 2>(1), "layer/w");
    auto step = g.variable(0.0f, "step");
    auto train = group(w.assign_sub(w * 0.5f), step.assign_add(1.0f));
    // [checkpoints]
    saver checkpoint{g};  // all variables; or saver{g, {.variables = {w, step}}}
    session s{g};
    s.initialize();
    for (int i = 0; i < 3; ++i) s.run(train);
    checkpoint.save(s, path, {{"note", "after three steps"}});

    session again{g};  // another day, in another process
    auto metadata = checkpoint.restore(again, path);
    assert(again.run(step) == 3.0f && again.run(w) == s.run(w));
    assert(metadata["note"] == "after three steps");

    const safetensors_file file(path);  // without graph and session
    auto learned = file.get<tensor<float, dyn, 2>>("layer/w");
    assert(file.tensors().size() == 2 && learned.extent(0) == 3);
    write_safetensors(path, {{"w", learned}});
    // [/checkpoints]
    std::filesystem::remove(path);
}

static void running() {
    graph g;
    auto x = g.placeholder<tensor<float, dyn>>("x");
    node y{exp(x), "y"};
    node z{sum(y), "z"};
    // [running]
    session s{g, {.inter_op_parallelism_threads = 2, .intra_op_parallelism_threads = 2}};
    const tensor<float, dyn> in{0, 0, 0};
    float bare = s.run({feed(x, in)}, z);        // one fetch comes bare
    auto [ys, zs] = s.run({feed(x, in)}, y, z);  // several come as a tuple
    float cut = s.run({feed(y, in)}, z);  // any node can be fed; what is above it does not run

    auto step = s.make_callable(feeds(x), fetches(z));  // the plan is made once, here
    for (int i = 0; i < 3; ++i) assert(step(in) == 3.0f);

    tensor<float, dyn> out = in;
    s.run({feed(x, in)}, fetch_into(y, out));  // into a tensor that is there already
    // [/running]
    assert(bare == 3 && zs == 3.0f && ys[0] == 1 && cut == 0 && out[2] == 1);
}

static void limits() {
    graph g;
    // [limits]
    auto slow = g.call(
        [](cpu_context& ctx) {
            while (!ctx.stop_requested()) std::this_thread::sleep_for(1ms);
            return 0;
        },
        "slow");
    session s{g};
    std::stop_source stop;
    try {
        s.run({.timeout = 5ms, .stop = stop.get_token()}, slow);
    } catch (const error& e) {
        assert(e.code() == errc::deadline_exceeded);
    }
    // [/limits]
}

static void memory() {
    graph g;
    auto x = g.placeholder<tensor<float, 1024>>("x");
    node a = cumsum<0>(x);
    node b = cumsum<0>(a);
    node c = b * 2.0f;  // written over b, which nobody needs any more
    // [memory]
    session s{g, {.memory_limit = {{"/cpu:0", 1 << 20}}}};
    auto plan = s.plan(feeds(x), fetches(c));
    assert(plan.peak_bytes("/cpu:0") == 2 * 4096);  // before anything has run
    assert(plan.lower_bound_bytes("/cpu:0") == 2 * 4096);
    // [/memory]
}

static void replay() {
    graph g;
    node a = g.call([] { return 1.0f; }, "a");
    node b = g.call([] { return 2.0f; }, "b");
    node c = call([](float x, float y) { return x - y; }, a, b);
    session s{g};
    // [replay]
    run_order order;
    s.run({.record = &order}, c);  // order.steps: "a", "b", "Call"
    s.run({.replay = &order}, c);  // one after the other, as they began then

    auto plan = s.plan(feeds(), fetches(c));
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        order = plan.order(seed);  // another order that the edges allow
        assert(float(s.run({.replay = &order}, c)) == -1.0f);
    }
    // [/replay]
}

static void calls() {
    // [calls]
    graph g;
    auto path = g.placeholder<std::string>("path");
    node size = call([](const std::string& p) { return p.size(); }, path);
    node grid = g.call([] { return tensor<float, dyn>{1, 2, 3}; });  // a tensor of any length
    node scaled = grid * 2.0f;
    node sum = call([](tensor_view<const float, dyn> v, std::size_t n) { return v[0] + float(n); },
                    scaled, size);

    session s{g};
    float value = s.run({feed(path, std::string("abc"))}, sum);
    assert(value == 5.0f);
    // [/calls]
}

// [op]
struct halve {
    static constexpr const char* name = "Halve";
};
template <>
struct weft::kernel<halve, cpu, float> {
    template <class V>
    static V apply(const V& x) {
        return x * V(0.5f);
    }
};
auto half_of(tensor_expr auto x) { return elementwise<halve>(x); }
// [/op]

// [questions]
static_assert(has_kernel<ops::matmul, gpu, float> && !has_kernel<halve, gpu, float>);
using recipe = decltype(half_of(std::declval<node<tensor<float, 4>>>()) + 1.0f);
static_assert(placeable_on<recipe, cpu> && !placeable_on<recipe, gpu>);
static_assert(std::is_same_v<first_missing_t<recipe, gpu>, missing<halve, gpu, float>>);
// [/questions]

static void seeing() {
    graph g;
    auto x = g.placeholder<tensor<float, 4>>("x");
    node y{x * 2.0f + 1.0f, "y"};
    session s{g};
    const tensor<float, 4> in{1, 2, 3, 4};
    const std::string folder = std::filesystem::temp_directory_path().string();
    // [seeing]
    tracer trace;     // of many runs, from any thread
    run_stats stats;  // of one
    s.run({.trace = &trace, .stats = &stats}, {feed(x, in)}, y);

    write_trace(folder + "/trace.json", trace);  // for ui.perfetto.dev
    std::cout << stats.to_string();              // who waited, who ran, the critical path
    write_text_file(folder + "/plan.dot", to_dot(s.plan(feeds(x), fetches(y))));  // for Graphviz
    // [/seeing]
    assert(trace.runs() == 1 && stats.nodes.size() == 1);
    assert(stats.nodes[0].node == "y" && stats.nodes[0].bytes_written == 16);
}

static void replicas() {
    graph g;
    const cluster c({{"localhost", 1}}, 0);
    auto w = g.variable(tensor<float, 2>{1, 2});
    auto dw = g.placeholder<tensor<float, 2>>("dw");
    // [sync_ps]
    auto train = sync_ps{.learning_rate = 0.5, .replicas_to_aggregate = 1}.apply(c, w, dw);
    // [/sync_ps]
    session s{g};
    s.initialize();
    s.run({feed(dw, tensor<float, 2>{1, 1})}, train);
    // [counts]
    auto [now, updates, dropped] = s.run(w, train.updates(), train.dropped());
    // [/counts]
    assert(now[1] == 1.5f && updates == std::int64_t{1} && dropped == std::int64_t{0});
}

int main() {
    tensors();
    expressions();
    literals();
    images();
    hearts();
    scopes();
    placement_files();
    device_functions();
    variables();
    checkpoints();
    running();
    limits();
    memory();
    replay();
    replicas();
    seeing();
    calls();
    std::cout << "guide: ok\n";
}
