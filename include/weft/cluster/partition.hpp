// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Divides a placed plan among tasks: a pure function, without threads, messages or clocks. Nodes of
// a task that wait for the same tasks make a segment, which runs as a plan of its own and so never
// waits with anything held. One edge per value and task that needs it; what is only to be done
// before is a signal without a value, one per segment and task. The numbers of edges are those of
// the order of nodes, so the same request gives the same edges everywhere.
#pragma once

#include <weft/cluster/part.hpp>
#include <weft/cluster/partition_request.hpp>

#include <vector>

namespace weft {

// An edge between tasks, for errors and pictures.
struct plan_edge {
    node_id node = no_node;  // whose value it carries; of a signal: the first that is done
    std::uint32_t from = 0, to = 0;  // tasks
    bool is_value = false;
};

// A value that the driver sends when a step begins.
struct fed_edge {
    std::uint32_t feed = 0;
    outgoing_edge to{};
};

struct cluster_partition {
    std::vector<cluster_part> parts;     // by task
    std::vector<plan_edge> edges;        // by edge_id
    std::vector<fed_edge> fed;
    std::vector<std::uint32_t> results;  // of each fetch, the driver's slot; no_slot: no value
};

// Throws error invalid_argument for two writes of a variable without an order, unimplemented for a
// value that is no tensor and would have to leave its task.
cluster_partition partition(const partition_request& request);

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/cluster/partition_source.hpp>
#endif
