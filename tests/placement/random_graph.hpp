// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Random graphs, machines and placement files for property tests of the placer: small, so that a
// failure can be read, and with every kind of constraint about as often as none.
#pragma once

#include "toy_graph.hpp"

#include <algorithm>
#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace toy {

inline void grow(toy::graph& g, std::mt19937& engine) {
    const auto random = [&] { return static_cast<unsigned>(engine()); };
    const auto one_in = [&](unsigned n) { return random() % n == 0; };
    const char* kinds[] = {"cpu gpu", "cpu gpu npu", "cpu", "gpu", "cpu npu", "cpu gpu"};
    const char* specs[] = {"/gpu:0",  "/gpu:1",  "/cpu:0",       "/cpu:*", "/device:*:1",
                           "/job:ps", "/task:0", "/npu:0",       "/gpu",   "/gpu:7",
                           "/task:1", "/cpu:1",  "/job:ps/gpu:0"};
    const unsigned careless = random() % 2 ? 3 : 12;  // how often something is asked for
    const unsigned count = 1 + random() % 14;
    std::vector<node_id> variables;
    for (node_id id = 0; id < count; ++id) {
        toy::options given;
        given.kinds = kinds[random() % std::size(kinds)];
        if (one_in(careless)) given.at = specs[random() % std::size(specs)];
        for (unsigned i = random() % 3; i > 0 && id > 0; --i) {
            const node_id input = random() % id;
            if (std::find(given.inputs.begin(), given.inputs.end(), input) == given.inputs.end())
                given.inputs.push_back(input);
        }
        if (one_in(10) && id > 0) given.colocated = {static_cast<node_id>(random() % id)};
        switch (random() % 9) {
            case 0:
                given.role = node_role::variable;
                given.inputs.clear();
                variables.push_back(id);
                break;
            case 1:
                if (variables.empty()) break;
                given.role = node_role::assign;
                given.target = variables[random() % variables.size()];
                break;
            case 2:
                given.role = node_role::placeholder;
                given.inputs.clear();
                break;
            case 3: given.role = node_role::group; break;
            case 4: given.metadata_only = true; break;
            case 5:
                given.role = node_role::constant;
                given.inputs.clear();
                break;
            default: break;
        }
        g.add("n" + std::to_string(id), "Op", given);
        if (one_in(15)) g.fed.push_back(id);
    }
    for (node_id v : variables)
        if (one_in(6)) g.kept[v] = random() % 3;
}

// Lines for some of the nodes, not all of which can be.
inline void fill(weft::placement_file& file, const graph& g, std::mt19937& random) {
    const char* places[] = {"/gpu:0", "/gpu:1", "/cpu:0",        "/cpu:1",
                            "/npu:0", "/gpu:7", "/task:1/gpu:0", "/job:ps/cpu:0"};
    const std::size_t common = random() % std::size(places);
    for (const node_record* node : g.list())
        if (random() % 4 == 0)
            file.set(node->name, places[random() % 2 == 0 ? common : random() % std::size(places)]);
}

}  // namespace toy
