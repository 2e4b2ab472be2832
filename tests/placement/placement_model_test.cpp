// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The placer against a model: the rules of placement said as plainly as they can be, in cubic time,
// on random graphs.
#include "random_graph.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace {

using toy::node_role;
using weft::device_index;
using weft::device_spec;
using weft::node_id;
using weft::node_record;

constexpr device_index none = weft::unplaced;

// Where every node goes; `failed` for a graph that cannot be placed.
class model {
public:
    model(const toy::graph& g, const weft::device_list& devices, bool soft)
        : graph_(g), nodes_(g.list()), devices_(devices), soft_(soft) {
        const std::size_t n = nodes_.size();
        together_.assign(n, std::vector<bool>(n));
        for (node_id a = 0; a < n; ++a) {
            together_[a][a] = true;
            for (node_id b : nodes_[a]->colocated) together_[a][b] = together_[b][a] = true;
            if (const node_id b = nodes_[a]->target; b != weft::no_node)
                together_[a][b] = together_[b][a] = true;
        }
        for (node_id k = 0; k < n; ++k)
            for (node_id a = 0; a < n; ++a)
                for (node_id b = 0; b < n; ++b)
                    if (together_[a][k] && together_[k][b]) together_[a][b] = true;

        device.assign(n, none);
        for (node_id a = 0; a < n; ++a)
            if (!follows(a)) device[a] = constrained(a);
        const std::vector<device_index> before = device;
        for (node_id a = 0; a < n; ++a)
            if (follows(a) && !metadata(a)) device[a] = with(a, consumers_device(a, before));
        for (node_id a = 0; a < n; ++a)
            if (follows(a) && metadata(a)) device[a] = with(a, device[nodes_[a]->inputs[0]]);
        failed = std::find(device.begin(), device.end(), none) != device.end();
    }

    std::vector<device_index> device;
    bool failed = false;

private:
    bool fed(node_id a) const {
        return nodes_[a]->role != node_role::variable &&
               std::find(graph_.fed.begin(), graph_.fed.end(), a) != graph_.fed.end();
    }
    bool anywhere(node_id a) const {
        return nodes_[a]->role == node_role::placeholder || nodes_[a]->role == node_role::group ||
               fed(a);
    }
    bool metadata(node_id a) const {
        return nodes_[a]->metadata_only && !nodes_[a]->inputs.empty();
    }
    bool follows(node_id a) const {
        const device_spec& asked = nodes_[a]->requested;
        return std::count(together_[a].begin(), together_[a].end(), true) == 1 && !fed(a) &&
               (nodes_[a]->produces_only() || metadata(a)) && asked.kind.empty() &&
               asked.index < 0 && !graph_.kept.contains(a) && !line(a);
    }

    // All that a node is tied to can be on the device.
    bool can(node_id a, device_index d, bool relaxed) const {
        for (node_id b = 0; b < nodes_.size(); ++b) {
            if (!together_[a][b]) continue;
            for (const device_spec& asked : wishes(b, relaxed))
                if (!asked.matches(devices_[d].name)) return false;
            if (!anywhere(b) && !nodes_[b]->kernel_for(devices_[d].name.kind)) return false;
        }
        return true;
    }
    const weft::placement_line* line(node_id a) const {
        return graph_.file == nullptr ? nullptr : graph_.file->find(nodes_[a]->name);
    }
    // What a node and its line ask for. With soft placement a line for any of a group overrules the
    // kind and index that the program wants for it.
    std::vector<device_spec> wishes(node_id a, bool relaxed) const {
        const auto relax = [](const device_spec& spec) {
            return device_spec{.job = spec.job, .task = spec.task};
        };
        bool overruled = false;
        for (node_id b = 0; b < nodes_.size(); ++b)
            if (together_[a][b] && line(b) && soft_) overruled = true;
        std::vector<device_spec> out{nodes_[a]->requested};
        if (relaxed || overruled) out[0] = relax(out[0]);
        if (line(a)) out.push_back(relaxed ? relax(line(a)->device) : line(a)->device);
        return out;
    }
    static bool agree(const device_spec& x, const device_spec& y) {
        return (x.job.empty() || y.job.empty() || x.job == y.job) &&
               (x.kind.empty() || y.kind.empty() || x.kind == y.kind) &&
               (x.task < 0 || y.task < 0 || x.task == y.task) &&
               (x.index < 0 || y.index < 0 || x.index == y.index);
    }
    // Some device name would do for all that they ask for, if it existed.
    bool consistent(node_id a) const {
        for (node_id b = 0; b < nodes_.size(); ++b)
            for (node_id c = 0; c < nodes_.size(); ++c) {
                if (!together_[a][b] || !together_[a][c]) continue;
                if (!agree(nodes_[b]->requested, nodes_[c]->requested)) return false;
                for (const device_spec& x : wishes(b, false))
                    for (const device_spec& y : wishes(c, false))
                        if (!agree(x, y)) return false;
            }
        return true;
    }

    bool better(node_id a, device_index d, device_index than) const {
        if (than == none) return true;
        bool client = true;
        for (node_id b = 0; b < nodes_.size(); ++b)
            if (together_[a][b] && !anywhere(b)) client = false;
        const auto rank = [&](device_index i) {
            const device_spec& name = devices_[i].name;
            const int kind = client ? (name.kind == "cpu"   ? 0
                                       : name.kind == "gpu" ? 1
                                                            : 2)
                                    : (name.kind == "gpu"   ? 0
                                       : name.kind == "npu" ? 1
                                                            : 2);
            const bool away =
                name.job != devices_[0].name.job || name.task != devices_[0].name.task;
            return client ? std::tuple(kind == 0 ? 0 : 1, int(away), kind, name.job, name.task,
                                       name.index)
                          : std::tuple(0, int(away), kind, name.job, name.task, name.index);
        };
        return rank(d) < rank(than);
    }
    device_index best(node_id a, bool relaxed) const {
        device_index out = none;
        for (device_index d = 0; d < devices_.size(); ++d)
            if (can(a, d, relaxed) && better(a, d, out)) out = d;
        return out;
    }
    device_index constrained(node_id a) const {
        device_index kept = none;
        for (const auto& [id, d] : graph_.kept) {
            if (!together_[a][id]) continue;
            if (kept != none && kept != d) return none;
            kept = d;
        }
        if (!consistent(a)) return none;
        if (kept != none) return can(a, kept, soft_) ? kept : none;
        const device_index strict = best(a, false);
        return strict == none && soft_ ? best(a, true) : strict;
    }

    device_index consumers_device(node_id a, const std::vector<device_index>& device_of) const {
        device_index out = none;
        for (node_id b = 0; b < nodes_.size(); ++b) {
            const auto& inputs = nodes_[b]->inputs;
            if (fed(b) || std::find(inputs.begin(), inputs.end(), a) == inputs.end()) continue;
            if (follows(b) && metadata(b)) continue;
            if (out != none && out != device_of[b]) return none;
            out = device_of[b];
        }
        return out;
    }
    device_index with(node_id a, device_index d) const {
        return d != none && can(a, d, false) ? d : constrained(a);
    }

    const toy::graph& graph_;
    std::vector<const node_record*> nodes_;
    const weft::device_list& devices_;
    bool soft_;
    std::vector<std::vector<bool>> together_;
};

TEST_CASE("the placer agrees with a brute-force model on random graphs") {
    const weft::device_list machines[] = {
        toy::devices("/cpu:0 /gpu:0 /gpu:1"),
        toy::devices("/cpu:0 /cpu:1 /npu:0 /gpu:0"),
        toy::devices("/cpu:1 /cpu:0 /gpu:1 /gpu:10 /gpu:2"),
        toy::devices("/cpu:0 /gpu:0 /task:1/gpu:0 /task:1/cpu:0 /job:ps/cpu:0"),
        toy::devices("/cpu:0 /cpu:1 /cpu:2"),
    };
    std::mt19937 random(7);
    int placed_graphs = 0;
    for (int round = 0; round < 20'000; ++round) {
        toy::graph g;
        toy::grow(g, random);
        const weft::device_list& devices = machines[random() % std::size(machines)];
        const bool soft = random() % 2 == 0;
        weft::placement_file file;
        if (random() % 3 == 0) {
            toy::fill(file, g, random);
            g.file = &file;
        }
        const model expected(g, devices, soft);
        std::vector<device_index> found;
        std::string said;
        try {
            found = g.place(devices, soft).devices;
            ++placed_graphs;
        } catch (const weft::error& e) {
            said = e.what();
        }
        CAPTURE(round);
        CAPTURE(said);
        REQUIRE(said.empty() == !expected.failed);
        if (said.empty()) REQUIRE(found == expected.device);
        // Nodes with a place of their own are not blamed.
        const auto nodes = g.list();
        for (node_id id = 0; id < nodes.size() && !said.empty(); ++id) {
            CAPTURE(id);
            if (expected.device[id] != none)
                REQUIRE(said.find("a device to node '" + nodes[id]->name + "'") == said.npos);
        }
    }
    CHECK(placed_graphs > 5'000);
    CHECK(placed_graphs < 18'000);
}

}  // namespace
