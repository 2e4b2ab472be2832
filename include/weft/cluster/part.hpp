// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What one task does in a run of several: segments, each an ordinary plan that waits for nobody,
// and slots, the values and signals that a segment waits for. A slot is filled by a segment of the
// same task, by a message that carries the number of its edge, or by a feed. Plain data, the same
// on the task that made it and on the one that runs it; as words it travels in a message.
#pragma once

#include <weft/graph/graph_base.hpp>
#include <weft/placement/device_list.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace weft {

// An edge's number in its plan, dense over all tasks.
using edge_id = std::uint32_t;
inline constexpr std::uint32_t no_slot = static_cast<std::uint32_t>(-1);

// Where a value goes when its segment is done: to another task.
struct outgoing_edge {
    edge_id edge = 0;
    std::uint32_t task = 0;
    friend bool operator==(const outgoing_edge&, const outgoing_edge&) = default;
};

// What a segment waits for.
struct part_slot {
    node_id node = no_node;      // the value's; of a signal: the first node that it stands for
    bool is_value = false;       // else a signal: something is done
    std::uint32_t edge = no_slot;  // by which it comes from another task; else from this one
    std::uint32_t feed = no_slot;  // which of the driver's feeds fills it at once
    friend bool operator==(const part_slot&, const part_slot&) = default;
};

// A node that a segment runs for its value or just to have it run.
struct segment_fetch {
    node_id node = no_node;
    std::uint32_t slot = no_slot;         // of this task that the value fills
    std::vector<outgoing_edge> edges{};  // by which it leaves
    friend bool operator==(const segment_fetch&, const segment_fetch&) = default;
};

struct part_segment {
    struct placed_node {
        node_id node = no_node;
        std::uint32_t device = 0;  // the task's own numbering
        friend bool operator==(const placed_node&, const placed_node&) = default;
    };
    bool collective = false;                     // one node, which all tasks of a job run together
    std::vector<placed_node> placed{};           // all that it touches, by number
    std::vector<std::uint32_t> feeds{};          // slots whose values it reads
    std::vector<node_id> done{};                 // nodes that count as done
    std::vector<std::uint32_t> waits{};          // every slot that must be full
    std::vector<segment_fetch> fetches{};
    std::vector<std::uint32_t> signals{};        // slots of this task that its end fills
    std::vector<outgoing_edge> signal_edges{};  // those of others
    friend bool operator==(const part_segment&, const part_segment&) = default;
};

struct cluster_part {
    std::vector<part_slot> slots;
    std::vector<part_segment> segments;  // in an order in which they can run
    bool empty() const { return segments.empty() && slots.empty(); }
    friend bool operator==(const cluster_part&, const cluster_part&) = default;
};

namespace detail {

// A part as 64-bit words and back; the one that reads trusts nothing.
class part_writer {
public:
    explicit part_writer(std::vector<std::uint64_t>& to) : to_(to) {}
    void add(const cluster_part& part) {
        add_list(part.slots, [&](const part_slot& slot) {
            word(slot.node), word(slot.is_value), word(slot.edge), word(slot.feed);
        });
        add_list(part.segments, [&](const part_segment& segment) { add(segment); });
    }

private:
    void word(std::uint64_t value) { to_.push_back(value); }
    template <class List, class Add>
    void add_list(const List& list, Add add) {
        word(list.size());
        for (const auto& element : list) add(element);
    }
    void add_numbers(const std::vector<std::uint32_t>& list) {
        add_list(list, [&](std::uint32_t number) { word(number); });
    }
    void add_edges(const std::vector<outgoing_edge>& list) {
        add_list(list, [&](const outgoing_edge& out) { word(out.edge), word(out.task); });
    }
    void add(const part_segment& segment) {
        word(segment.collective);
        add_list(segment.placed, [&](const part_segment::placed_node& placed) {
            word(placed.node), word(placed.device);
        });
        add_numbers(segment.feeds);
        add_numbers(segment.done);
        add_numbers(segment.waits);
        add_list(segment.fetches, [&](const segment_fetch& fetch) {
            word(fetch.node), word(fetch.slot);
            add_edges(fetch.edges);
        });
        add_numbers(segment.signals);
        add_edges(segment.signal_edges);
    }

    std::vector<std::uint64_t>& to_;
};

// The limits that what is read must keep.
struct part_limits {
    std::size_t nodes = 0, devices = 0, tasks = 0;
};

class part_reader {
public:
    part_reader(std::span<const std::uint64_t> words, const part_limits& limits)
        : words_(words), limits_(limits) {}

    // Throws error invalid_argument for what no task can have sent.
    cluster_part read() {
        cluster_part part;
        read_list(part.slots, 4, [&](part_slot& slot) {
            slot.node = number(limits_.nodes);
            slot.is_value = number(2) != 0;
            slot.edge = number_or_none();
            slot.feed = number_or_none();
        });
        slots_ = part.slots.size();
        read_list(part.segments, 8, [&](part_segment& segment) { read(segment); });
        if (at_ != words_.size()) refuse();
        return part;
    }

private:
    [[noreturn]] static void refuse() {
        throw error(errc::invalid_argument, "a plan arrived that is damaged");
    }
    std::uint64_t word() {
        if (at_ == words_.size()) refuse();
        return words_[at_++];
    }
    std::uint32_t number(std::size_t below) {
        const std::uint64_t value = word();
        if (value >= below || value >= no_slot) refuse();
        return static_cast<std::uint32_t>(value);
    }
    std::uint32_t number_or_none() {
        const std::uint64_t value = word();
        if (value > no_slot) refuse();
        return static_cast<std::uint32_t>(value);
    }
    // `least` words are there for each element, so a length cannot ask for more than was sent.
    template <class T, class Read>
    void read_list(std::vector<T>& to, std::size_t least, Read read) {
        const std::uint64_t size = word();
        if (size > (words_.size() - at_) / least) refuse();
        to.resize(static_cast<std::size_t>(size));
        for (T& element : to) read(element);
    }
    void read_numbers(std::vector<std::uint32_t>& to, std::size_t below) {
        read_list(to, 1, [&](std::uint32_t& value) { value = number(below); });
    }
    void read_edges(std::vector<outgoing_edge>& to) {
        read_list(to, 2, [&](outgoing_edge& out) {
            out.edge = number(no_slot);
            out.task = number(limits_.tasks);
        });
    }
    void read(part_segment& segment) {
        segment.collective = number(2) != 0;
        read_list(segment.placed, 2, [&](part_segment::placed_node& placed) {
            placed.node = number(limits_.nodes);
            placed.device = number(limits_.devices);
        });
        read_numbers(segment.feeds, slots_);
        read_numbers(segment.done, limits_.nodes);
        read_numbers(segment.waits, slots_);
        read_list(segment.fetches, 3, [&](segment_fetch& fetch) {
            fetch.node = number(limits_.nodes);
            fetch.slot = number_or_none();
            if (fetch.slot != no_slot && fetch.slot >= slots_) refuse();
            read_edges(fetch.edges);
        });
        read_numbers(segment.signals, slots_);
        read_edges(segment.signal_edges);
        if (segment.collective && (segment.feeds.size() != 1 || segment.fetches.size() != 1))
            refuse();
    }

    std::span<const std::uint64_t> words_;
    const part_limits limits_;
    std::size_t at_ = 0, slots_ = 0;
};

}  // namespace detail

// Adds the part to a message.
inline void append_part(const cluster_part& part, std::vector<std::uint64_t>& to) {
    detail::part_writer(to).add(part);
}
using part_limits = detail::part_limits;
// Throws error invalid_argument unless every number is in its limits.
inline cluster_part read_part(std::span<const std::uint64_t> words, const part_limits& limits) {
    return detail::part_reader(words, limits).read();
}

}  // namespace weft
