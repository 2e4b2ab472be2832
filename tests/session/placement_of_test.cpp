// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What the compiler says about a builder is what a session says about the graph that the same
// builder makes: nodes, devices, reasons, fallbacks, copies, errors.
#include <weft/placement_of.hpp>

#include <doctest/doctest.h>
#include <support/same_placement.hpp>

#include <array>
#include <tuple>
#include <utility>

using namespace weft;
using weft_test::same_placement;

namespace {

constexpr auto training = [](auto& g) {
    auto x = g.template placeholder<tensor<float, dyn, 64>>("x");
    auto y = g.template placeholder<tensor<std::int32_t, dyn>>("y");
    auto w = g.variable(normal<float, 64, 10>(1), "w");
    auto b = g.variable(zeros<float, 10>(), "b");
    node logits = matmul(x, w) + b;
    node loss{mean(softmax_cross_entropy(logits, y)), "loss"};
    auto smaller = w.assign_sub(w * 0.1f);
    return std::pair{loss, group(smaller, b.assign(0.0f))};
};

}  // namespace

TEST_CASE("a model for the GPU needs no fallback, and one for two machines is placed on both") {
    static_assert(placement_of<training>(machine{.gpus = 1}).fallbacks == 0);
    constexpr auto placed = placement_of<training>(machine{.gpus = 1});
    static_assert(placed.nodes == 10 && placed.errors == 0);
    static_assert(placed.device_of("loss") == "/job:localhost/task:0/gpu:0");
    static_assert(placed.reason_of("x") == placement_reason::client);
    static_assert(placed.nodes_on("/gpu:*") == 7 && placed.nodes_on("/cpu:0") == 3);
    static_assert(placed.copies == 2 && placed.unsized_copies == 2);

    constexpr auto at_home = placement_of<training>(machine{});
    static_assert(at_home.nodes_on("/cpu") == at_home.nodes && at_home.copies == 0);
    same_placement<training, machine{.gpus = 1}>();
    same_placement<training, machine{}>();
}

namespace {

constexpr auto fallbacks = [](auto& g) {
    device_scope pin{g, "/gpu:0"};
    auto counter = g.variable(3, "counter");  // std::int32_t: no GPU kernel
    auto more = counter.assign_add(1);
    auto sum = call([](tensor_view<const std::int32_t> n) { return *n.data(); }, counter);
    node far = [&] {
        device_scope missing{g, "/GPU:7"};
        return node{cast<float>(counter) * 2.0f, "far"};
    }();
    return std::tuple{more, sum, far};
};

}  // namespace

TEST_CASE("what cannot be where it asks to be is counted, or an error") {
    constexpr auto soft = placement_of<fallbacks>(machine{.gpus = 1});
    static_assert(soft.fallbacks == 4 && soft.errors == 0);
    static_assert(soft.reason_of("counter") == placement_reason::soft_fallback);
    static_assert(soft.reason_of("far") == placement_reason::soft_fallback);
    static_assert(soft.device_of("far") == "/job:localhost/task:0/gpu:0");
    constexpr auto strict =
        placement_of<fallbacks>(machine{.gpus = 1, .allow_soft_placement = false});
    static_assert(strict.errors == 4 && strict.fallbacks == 0 && strict.device_of("far") == "");

    same_placement<fallbacks, machine{.gpus = 1}>();
    same_placement<fallbacks, machine{.gpus = 8}>();
    same_placement<fallbacks, machine{}>();
    same_placement<fallbacks, machine{.gpus = 1, .allow_soft_placement = false}>();
    same_placement<fallbacks, machine{.allow_soft_placement = false}>();
}

TEST_CASE(
    "a machine can be described when the program runs, and questions asked of no node throw") {
    for (int gpus = 0; gpus < 3; ++gpus) {
        machine on;
        on.gpus = gpus;
        const auto placed = placement_of<training>(on);
        CHECK(placed.nodes_on("/gpu:0") == (gpus > 0 ? 7 : 0));
        CHECK_THROWS_AS(placed.device_of("lost"), error);
        CHECK_THROWS_AS(static_cast<void>(placed.nodes_on("gpu")), error);
    }
    CHECK_THROWS_AS(placement_of<training>(machine{.cpus = 0}), error);
}

namespace {

// Nothing is returned: all is placed, initial values, too.
constexpr auto everything = [](auto& g) {
    device_scope pin{g, "/gpu:0"};
    g.variable(1.0f, "v");
    g.constant(2.0f, "c");
};

}  // namespace

TEST_CASE("a builder that returns nothing has all of its nodes placed") {
    constexpr auto placed = placement_of<everything>(machine{.gpus = 1});
    static_assert(placed.nodes == 4 && placed.nodes_on("/gpu:0") == 4);
    static_assert(placed.reason_of("v/Assign") == placement_reason::with_variable);
    static_assert(placed.reason_of("v/initial_value") == placement_reason::with_variable);
}

namespace {

constexpr auto elsewhere = [](auto& g) {
    auto x = g.constant(1.0f, "x");
    device_scope ps{g, "/job:ps/task:2"};
    node y{x + 1.0f, "y"};
    device_scope npu{g, "/npu:0"};
    return std::pair{y, node{y * 2.0f, "z"}};
};
constexpr auto contradiction = [](auto& g) {
    auto v = [&] {
        device_scope pin{g, "/gpu:0"};
        return g.variable(1.0f, "v");
    }();
    device_scope pin{g, "/cpu:0"};
    return v.assign(v * 2.0f);
};

}  // namespace

TEST_CASE("devices that do not exist and contradictions are errors") {
    static_assert(placement_of<elsewhere>(machine{.gpus = 1}).errors == 2);
    static_assert(placement_of<contradiction>(machine{.gpus = 1}).errors == 1);
    same_placement<elsewhere, machine{.gpus = 1}>();
    same_placement<contradiction, machine{.gpus = 1}>();
    same_placement<contradiction, machine{}>();
}

namespace {

constexpr auto followers = [](auto& g) {
    auto one = g.constant(tensor<float, 4>{1, 2, 3, 4}, "one");  // with its only reader
    auto two = g.template ones<float, 4>("two");                 // readers on two devices
    auto three = g.constant(tensor<float, 2, 2>{{1, 2}, {3, 4}}, "three");
    node a = [&] {
        device_scope pin{g, "/gpu:1"};
        return node{one + two, "a"};
    }();
    node b = [&] {
        device_scope pin{g, "/cpu:0"};
        return node{two * 2.0f, "b"};
    }();
    node n{size(a), "n"};  // where a is
    node together = [&] {
        colocate_with with{g, a};
        return node{sum(three), "together"};
    }();
    return std::tuple{a, b, n, together};
};

}  // namespace

TEST_CASE("producers go to their readers, readers of metadata to their input") {
    constexpr auto placed = placement_of<followers>(machine{.gpus = 2});
    static_assert(placed.reason_of("one") == placement_reason::with_consumer);
    static_assert(placed.device_of("one") == placed.device_of("a"));
    static_assert(placed.reason_of("two") == placement_reason::priority);
    static_assert(placed.reason_of("n") == placement_reason::with_input);
    static_assert(placed.reason_of("together") == placement_reason::colocated);
    static_assert(placed.copies == 2 && placed.copied_bytes == 32);
    same_placement<followers, machine{.gpus = 2}>();
    same_placement<followers, machine{.gpus = 1}>();
    same_placement<followers, machine{.cpus = 2}>();
}

namespace {

// One copy of a value serves all readers on a device; variables are copied for each.
constexpr auto shared_copies = [](auto& g) {
    device_scope pin{g, "/gpu:0"};
    auto v = g.variable(tensor<float, 8>{}, "v");
    node x{v * 2.0f, "x"};
    device_scope other{g, "/gpu:1"};
    node a = x + 1.0f, b = x * x, c = v + 1.0f, d = v * 3.0f;
    device_scope host{g, "/cpu:1"};
    node e = x - 1.0f;
    device_scope first{g, "/cpu:0"};
    node f = x - e;
    return std::array{a, b, c, d, f};
};

}  // namespace

TEST_CASE("copies are counted as a session makes them") {
    constexpr auto placed = placement_of<shared_copies>(machine{.gpus = 2, .cpus = 2});
    static_assert(placed.copies == 4 && placed.copied_bytes == 4 * 32);
    same_placement<shared_copies, machine{.gpus = 2, .cpus = 2}>();
    same_placement<shared_copies, machine{.gpus = 1}>();
}

namespace {

constexpr auto scopes = [](auto& g) {
    device_scope spread{g, round_robin({"/gpu:0", "/gpu:1"}, "Variable")};
    auto u = g.variable(1.0f), v = g.variable(2.0f), w = g.variable(3.0f);
    device_scope sums{g, [](const auto& n) { return n.op == "Add" ? "/gpu:1" : ""; }};
    name_scope layer{g, "layer"};
    node s = u + v + w;
    name_scope inner{g, "layer"};
    node t{s * s, "t"}, again{t - s, "t"};
    control_dependencies wait{g, {t}};
    device_scope outer{g, "/job:localhost/gpu:1"};
    device_scope any{g, "/cpu:*"};
    node p{relu(again), "p"};
    device_scope none{g, no_device};
    control_dependencies free{g, {}};
    node q = on<gpu, 1>(p * t) + on<cpu>(p) + exp(on<gpu>(t));
    device_scope parts{g, "/gpu"};
    node not_fetched = q + 1.0f;
    static_cast<void>(not_fetched);
    auto written = v.assign_add(on<cpu>(s));
    return group(q, w.initializer(), written, u.read());
};

}  // namespace

TEST_CASE("scopes, names and device functions are those of a graph that runs") {
    constexpr auto placed = placement_of<scopes>(machine{.gpus = 2});
    static_assert(placed.device_of("Variable_1") == "/job:localhost/task:0/gpu:1");
    static_assert(placed.device_of("layer/Add") == "/job:localhost/task:0/gpu:1");
    static_assert(placed.reason_of("layer/layer/t_1") == placement_reason::priority);
    same_placement<scopes, machine{.gpus = 2}>();
    same_placement<scopes, machine{.gpus = 1, .cpus = 2}>();
    same_placement<scopes, machine{}>();
}

namespace {

// Every source, and expressions that become several nodes.
constexpr auto divided = [](auto& g) {
    auto a = g.template zeros<float, 4, 4>(), b = g.template ones<float, 4, 4>();
    auto c = g.full(2.0f);
    auto d = g.template eye<float, 4>("eye");
    auto i = g.template iota<std::int32_t, 4>();
    auto j = g.template iota<std::int64_t, 4>();
    auto u = g.template uniform<float, 4, 4>(1, -1.0f, 1.0f, "u");
    auto n = g.template normal<float, 4, 4>(2);
    auto k = g.template bernoulli<4, 4>(3, 0.5);
    auto s = g.call([] { return 1.5f; }, "s");
    node e{relu(matmul(a + 1.0f, b) * c) + softmax(matmul(u, n) + d) - mean(a * b), "e"};
    node f = where(k, e, transpose(e));
    node h = cast<float>(i) * sum<0>(f);
    node t = call([](tensor_view<const float, 4>, float) { return 2; }, h + 1.0f, s);
    auto v = g.variable(softmax(a) + 1.0f, "v");
    node picked = gather<0>(f, j) + 0.0f;
    return std::tuple{t, v.assign(matmul(v, e) + v), picked};
};

}  // namespace

TEST_CASE("expressions divide into the nodes of a graph that runs, with their names") {
    constexpr auto placed = placement_of<divided>(machine{.gpus = 1});
    static_assert(placed.device_of("s") == "/job:localhost/task:0/cpu:0");
    static_assert(placed.reason_of("Call") == placement_reason::only_kind);
    same_placement<divided, machine{.gpus = 1}>();
    same_placement<divided, machine{.gpus = 2, .cpus = 2}>();
}

namespace {

struct npu {
    static constexpr const char* name = "npu";
};
using npu_kinds = device_kinds<cpu, gpu, npu>;
constexpr auto on_npu = [](auto& g) {
    auto x = g.constant(2.0f, "x");
    node h{x * x, "h"}, r{on<npu>(h * x), "r"}, t{tanh(r), "t"};
    device_scope pin{g, "/NPU:1"};
    return std::array{node{t * 2.0f, "a"}, node{tanh(t), "b"}};
};

}  // namespace

template <>
struct weft::kernel<weft::ops::mul, npu, float> : kernel<weft::ops::mul, weft::cpu, float> {};

TEST_CASE("device kinds of the user's") {
    constexpr auto placed = placement_of<on_npu, npu_kinds>(machine{.others = 2});
    static_assert(placed.device_of("h") == "/job:localhost/task:0/npu:0");
    static_assert(placed.device_of("a") == "/job:localhost/task:0/npu:1");
    static_assert(placed.fallbacks == 1 && placed.copies == 0);
    same_placement<on_npu, machine{.others = 2}, npu_kinds>();
    same_placement<on_npu, machine{.gpus = 1}, npu_kinds>();
}

namespace {

template <int Layers>
constexpr auto deep = [](auto& g) {
    auto x = g.template placeholder<tensor<float, dyn, 16>>("x");
    auto w = g.variable(normal<float, 16, 16>(1), "w");
    node h = relu(matmul(x, w));
    for (int i = 0; i < Layers; ++i) {
        name_scope layer{g, "layer"};
        node a = relu(matmul(h, w) + x);
        node b{a * 2.0f - h, "b"};
        device_scope host{g, i % 4 == 0 ? "/cpu:0" : ""};
        node c = tanh(b), d = c + b + a;
        h = node(softmax(d));
    }
    return h;
};

}  // namespace

TEST_CASE("hundreds of nodes within the compiler's default limits") {
    constexpr auto placed = placement_of<deep<64>>(machine{.gpus = 1});
    static_assert(placed.nodes == 323 && placed.fallbacks == 0 && placed.copies == 49);
    same_placement<deep<64>, machine{.gpus = 1}>();
}

namespace {

// Builders of random graphs: every kind of node under every kind of scope.
struct host_only {
    static constexpr const char* name = "HostOnly";
};
struct gpu_only {
    static constexpr const char* name = "GpuOnly";
};

class dice {
public:
    constexpr explicit dice(unsigned seed) : state_(seed * 2654435761u + 1) {}
    constexpr unsigned operator()(unsigned sides) {
        state_ = state_ * 1664525u + 1013904223u;
        return (state_ >> 16) % sides;
    }

private:
    unsigned state_;
};

constexpr const char* places[] = {"/gpu:0", "/cpu:0",  "/gpu:1",         "/gpu:5", "/cpu:1",
                                  "/gpu",   "/task:0", "/job:localhost", "/",      "/device:*:1"};

template <unsigned Seed>
constexpr auto random_model = [](auto& g) {
    dice roll(Seed);
    auto first = g.constant(tensor<float, 4>{1, 2, 3, 4});
    auto state = g.variable(zeros<float, 4>());
    using value = decltype(first);
    value made[8] = {first, state, first, first, state, first, first, first};
    const auto any = [&]() -> const value& { return made[roll(8)]; };
    const auto make = [&]() -> value {
        const value a = any(), b = any();
        switch (roll(12)) {
            case 0: return node{elementwise<host_only>(a)};
            case 1: return node{elementwise<gpu_only>(a) + b};
            case 2: return g.template zeros<float, 4>();
            case 3: return g.constant(tensor<float, 4>{});
            case 4: return g.variable(a + 1.0f);
            case 5: {
                node n = size(a);
                return node{b * cast<float>(n)};
            }
            case 6: return node{softmax(a + b) * sum(softmax(b))};
            case 7: return call([](tensor_view<const float, 4>) { return tensor<float, 4>{}; }, a);
            case 8: return node{on<gpu>(a * b)};
            case 9: {
                control_dependencies after{g, {state.assign_add(a), b}};
                return node{-a};
            }
            default: return node{a * 2.0f - b};
        }
    };
    for (int i = 0; i < 24; ++i) {
        const value with = any();
        const unsigned at = roll(8), place = roll(10);
        switch (roll(6)) {
            case 0: {
                device_scope pin{g, places[place]};
                made[at] = make();
                break;
            }
            case 1: {
                colocate_with near{g, with};
                made[at] = make();
                break;
            }
            case 2: {
                device_scope pin{g, places[place]};
                device_scope multiply{g, [](const auto& n) { return n.op == "Mul" ? "/cpu" : ""; }};
                name_scope inner{g, "s"};
                made[at] = make();
                break;
            }
            default: made[at] = make();
        }
    }
    return std::tuple{made[0], made[1], made[2], made[3], made[4], made[5]};
};

template <unsigned... Seed>
void same_for_random(std::integer_sequence<unsigned, Seed...>) {
    (same_placement<random_model<Seed>, machine{.gpus = 2, .cpus = 1 + Seed % 2}>(), ...);
    (same_placement<random_model<Seed>, machine{.allow_soft_placement = Seed % 2 == 0}>(), ...);
}

}  // namespace

template <>
struct weft::kernel<host_only, weft::cpu, float> {
    template <class V>
    static V apply(const V& x) {
        return x;
    }
};
template <>
struct weft::kernel<gpu_only, weft::gpu, float> {
    template <class V>
    static V apply(const V& x) {
        return x;
    }
};

TEST_CASE("random graphs are placed as a session places them") {
    same_for_random(std::make_integer_sequence<unsigned, 12>{});
}
