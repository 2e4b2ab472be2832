// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// placement_of<builder>(machine{...}): where the nodes of a builder would be placed, why, and what
// would be copied, as a constant. What a session with such devices would say when it explains what
// the builder returns, before anything has run.
#pragma once

#include <weft/graph/recorded_model.hpp>
#include <weft/placement/recorded_placer.hpp>

#include <string_view>

namespace weft {

// The full name of a device, "/job:localhost/task:0/gpu:0", or no text; compares with strings.
struct device_text {
    char characters[64] = {};
    std::size_t length = 0;

    constexpr std::string_view view() const { return {characters, length}; }
    constexpr operator std::string_view() const { return view(); }
    friend constexpr bool operator==(const device_text& a, const device_text& b) {
        return a.view() == b.view();
    }
    friend constexpr bool operator==(const device_text& a, std::string_view b) {
        return a.view() == b;
    }

    constexpr void append(std::string_view text) {
        for (char c : text) characters[length++] = c;
    }
    constexpr void append(int number) {
        if (number > 9) append(number / 10);
        characters[length++] = static_cast<char>('0' + number % 10);
    }
};

// A line of a constant placement.
struct placed_node {
    std::string_view name;
    std::string_view op;
    device_text device;  // empty: no device will do
    placement_reason reason;
};

// The placement of a graph of at most Nodes nodes: its figures (nodes, fallbacks, errors, copies)
// are those of placement_counts, its elements the nodes that will run, in the order of making. A
// literal type; names refer to constants.
template <std::size_t Nodes>
class constant_placement : public placement_counts {
public:
    constexpr constant_placement(const recorded_graph& of, const machine& on) : graph_(&of) {
        static_cast<placement_counts&>(*this) = place(of, on, decisions_);
    }

    constexpr std::size_t size() const { return nodes; }
    constexpr placed_node operator[](std::size_t i) const {
        const recorded_decision& made = decisions_[i];
        return {graph_->name(made.id), graph_->nodes[made.id].op->name, name_of(made.device),
                made.reason};
    }

    // Where a node is, by its name, and why; linear. Not a constant for a name that no node has
    // which will run; error invalid_argument at run time.
    constexpr device_text device_of(std::string_view node) const {
        return name_of(find(node).device);
    }
    constexpr placement_reason reason_of(std::string_view node) const { return find(node).reason; }

    // How many nodes are on devices of this name or part of a name, "/gpu:*".
    constexpr std::size_t nodes_on(std::string_view device) const {
        std::size_t count = 0;
        for (std::size_t i = 0; i < nodes; ++i) count += is_on(decisions_[i].device, device);
        return count;
    }

private:
    constexpr const recorded_decision& find(std::string_view node) const {
        for (std::size_t i = 0; i < nodes; ++i)
            if (graph_->name(decisions_[i].id) == node) return decisions_[i];
        throw error(errc::invalid_argument, "weft: no node of this name will run");
    }
    constexpr device_text name_of(const recorded_device& device) const {
        device_text out;
        if (!device.is_placed()) return out;
        out.append("/job:localhost/task:0/");
        out.append(graph_->kinds[static_cast<std::size_t>(device.kind)].name);
        out.append(":");
        out.append(device.index);
        return out;
    }
    constexpr bool is_on(const recorded_device& device, std::string_view name) const {
        const device_name_parts parts = read_device_name(name);
        if (parts.wrong != nullptr)
            throw error(errc::invalid_argument, "weft: a malformed device specification");
        return device.is_placed() && (parts.job.empty() || parts.job == "localhost") &&
               parts.task <= 0 && (parts.index < 0 || parts.index == device.index) &&
               (parts.kind.empty() ||
                same_word(parts.kind, graph_->kinds[static_cast<std::size_t>(device.kind)].name));
    }

    const recorded_graph* graph_;
    recorded_decision decisions_[Nodes + 1]{};
};

// The placement of what a builder builds, on a machine, as a constant: static_assert(
// placement_of<model>(machine{.gpus = 1}).fallbacks == 0). The builder, a constexpr lambda that
// takes any graph, is the one that graphs that run are built with. What it returns is what would be
// fetched: a node, a pair, tuple or array of nodes; everything that it builds, if it returns
// nothing. Kinds are the device kinds of the graph. Near-linear in the number of nodes.
template <auto Builder, class Kinds = default_kinds>
constexpr auto placement_of(const machine& on) {
    using builder = std::remove_const_t<decltype(Builder)>;
    using recorded = basic_graph<recording<Kinds>>;
    static_cast<void>(sizeof(require_builder<builder, recorded>));
    if constexpr (detail::builds<builder, recorded>) {
        using built = decltype(Builder(std::declval<recorded&>()));
        static_cast<void>(sizeof(require_fetchable<built>));
        if constexpr (detail::is_fetchable<built>)
            return constant_placement<recorded_model_size<Builder, Kinds>>(
                recorded_model<Builder, Kinds>, on);
        else
            return placement_counts{};
    } else {
        return placement_counts{};
    }
}

}  // namespace weft
