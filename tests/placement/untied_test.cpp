// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The short way of the placer against the long one: it gives up, or comes to the same.
#include "random_graph.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

namespace {

using toy::node_role;
using weft::device_index;
using weft::node_id;

constexpr node_id elsewhere = 5000;  // a node that is not in the list

// Nodes that nothing ties: kernels that read something, callables, nodes without a kernel, and
// what is fed.
void grow_untied(toy::graph& g, std::mt19937& random) {
    const char* kinds[] = {"cpu gpu", "cpu gpu npu", "cpu", "gpu", "npu", "npu cpu"};
    const unsigned count = 1 + static_cast<unsigned>(random() % 12);
    for (node_id id = 0; id < count; ++id) {
        toy::options given{.kinds = kinds[random() % (random() % 2 ? 2 : 6)]};
        given.inputs = {id > 0 && random() % 2 ? static_cast<node_id>(random() % id) : elsewhere};
        if (random() % 5 == 0) {
            given.role = node_role::call;
            if (random() % 2) given.inputs.clear();
        } else if (random() % 5 == 0) {
            given.role = random() % 2 ? node_role::placeholder : node_role::group;
        }
        g.add("n" + std::to_string(id), "Op", given);
        if (random() % 8 == 0) g.fed.push_back(id);
    }
}

// One thing that the short way does not know.
void tie(toy::graph& g, weft::placement_file& file, std::mt19937& random) {
    const auto count = static_cast<node_id>(g.list().size());
    const auto id = static_cast<node_id>(random() % count);
    switch (random() % 7) {
        case 0: g[id].requested = weft::device_spec::parse("/cpu:0"); break;
        case 1: g[id].requested = weft::device_spec::parse("/task:0"); break;
        case 2: g[id].colocated = {static_cast<node_id>(random() % count)}; break;
        case 3: g[id].metadata_only = true; break;
        case 4:
            g[id].role = node_role::compute;
            g[id].inputs.clear();
            g.fed.clear();
            break;
        case 5:
            g[id].role = node_role::variable;
            g[id].inputs.clear();
            if (random() % 2) g.kept[id] = 0;
            break;
        default: file.set(g[id].name, "/cpu:0"); g.file = &file;
    }
}

// The devices, and the error if there are none.
template <class Place>
std::vector<device_index> outcome(Place place, std::string& said) {
    try {
        return place();
    } catch (const weft::error& e) {
        said = e.what();
        return {};
    }
}

struct round_result {
    bool short_way;  // was taken
    bool equal;
};

round_result compare(const toy::graph& g, const weft::device_list& devices, bool soft) {
    const auto nodes = g.list();
    const weft::placement_request request{.nodes = nodes,
                                          .devices = devices,
                                          .kept = &g.kept,
                                          .fed = g.fed,
                                          .allow_soft_placement = soft,
                                          .file = g.file};
    std::string chosen_said, placed_said;
    const auto chosen = outcome([&] { return weft::choose_devices(request); }, chosen_said);
    const auto placed = outcome([&] { return weft::place(request).devices; }, placed_said);
    return {weft::detail::place_untied(request).size() == nodes.size(),
            chosen == placed && chosen_said == placed_said};
}

const weft::device_list machines[] = {
    toy::devices("/cpu:0"),
    toy::devices("/cpu:0 /gpu:0 /gpu:1"),
    toy::devices("/cpu:0 /cpu:1 /npu:0 /gpu:0"),
    toy::devices("/cpu:0 /task:1/gpu:0 /task:1/cpu:0"),
};

TEST_CASE("nodes without ties are placed the short way, as the long one would") {
    std::mt19937 random(11);
    int short_ways = 0;
    for (int round = 0; round < 5'000; ++round) {
        CAPTURE(round);
        toy::graph g;
        grow_untied(g, random);
        const weft::device_list& devices = machines[random() % std::size(machines)];
        const round_result result = compare(g, devices, random() % 2 == 0);
        REQUIRE(result.equal);
        short_ways += result.short_way;
    }
    CHECK(short_ways > 2'000);  // the others have a node without a kernel for this machine
}

TEST_CASE("one tie among many nodes is enough to take the long way") {
    std::mt19937 random(12);
    for (int round = 0; round < 5'000; ++round) {
        CAPTURE(round);
        toy::graph g;
        weft::placement_file file;
        grow_untied(g, random);
        tie(g, file, random);
        const weft::device_list& devices = machines[random() % std::size(machines)];
        const round_result result = compare(g, devices, random() % 2 == 0);
        REQUIRE(result.equal);
        REQUIRE_FALSE(result.short_way);
    }
}

TEST_CASE("any graph: the short way gives up or agrees") {
    std::mt19937 random(13);
    for (int round = 0; round < 5'000; ++round) {
        CAPTURE(round);
        toy::graph g;
        toy::grow(g, random);
        const weft::device_list& devices = machines[random() % std::size(machines)];
        g.kept.clear();  // of other machines
        REQUIRE(compare(g, devices, random() % 2 == 0).equal);
    }
}

TEST_CASE("a placement file without lines ties nothing") {
    toy::graph g;
    g.add("n", "Op", {.inputs = {elsewhere}});
    const weft::placement_file nothing;
    g.file = &nothing;
    CHECK(compare(g, machines[1], false).short_way);
}

}  // namespace
