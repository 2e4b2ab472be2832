// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The definition of partition(): from items that know their level to segments, slots and edges.
// Segments stand in the order of levels, so that each stands behind those that it waits for; slots
// and edges are made where they are first needed.
#pragma once

#include <weft/cluster/partition.hpp>
#include <weft/cluster/partition_items.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

namespace weft {

namespace detail {

// Makes the parts of items that have their segments.
class part_builder {
public:
    part_builder(const partition_request& request, partition_items& items)
        : request_(request), items_(items) {
        made_.parts.resize(request.tasks.size());
    }

    cluster_partition build() {
        number_segments();
        for (item_id id = 0; id < items_.size(); ++id)
            if (items_[id].segment != no_segment) add_to_segment(id);
        for (item_id id = 0; id < items_.size(); ++id) connect(id);
        for (const auto& [to, from] : signals_) add_signal(to, from);
        for (item_id fetched : items_.results())
            made_.results.push_back(fetched == no_item ? no_slot
                                                       : value_slot(fetched, request_.self));
        for (const auto& [segment, ids] : members_) finish(segment);
        return std::move(made_);
    }

private:
    using segment_key = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t,
                                   item_id>;

    // In the order of levels, so that a part's segments stand in an order in which they can run.
    void number_segments() {
        std::map<segment_key, std::uint32_t> numbers;
        const auto key_of = [&](const partition_item& item, item_id id) {
            return segment_key{item.level, item.task, item.piece, item.variant,
                               item.collective ? id : no_item};
        };
        for (item_id id = 0; id < items_.size(); ++id)
            if (items_[id].what != item_kind::feed) numbers.emplace(key_of(items_[id], id), 0u);
        for (auto& [key, number] : numbers) {
            const std::uint32_t task = std::get<1>(key);
            number = static_cast<std::uint32_t>(places_.size());
            places_.push_back({task, made_.parts[task].segments.size()});
            made_.parts[task].segments.emplace_back();
        }
        for (item_id id = 0; id < items_.size(); ++id) {
            partition_item& item = items_[id];
            if (item.what == item_kind::feed) continue;
            item.segment = numbers.at(key_of(item, id));
            members_[item.segment].push_back(id);
        }
    }
    part_segment& segment_at(std::uint32_t number) {
        const auto& [task, at] = places_[number];
        return made_.parts[task].segments[at];
    }

    void place(part_segment& in, node_id node) {
        const device_index device = items_.device_of(node);
        in.placed.push_back({node, request_.places[device].local});
    }
    void add_to_segment(item_id id) {
        const partition_item& item = items_[id];
        part_segment& in = segment_at(item.segment);
        in.collective = in.collective || item.collective;
        place(in, item.node);
        for (node_id leaf : item.leaves) place(in, leaf);
    }

    // What fills a slot, here or from another task.
    edge_id add_edge(node_id node, std::uint32_t from, std::uint32_t to, bool is_value) {
        made_.edges.push_back({node, from, to, is_value});
        return static_cast<edge_id>(made_.edges.size() - 1);
    }
    std::uint32_t add_slot(std::uint32_t task, const part_slot& slot) {
        made_.parts[task].slots.push_back(slot);
        return static_cast<std::uint32_t>(made_.parts[task].slots.size() - 1);
    }
    segment_fetch& fetch_of(item_id id) {
        part_segment& in = segment_at(items_[id].segment);
        for (segment_fetch& fetch : in.fetches)
            if (fetch.node == items_[id].node) return fetch;
        in.fetches.push_back({items_[id].node, no_slot, {}});
        return in.fetches.back();
    }
    // The slot of a task that holds an item's value.
    std::uint32_t value_slot(item_id from, std::uint32_t task) {
        const auto [found, fresh] = value_slots_.try_emplace({from, task}, no_slot);
        if (!fresh) return found->second;
        const partition_item& item = items_[from];
        part_slot slot{item.node, true, no_slot, no_slot};
        if (item.task != task) {
            slot.edge = add_edge(item.node, item.task, task, true);
            items_.require_tensor(from, task);
        }
        if (item.what == item_kind::feed && item.task == task) slot.feed = item.feed;
        found->second = add_slot(task, slot);
        if (item.what == item_kind::feed) {
            if (item.task != task) made_.fed.push_back({item.feed, {slot.edge, task}});
        } else if (item.task == task) {
            fetch_of(from).slot = found->second;
        } else {
            fetch_of(from).edges.push_back({slot.edge, task});
        }
        return found->second;
    }
    // The slot of a task that says that a segment is done.
    std::uint32_t signal_slot(item_id from, std::uint32_t task) {
        const partition_item& item = items_[from];
        const auto [found, fresh] = signal_slots_.try_emplace({item.segment, task}, no_slot);
        if (!fresh) return found->second;
        part_slot slot{item.node, false, no_slot, no_slot};
        if (item.task != task) slot.edge = add_edge(item.node, item.task, task, false);
        found->second = add_slot(task, slot);
        part_segment& in = segment_at(item.segment);
        if (item.task == task)
            in.signals.push_back(found->second);
        else
            in.signal_edges.push_back({slot.edge, task});
        return found->second;
    }

    // Values first: a segment whose value is waited for needs no signal.
    void connect(item_id id) {
        const partition_item& item = items_[id];
        if (item.segment == no_segment) return;
        for (const item_wait& wait : item.waits) {
            const partition_item& from = items_[wait.on];
            if (from.segment == item.segment) continue;
            if (wait.is_value) {
                const std::uint32_t slot = value_slot(wait.on, item.task);
                segment_at(item.segment).feeds.push_back(slot);
                if (from.segment != no_segment) valued_.insert({item.segment, from.segment});
            } else if (from.segment != no_segment) {
                signals_.push_back({id, wait.on});
            }
        }
    }

    template <class T>
    static void sort_unique(std::vector<T>& list) {
        std::ranges::sort(list);
        list.erase(std::unique(list.begin(), list.end()), list.end());
    }
    void finish(std::uint32_t number) {
        part_segment& segment = segment_at(number);
        std::ranges::sort(segment.placed, {}, &part_segment::placed_node::node);
        segment.placed.erase(std::unique(segment.placed.begin(), segment.placed.end()),
                             segment.placed.end());
        sort_unique(segment.feeds);
        segment.waits.insert(segment.waits.end(), segment.feeds.begin(), segment.feeds.end());
        sort_unique(segment.waits);
        fetch_ends(number);
        find_done(number, segment);
    }
    void add_signal(item_id id, item_id on) {
        const partition_item& to = items_[id];
        if (valued_.contains({to.segment, items_[on].segment})) return;
        segment_at(to.segment).waits.push_back(signal_slot(on, to.task));
    }
    // Nodes that nothing in the segment waits for are run because they are fetched.
    void fetch_ends(std::uint32_t number) {
        std::set<item_id> waited;
        for (item_id id : members_[number])
            for (const item_wait& wait : items_[id].waits)
                if (wait.in_graph && items_[wait.on].segment == number) waited.insert(wait.on);
        for (item_id id : members_[number])
            if (!waited.contains(id)) fetch_of(id);
    }
    void find_done(std::uint32_t number, part_segment& segment) {
        const cluster_part& part = made_.parts[places_[number].first];
        const auto is_here = [&](node_id node) {
            return std::ranges::binary_search(segment.placed, node, {},
                                              &part_segment::placed_node::node) ||
                   std::ranges::any_of(segment.feeds, [&](std::uint32_t slot) {
                       return part.slots[slot].node == node;
                   });
        };
        for (item_id id : members_[number])
            for (node_id before : items_[id].after)
                if (!is_here(before)) segment.done.push_back(before);
        sort_unique(segment.done);
    }

    const partition_request& request_;
    partition_items& items_;
    cluster_partition made_;
    std::vector<std::pair<std::uint32_t, std::size_t>> places_;  // of each segment: task, position
    std::map<std::uint32_t, std::vector<item_id>> members_;
    std::map<std::pair<item_id, std::uint32_t>, std::uint32_t> value_slots_, signal_slots_;
    std::set<std::pair<std::uint32_t, std::uint32_t>> valued_;  // segment, the one it has values of
    std::vector<std::pair<item_id, item_id>> signals_;
};

}  // namespace detail

WEFT_SOURCE cluster_partition partition(const partition_request& request) {
    detail::partition_items items(request);
    return detail::part_builder(request, items).build();
}

}  // namespace weft
