// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Which nodes a run needs, in an order in which they can run: walked back from what is fetched, cut
// at what is fed. Nodes are made after their inputs, so that is the order of making, unless control
// edges were added later; then cycles are possible, and reported.
#pragma once

#include <weft/core/search.hpp>
#include <weft/graph/graph_base.hpp>
#include <weft/runtime/ready_queue.hpp>

#include <string>
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

// The nodes that a run needs.
class needed_nodes {
public:
    // Calls visit(record, is it fed) for each, the last one first; only where control edges go back
    // it may leave some out. Records lie in memory as they were made, so they are walked back in
    // that order: in a large graph, to follow edges costs several times as much.
    template <class Visit>
    needed_nodes(const graph_base& from, std::span<const node_id> fetches,
                 std::span<const node_id> fed, Visit visit)
        : from_(from), needed_(from.size(), 0) {
        for (node_id id : fed) needed_[id] = cut;
        node_id end = 0;
        for (node_id id : fetches) {
            need(id);
            end = end <= id ? id + 1 : end;
        }
        std::vector<node_id> later;  // than those that wait for them: not met on the way back
        const auto need_before = [&](node_id id) {
            const node_record& record = from.record(id);
            for_each_dependency(record, [&](node_id before) {
                ++waits_;
                if (need(before) && !(before < id)) later.push_back(before);
                forward_ = forward_ && before < id;
            });
            visit(record, false);
        };
        for (node_id id = end; id-- > 0;) {
            if (needed_[id] == 1) need_before(id);
            if (needed_[id] == needed_cut) visit(from.record(id), true);
        }
        while (!later.empty()) {
            const node_id id = later.back();
            later.pop_back();
            for_each_dependency(from.record(id), [&](node_id before) {
                ++waits_;
                if (need(before)) later.push_back(before);
            });
        }
    }

    std::vector<const node_record*> in_order() {
        std::vector<const node_record*> order;
        order.reserve(count_);
        if (!forward_) return sorted(std::move(order));
        for_each([&](node_id id) { order.push_back(&from_.record(id)); });
        return order;
    }
    // Whether that is the order of making.
    bool forward() const { return forward_; }
    // About how many dependencies they have.
    std::size_t waits() const { return waits_; }

private:
    // Fed nodes are cut off; those that something needs are in the list all the same.
    static constexpr unsigned char cut = 2, needed_cut = 3;

    // Whether it is now, was not before, and has dependencies to follow.
    bool need(node_id id) {
        if (needed_[id] == cut) needed_[id] = needed_cut;
        if (needed_[id] != 0) return false;
        needed_[id] = 1;
        ++count_;
        return true;
    }
    bool is_needed(node_id id) const { return needed_[id] == 1 || needed_[id] == needed_cut; }
    template <class Visit>
    void for_each(Visit visit) const {
        for (node_id id = 0; id < needed_.size(); ++id)
            if (is_needed(id)) visit(id);
    }
    template <class Visit>
    void for_each_wait(node_id id, Visit visit) const {
        if (needed_[id] == 1) for_each_dependency(from_.record(id), visit);
    }

    // Where control edges go back: by counting, smallest number first.
    std::vector<const node_record*> sorted(std::vector<const node_record*> order) {
        std::vector<std::uint32_t> waits(needed_.size(), 0), first(needed_.size() + 1, 0);
        for_each([&](node_id id) {
            for_each_wait(id, [&](node_id before) {
                ++waits[id];
                ++first[before + 1];
            });
        });
        for (std::size_t i = 1; i < first.size(); ++i) first[i] += first[i - 1];
        std::vector<node_id> readers(first.back());
        std::vector<std::uint32_t> next(first.begin(), first.end() - 1);
        ready_queue ready;
        for_each([&](node_id id) {
            for_each_wait(id, [&](node_id before) { readers[next[before]++] = id; });
            if (waits[id] == 0) ready.push(id);
        });
        while (!ready.empty()) {
            const node_id id = ready.pop();
            order.push_back(&from_.record(id));
            for (std::uint32_t i = first[id]; i < first[id + 1]; ++i)
                if (--waits[readers[i]] == 0) ready.push(readers[i]);
        }
        std::vector<node_id> stuck;
        for_each([&](node_id id) {
            if (waits[id] > 0) stuck.push_back(id);
        });
        if (!stuck.empty()) throw_cycle(only_waited_for(std::move(stuck)));
        return order;
    }

    // Of nodes that wait for each other, those that another one waits for: what is left are cycles
    // and the ways between them.
    std::vector<node_id> only_waited_for(std::vector<node_id> stuck) const {
        for (bool changed = true; changed;) {
            std::vector<bool> waited(needed_.size(), false);
            for (node_id id : stuck) for_each_wait(id, [&](node_id on) { waited[on] = true; });
            std::vector<node_id> left;
            for (node_id id : stuck)
                if (waited[id]) left.push_back(id);
            changed = left.size() < stuck.size();
            stuck = std::move(left);
        }
        return stuck;
    }

    [[noreturn]] void throw_cycle(const std::vector<node_id>& stuck) const {
        std::string names;
        for (std::size_t i = 0; i < stuck.size() && i < 8; ++i)
            names += (i > 0 ? ", '" : "'") + from_.record(stuck[i]).name + '\'';
        const node_record& first = from_.record(stuck.front());
        throw error(errc::invalid_argument,
                    "the graph contains a cycle through " + std::to_string(stuck.size()) +
                        " nodes: " + names + (stuck.size() > 8 ? ", ..." : "") +
                        "; a control dependency makes a node wait for one that waits for it (" +
                        to_string(first.where) + ')',
                    first.name, first.where);
    }

    const graph_base& from_;
    std::vector<unsigned char> needed_;
    std::size_t count_ = 0, waits_ = 0;
    bool forward_ = true;  // every needed node waits for earlier ones only
};

}  // namespace detail

// The nodes that `fetches` need when `fed` come from the caller, inputs before their readers and
// otherwise in the order of making. Throws error invalid_argument for a cycle, naming its nodes.
// Linear in the graph's nodes.
inline std::vector<const node_record*> prune(const graph_base& from,
                                             std::span<const node_id> fetches,
                                             std::span<const node_id> fed) {
    return detail::needed_nodes(from, fetches, fed, [](const node_record&, bool) {}).in_order();
}

}  // namespace weft
