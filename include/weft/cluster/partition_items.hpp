// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What a partition is made of: an item for each node that runs, each value that is fed, and each
// reading of a variable for another task, with what it waits for and its level: how often the
// longest way to it changes the task. Items of a task and level never wait for each other through
// another task, so they can run as one plan. Variables and constants of a task are read where they
// are needed; a read that must see a variable from before a write that runs earlier gets a copy.
#pragma once

#include <weft/cluster/partition_request.hpp>
#include <weft/runtime/order_error.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace weft {

namespace detail {

using item_id = std::uint32_t;
inline constexpr item_id no_item = static_cast<item_id>(-1);
inline constexpr std::uint32_t no_segment = static_cast<std::uint32_t>(-1);

enum class item_kind : unsigned char { node, read, feed };

struct item_wait {
    item_id on = no_item;
    bool is_value = false;
    bool apart = false;     // never in the same segment
    bool in_graph = false;  // an edge of the graph, which a plan of the segment follows
};

struct partition_item {
    item_kind what = item_kind::node;
    node_id node = no_node;
    std::uint32_t task = 0;
    bool collective = false;
    std::uint32_t feed = 0;  // of feed: which
    std::vector<item_wait> waits{};
    std::vector<node_id> leaves{};  // variables and constants of its task that it touches
    std::vector<node_id> after{};   // nodes that the graph has it wait for, without a value
    std::uint32_t level = 0, piece = 0, variant = 0;
    std::uint32_t segment = no_segment;
};

class partition_items {
public:
    explicit partition_items(const partition_request& request)
        : request_(request), position_(request.from.size(), none_) {
        for (std::uint32_t at = 0; at < request.nodes.size(); ++at)
            position_[request.nodes[at]->id] = at;
        for (std::uint32_t i = 0; i < request.feeds.size(); ++i) feed_of_[request.feeds[i]] = i;
        find_writers();
        while (!settle()) {}
    }

    std::size_t size() const { return items_.size(); }
    partition_item& operator[](item_id id) { return items_[id]; }
    const std::vector<item_id>& results() const { return results_; }
    device_index device_of(node_id node) const { return request_.devices[position_[node]]; }

    // Throws error unimplemented where the item's value cannot travel.
    void require_tensor(item_id from, std::uint32_t task) const {
        const node_record& node = record(items_[from].node);
        if (node.type.is_tensor()) return;
        throw error(errc::unimplemented,
                    "the value of '" + node.name + "' is no tensor and is needed on " +
                        request_.tasks[task] + ", but made on " +
                        request_.tasks[items_[from].task] +
                        ": only tensors travel between tasks; put its readers on its task (made "
                        "at " +
                        to_string(node.where) + ')',
                    node.name, node.where);
    }

private:
    static constexpr std::uint32_t none_ = static_cast<std::uint32_t>(-1);
    using writer_set = std::vector<node_id>;  // in the order of making

    const node_record& record(node_id id) const { return request_.from.record(id); }
    std::uint32_t task_of(node_id id) const { return request_.places[device_of(id)].task; }
    bool is_fed(node_id id) const { return feed_of_.contains(id); }
    bool is_variable(node_id id) const {
        return record(id).role == node_role::variable && !is_fed(id);
    }
    bool is_constant(node_id id) const {
        return record(id).role == node_role::constant && !is_fed(id);
    }

    // Writes and what comes after them.

    void find_writers() {
        for (const node_record* node : request_.nodes)
            if (node->role == node_role::assign && !is_fed(node->id))
                writers_[node->target].push_back(node->id);
        for (const auto& [variable, writers] : writers_) {
            for (node_id writer : writers) find_reached(writer);
            for (std::size_t a = 0; a < writers.size(); ++a)
                for (std::size_t b = a + 1; b < writers.size(); ++b)
                    if (!reaches(writers[a], writers[b]) && !reaches(writers[b], writers[a]))
                        throw_unordered_writes(record(writers[a]), record(writers[b]),
                                               record(variable));
        }
    }
    void find_reached(node_id writer) {
        std::vector<bool>& reached = reached_[writer];
        reached.assign(request_.nodes.size(), false);
        for (std::size_t at = 0; at < request_.nodes.size(); ++at) {
            const node_record& node = *request_.nodes[at];
            bool here = node.id == writer;
            if (!is_fed(node.id))
                for (const auto* list : {&node.inputs, &node.controls})
                    for (node_id before : *list)
                        here = here || (position_[before] != none_ && reached[position_[before]]);
            reached[at] = here;
        }
    }
    bool reaches(node_id writer, node_id node) const {
        return reached_.at(writer)[position_[node]];
    }
    // The writes of a variable that a reader comes after; for no_node, a fetch: none.
    writer_set before(node_id variable, node_id reader) const {
        writer_set out;
        if (const auto found = writers_.find(variable);
            reader != no_node && found != writers_.end())
            for (node_id writer : found->second)
                if (writer != reader && reaches(writer, reader)) out.push_back(writer);
        return out;
    }

    // Items and what they wait for.

    item_id add(partition_item item) {
        items_.push_back(std::move(item));
        return static_cast<item_id>(items_.size() - 1);
    }
    item_id item_of(node_id node) {
        const auto [found, fresh] = of_node_.try_emplace(node, no_item);
        if (fresh) {
            if (is_fed(node))
                found->second = add({.what = item_kind::feed,
                                     .node = node,
                                     .task = request_.self,
                                     .feed = feed_of_.at(node)});
            else
                found->second = add({.node = node,
                                     .task = task_of(node),
                                     .collective = is_collective(record(node))});
        }
        return found->second;
    }
    // The reading of a variable on its task, after these writes and before all others.
    item_id reading(node_id variable, const writer_set& after) {
        const auto [found, fresh] = readings_.try_emplace({variable, after}, no_item);
        if (fresh) {
            found->second =
                add({.what = item_kind::read, .node = variable, .task = task_of(variable)});
            reads_.push_back({found->second, variable, after});
        }
        return found->second;
    }
    void wait(item_id id, item_id on, bool is_value, bool apart, bool in_graph) {
        items_[id].waits.push_back({on, is_value, apart, in_graph});
    }

    void add_input(item_id id, node_id input) {
        const std::uint32_t task = items_[id].task;
        const node_id reader = items_[id].node;
        if (is_constant(input) && task_of(input) == task) return add_leaf(id, input);
        if (!is_variable(input)) return wait(id, item_of(input), true, false, true);
        writer_set after = before(input, reader);
        const bool direct = task_of(input) == task && !copied_.contains({reader, input});
        if (direct) {
            add_leaf(id, input);
            direct_.push_back({id, input, std::move(after)});
            return;
        }
        // Elsewhere a variable is what it was before the run's writes, unless this says otherwise.
        const bool special = task_of(input) == task || !after.empty();
        const item_id from = reading(input, after);
        if (special) variants_[reader].insert(from);
        wait(id, from, true, true, false);
    }
    void add_leaf(item_id id, node_id leaf) {
        items_[id].leaves.push_back(leaf);
        if (!is_fed(leaf))
            for (node_id before : record(leaf).controls) add_control(id, before);
    }
    void add_control(item_id id, node_id before) {
        items_[id].after.push_back(before);
        if (is_fed(before)) return;
        if (is_variable(before) || is_constant(before)) {
            for (node_id earlier : record(before).controls) add_control(id, earlier);
            return;
        }
        wait(id, item_of(before), false, false, true);
    }

    // Makes all items and their levels; false if reads had to be changed, and it must be done anew.
    bool settle() {
        items_.clear(), of_node_.clear(), readings_.clear(), reads_.clear(), direct_.clear();
        variants_.clear(), results_.clear();
        for (const node_record* node : request_.nodes)
            if (is_fed(node->id) || (!is_variable(node->id) && !is_constant(node->id)))
                item_of(node->id);
        for (const node_record* node : request_.nodes) {
            if (is_fed(node->id) || is_variable(node->id) || is_constant(node->id)) continue;
            const item_id id = item_of(node->id);
            for (node_id input : node->inputs) add_input(id, input);
            for (node_id before : node->controls) add_control(id, before);
            if (node->role == node_role::assign) add_leaf(id, node->target);
        }
        for (node_id fetched : request_.fetches) add_result(fetched);
        for (const auto& [node, id] : std::map(of_node_))
            if (is_constant(node))
                for (node_id before : record(node).controls) add_control(id, before);
        order_reads();
        number_variants();
        find_levels();
        find_pieces();
        return check_direct();
    }
    void add_result(node_id fetched) {
        if (!record(fetched).has_value())
            results_.push_back(no_item);
        else if (is_variable(fetched))
            results_.push_back(reading(fetched, {}));
        else
            results_.push_back(item_of(fetched));
    }
    // A reading waits for the writes that it comes after, and the others wait for it.
    void order_reads() {
        for (const variable_read& read : reads_) {
            for (node_id before : record(read.variable).controls) add_control(read.item, before);
            for (node_id writer : read.after) wait(read.item, item_of(writer), false, true, false);
            if (const auto found = writers_.find(read.variable); found != writers_.end())
                for (node_id writer : found->second)
                    if (!list_contains(read.after, writer))
                        wait(item_of(writer), read.item, false, false, false);
        }
    }
    void number_variants() {
        std::map<std::set<item_id>, std::uint32_t> numbers;
        for (const auto& [node, readings] : variants_) {
            const auto number = static_cast<std::uint32_t>(numbers.size() + 1);
            items_[of_node_.at(node)].variant = numbers.try_emplace(readings, number).first->second;
        }
    }

    bool crosses(const partition_item& from, const partition_item& to, const item_wait& how) const {
        if (from.what == item_kind::feed) return from.task != to.task;
        return how.apart || from.task != to.task || from.collective || to.collective ||
               from.variant != to.variant;
    }
    void find_levels() {
        std::vector<std::uint32_t> left(items_.size(), 0);
        std::vector<std::vector<item_id>> followers(items_.size());
        for (item_id id = 0; id < items_.size(); ++id)
            for (const item_wait& wait : items_[id].waits) {
                ++left[id];
                followers[wait.on].push_back(id);
            }
        std::vector<item_id> ready;
        for (item_id id = 0; id < items_.size(); ++id)
            if (left[id] == 0) ready.push_back(id);
        std::size_t done = 0;
        for (; done < ready.size(); ++done) {
            partition_item& item = items_[ready[done]];
            for (const item_wait& wait : item.waits) {
                const partition_item& from = items_[wait.on];
                const std::uint32_t level = from.level + (crosses(from, item, wait) ? 1 : 0);
                item.level = item.level < level ? level : item.level;
            }
            for (item_id later : followers[ready[done]])
                if (--left[later] == 0) ready.push_back(later);
        }
        if (done != items_.size())
            throw error(errc::internal, "a plan of several tasks waits for itself");
    }

    // What the first collective needs is a piece of its level, what the second one needs besides
    // another, and so on: a collective is under way while the rest is computed.
    void find_pieces() {
        std::vector<item_id> collectives;
        for (item_id id = 0; id < items_.size(); ++id)
            if (items_[id].collective) collectives.push_back(id);
        if (collectives.empty()) return;
        for (partition_item& item : items_)
            item.piece = static_cast<std::uint32_t>(collectives.size());
        std::vector<bool> seen(items_.size(), false);
        for (std::uint32_t piece = 0; piece < collectives.size(); ++piece) {
            std::vector<item_id> open{collectives[piece]};
            while (!open.empty()) {
                const item_id id = open.back();
                open.pop_back();
                if (seen[id]) continue;
                seen[id] = true;
                items_[id].piece = piece;
                for (const item_wait& wait : items_[id].waits)
                    if (items_[wait.on].task == items_[id].task) open.push_back(wait.on);
            }
        }
    }

    // A variable that is read in its place must be read before the writes that the reader does not
    // come after. In one segment its plan sees to that.
    bool check_direct() {
        bool good = true;
        for (const variable_read& read : direct_) {
            const auto found = writers_.find(read.variable);
            if (found == writers_.end()) continue;
            for (node_id writer : found->second) {
                const item_id write = item_of(writer);
                if (write == read.item || list_contains(read.after, writer)) continue;
                const partition_item &a = items_[read.item], &b = items_[write];
                const bool first = a.level != b.level   ? a.level < b.level
                                   : a.piece != b.piece ? a.piece < b.piece
                                                        : false;
                const bool together =
                    a.level == b.level && a.piece == b.piece && a.variant == b.variant;
                if (first) {
                    wait(write, read.item, false, false, false);
                } else if (!together) {
                    copied_.insert({a.node, read.variable});
                    good = false;
                }
            }
        }
        return good;
    }

    struct variable_read {
        item_id item;
        node_id variable;
        writer_set after;
    };

    const partition_request& request_;
    std::vector<std::uint32_t> position_;  // of each node in the request
    std::map<node_id, std::uint32_t> feed_of_;
    std::map<node_id, writer_set> writers_;  // of each variable
    std::map<node_id, std::vector<bool>> reached_;
    std::set<std::pair<node_id, node_id>> copied_;  // reader, variable: not read in its place
    std::vector<partition_item> items_;
    std::map<node_id, item_id> of_node_;
    std::map<std::pair<node_id, writer_set>, item_id> readings_;
    std::vector<variable_read> reads_, direct_;
    std::map<node_id, std::set<item_id>> variants_;
    std::vector<item_id> results_;
};

}  // namespace detail

}  // namespace weft
