// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The placer for recorded graphs on graphs written by hand: devices and their order, groups,
// errors. That it agrees with a session's placer is tests/session/placement_of_test.cpp's.
#include <weft/placement/recorded_placer.hpp>

#include <doctest/doctest.h>

using namespace weft;

namespace {

constexpr recorded_kind kinds[] = {{"cpu", false}, {"gpu", true}, {"npu", false}};
constexpr recorded_op anywhere{"Add", node_role::compute, 7, false, dtype::float32, nullptr, 16};
constexpr recorded_op on_cpu{"Floor", node_role::compute, 1, false, dtype::float32, nullptr, 16};
constexpr recorded_op state{"Variable", node_role::variable, 3, false, dtype::float32, nullptr, 8};

// `local` is the word after the kinds; another job would be the next one.
constexpr recorded_spec spec(int kind, int index, int job = -1) { return {job, -1, kind, index}; }
constexpr recorded_node node_of(const recorded_op& op, recorded_spec requested,
                                std::uint32_t first = 0, std::uint32_t inputs = 0,
                                std::uint32_t colocated = 0) {
    return {&op, {}, requested, no_node, no_node, first, inputs, 0, colocated, 0, false};
}

struct result {
    placement_counts counts{};
    recorded_decision made[4]{};
};
constexpr result placed(std::span<const recorded_node> nodes, const node_id* links, machine on) {
    recorded_graph g;
    g.kinds = kinds;
    g.nodes = nodes.data();
    g.size = nodes.size();
    g.links = links;
    result out;
    out.counts = place(g, on, out.made);
    return out;
}

}  // namespace

TEST_CASE("devices are preferred by the priority of their kind, then by index") {
    constexpr recorded_node nodes[] = {node_of(anywhere, any_recorded_device, 0, 0),
                                       node_of(anywhere, spec(-1, 1)),
                                       node_of(anywhere, spec(-1, 3))};
    constexpr result all = placed(nodes, nullptr, {.gpus = 1, .cpus = 4, .others = 2});
    static_assert(all.made[0].device == recorded_device{1, 0});
    static_assert(all.made[1].device == recorded_device{2, 1});
    static_assert(all.made[2].device == recorded_device{0, 3});
    static_assert(all.counts.errors == 0);
    constexpr result none = placed(nodes, nullptr, {.others = 0});
    static_assert(none.made[0].reason == placement_reason::only_kind);
    static_assert(none.counts.fallbacks == 2);
}

TEST_CASE("members of a group share a device that has kernels for all") {
    constexpr node_id links[] = {0, 1};
    constexpr recorded_node nodes[] = {node_of(state, any_recorded_device),
                                       node_of(on_cpu, any_recorded_device, 0, 1, 1)};
    constexpr result both = placed(nodes, links, {.gpus = 1});
    static_assert(both.made[0].device == recorded_device{1, 0} && both.counts.copies == 1);

    constexpr node_id colocated[] = {0, 0};
    constexpr result tied = placed(nodes, colocated, {.gpus = 1});
    static_assert(tied.made[0].device == recorded_device{0, 0} && tied.counts.copies == 0);
    static_assert(tied.made[1].reason == placement_reason::colocated);
}

TEST_CASE("soft placement gives up kind and index, not the job") {
    constexpr recorded_node nodes[] = {node_of(on_cpu, spec(1, 0)), node_of(on_cpu, spec(0, 9)),
                                       node_of(on_cpu, spec(-1, -1, 4))};
    constexpr result soft = placed(nodes, nullptr, {.gpus = 1});
    static_assert(soft.counts.fallbacks == 2 && soft.counts.errors == 1);
    static_assert(!soft.made[2].device.is_placed());
    constexpr result strict = placed(nodes, nullptr, {.gpus = 1, .allow_soft_placement = false});
    static_assert(strict.counts.fallbacks == 0 && strict.counts.errors == 3);
}
