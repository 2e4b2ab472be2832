// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A dag as a graph of weft: a callable without inputs for each node, a control edge for each edge.
// For the files that run it in one way or another; it plans and runs nothing itself, since that is
// what they measure.
#pragma once

#include "executor/peers.hpp"

#include <weft/weft.hpp>

namespace bench {

struct weft_graph {
    weft::graph graph;
    weft::node_id last = weft::no_node;  // done when all nodes are

    template <class Body>
    void describe(const dag& of, const Body& body) {
        std::vector<weft::node_id> nodes;
        nodes.reserve(of.size());
        for (dag_node id = 0; id < of.size(); ++id) {
            nodes.push_back(graph.call([body, id] { body(id); }).id());
            for (dag_node before : of.before(id)) graph.add_control(nodes[before], nodes[id]);
        }
        const std::vector<dag_node> sinks = of.sinks();
        last = nodes[sinks.front()];
        if (sinks.size() == 1) return;
        last = weft::group(done()).id();
        for (dag_node sink : sinks)
            if (sink != sinks.front()) graph.add_control(nodes[sink], last);
    }
    weft::node<void> done() { return {graph, last}; }
};

}  // namespace bench
