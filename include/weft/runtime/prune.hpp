// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Which nodes a run needs, in an order in which they can run: walked back from what is fetched, cut
// at what is fed. Control edges may have been added in any order, so cycles are possible and
// reported.
#pragma once

#include <weft/core/flat_map.hpp>
#include <weft/core/search.hpp>
#include <weft/graph/graph_base.hpp>
#include <weft/runtime/ready_queue.hpp>

#include <utility>
#include <vector>

namespace weft {

namespace detail {

// Calls visit(id) for every node that `record` waits for.
template <class Visit>
void for_each_dependency(const node_record& record, Visit visit) {
    for (node_id id : record.inputs) visit(id);
    for (node_id id : record.controls) visit(id);
    if (record.target != no_node && record.role == node_role::assign) visit(record.target);
}

// The nodes that a run needs, by position, and who waits for whom among them.
struct needed_nodes {
    static constexpr std::uint32_t no_edge = static_cast<std::uint32_t>(-1);
    struct edge {
        std::uint32_t reader;
        std::uint32_t next;  // of the same node
    };

    flat_map<node_id, std::uint32_t> position{};
    std::vector<std::uint32_t> waits{};    // for how many others; 0 once it is in the order
    std::vector<std::uint32_t> readers{};  // the first edge
    std::vector<edge> edges{};

    // The position of a node, and whether it is new.
    std::pair<std::uint32_t, bool> add(node_id id) {
        const auto [at, is_new] = position.emplace(id, static_cast<std::uint32_t>(waits.size()));
        if (is_new) {
            waits.push_back(0);
            readers.push_back(no_edge);
        }
        return {*at, is_new};
    }
    void add_edge(std::uint32_t before, std::uint32_t reader) {
        edges.push_back({reader, readers[before]});
        readers[before] = static_cast<std::uint32_t>(edges.size() - 1);
        ++waits[reader];
    }
    node_id id_of(std::uint32_t at) const { return (position.begin() + at)->key; }
    template <class Visit>
    void for_each_reader(std::uint32_t at, Visit visit) const {
        for (std::uint32_t e = readers[at]; e != no_edge; e = edges[e].next) visit(edges[e].reader);
    }
};

// Of nodes that wait for each other, those that some other one waits for, in the order of making:
// what is left are cycles and the ways between them.
inline std::vector<node_id> without_readers_only(needed_nodes& nodes) {
    for (bool changed = true; changed;) {
        changed = false;
        for (std::uint32_t at = 0; at < nodes.waits.size(); ++at) {
            bool is_waited_for = false;
            nodes.for_each_reader(at, [&](std::uint32_t reader) {
                is_waited_for = is_waited_for || nodes.waits[reader] > 0;
            });
            if (nodes.waits[at] == 0 || is_waited_for) continue;
            nodes.waits[at] = 0;
            changed = true;
        }
    }
    ready_queue sorted;
    for (const auto& [id, at] : nodes.position)
        if (nodes.waits[at] > 0) sorted.push(id);
    std::vector<node_id> left;
    while (!sorted.empty()) left.push_back(sorted.pop());
    return left;
}

[[noreturn]] inline void throw_cycle(const graph_base& from, const std::vector<node_id>& stuck) {
    std::string names;
    for (std::size_t i = 0; i < stuck.size() && i < 8; ++i)
        names += (i > 0 ? ", '" : "'") + from.record(stuck[i]).name + '\'';
    const node_record& first = from.record(stuck.front());
    throw error(errc::invalid_argument,
                "the graph contains a cycle through " + std::to_string(stuck.size()) +
                    " nodes: " + names + (stuck.size() > 8 ? ", ..." : "") +
                    "; a control dependency makes a node wait for one that waits for it (" +
                    to_string(first.where) + ')',
                first.name, first.where);
}

}  // namespace detail

// The nodes that `fetches` need when `fed` come from the caller, inputs before their readers and
// otherwise in the order of making. Throws error invalid_argument for a cycle, naming its nodes.
inline std::vector<const node_record*> prune(const graph_base& from,
                                             std::span<const node_id> fetches,
                                             std::span<const node_id> fed) {
    detail::needed_nodes nodes;
    std::vector<node_id> stack;
    for (node_id id : fetches)
        if (nodes.add(id).second) stack.push_back(id);
    while (!stack.empty()) {
        const node_id id = stack.back();
        stack.pop_back();
        if (list_contains(fed, id)) continue;
        const std::uint32_t reader = nodes.position.at(id);
        detail::for_each_dependency(from.record(id), [&](node_id before) {
            const auto [at, is_new] = nodes.add(before);
            nodes.add_edge(at, reader);
            if (is_new) stack.push_back(before);
        });
    }
    ready_queue ready;
    for (const auto& [id, at] : nodes.position)
        if (nodes.waits[at] == 0) ready.push(id);
    std::vector<const node_record*> order;
    order.reserve(nodes.position.size());
    while (!ready.empty()) {
        const node_id id = ready.pop();
        order.push_back(&from.record(id));
        nodes.for_each_reader(nodes.position.at(id), [&](std::uint32_t reader) {
            if (--nodes.waits[reader] == 0) ready.push(nodes.id_of(reader));
        });
    }
    if (order.size() < nodes.position.size())
        detail::throw_cycle(from, detail::without_readers_only(nodes));
    return order;
}

}  // namespace weft
