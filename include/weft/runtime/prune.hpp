// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Which nodes a run needs, in an order in which they can run: walked back from what is fetched, cut
// at what is fed. Control edges may have been added in any order, so cycles are possible and
// reported.
#pragma once

#include <weft/graph/graph_base.hpp>

#include <algorithm>
#include <queue>
#include <unordered_set>

namespace weft {

namespace detail {

// Calls visit(id) for every node that `record` waits for.
template <class Visit>
void for_each_dependency(const node_record& record, Visit visit) {
    for (node_id id : record.inputs) visit(id);
    for (node_id id : record.controls) visit(id);
    if (record.target != no_node && record.role == node_role::assign) visit(record.target);
}

// Of nodes that wait for each other, those that some other one waits for, in order: what is left are
// cycles and the ways between them.
inline std::vector<node_id> without_readers_only(
    std::unordered_set<node_id> stuck,
    const std::unordered_map<node_id, std::vector<node_id>>& readers) {
    const auto is_waited_for = [&](node_id id) {
        const auto found = readers.find(id);
        return found != readers.end() && std::any_of(found->second.begin(), found->second.end(),
                                                     [&](node_id r) { return stuck.contains(r); });
    };
    while (std::erase_if(stuck, [&](node_id id) { return !is_waited_for(id); }) > 0) {
    }
    std::vector<node_id> left(stuck.begin(), stuck.end());
    std::sort(left.begin(), left.end());
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
    const std::unordered_set<node_id> cut(fed.begin(), fed.end());
    std::unordered_map<node_id, std::uint32_t> waits;  // for how many of the needed nodes
    std::vector<node_id> stack(fetches.begin(), fetches.end());
    std::unordered_map<node_id, std::vector<node_id>> readers;
    while (!stack.empty()) {
        const node_id id = stack.back();
        stack.pop_back();
        if (!waits.emplace(id, 0).second || cut.contains(id)) continue;
        detail::for_each_dependency(from.record(id), [&](node_id before) {
            ++waits[id];
            readers[before].push_back(id);
            stack.push_back(before);
        });
    }
    std::priority_queue<node_id, std::vector<node_id>, std::greater<>> ready;
    for (const auto& [id, count] : waits)
        if (count == 0) ready.push(id);
    std::vector<const node_record*> order;
    order.reserve(waits.size());
    while (!ready.empty()) {
        const node_id id = ready.top();
        ready.pop();
        order.push_back(&from.record(id));
        for (node_id reader : readers[id])
            if (--waits[reader] == 0) ready.push(reader);
    }
    if (order.size() < waits.size()) {
        std::unordered_set<node_id> stuck;
        for (const auto& [id, count] : waits)
            if (count > 0) stuck.insert(id);
        detail::throw_cycle(from, detail::without_readers_only(std::move(stuck), readers));
    }
    return order;
}

}  // namespace weft
