// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What docs/guide.md quotes about placement in constant expressions.
#include <weft/placement_of.hpp>
#include <weft/weft.hpp>

#include <cassert>

using namespace weft;

// [builder]
constexpr auto model = [](auto& g) {  // any graph: one that runs, or one that only records
    auto x = g.template placeholder<tensor<float, dyn, 64>>("x");
    auto w = g.variable(normal<float, 64, 10>(1), "w");
    node scores{softmax(matmul(x, w)), "scores"};
    device_scope host{g, "/cpu:0"};
    return node{argmax<1>(scores), "best"};  // what would be fetched
};
static_assert(placement_of<model>(machine{.gpus = 1}).fallbacks == 0);
// [/builder]

// [questions]
constexpr auto placed = placement_of<model>(machine{.gpus = 2, .cpus = 2});
static_assert(placed.errors == 0 && placed.nodes == 5);
static_assert(placed.device_of("scores") == "/job:localhost/task:0/gpu:0");
static_assert(placed.reason_of("best") == placement_reason::explicit_device);
static_assert(placed.nodes_on("/gpu:*") == 3 && placed.copies == 2);  // x there, scores back
// [/questions]

int main() {
    graph g;
    node best = model(g);
    session s{g, {.emulated_gpus = 2}};
    const placement_report report = s.explain(best);
    assert(report.nodes.size() == placed.nodes && report.copies.size() == placed.copies);
}
