// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A graph as the compiler records it: plain arrays that constants can be made of. Inputs have
// smaller numbers than their readers, as in every graph. Nothing here can run.
#pragma once

#include <weft/core/element.hpp>
#include <weft/core/shape.hpp>
#include <weft/graph/record.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace weft {

// A piece of the recorded characters.
struct recorded_text {
    std::uint32_t first = 0, length = 0;
};

// A device specification; job and kind are numbers of recorded words. -1: any.
struct recorded_spec {
    int job = -1, task = -1, kind = -1, index = -1;

    // As device_spec::merged, matches, is_any.
    constexpr recorded_spec merged(const recorded_spec& inner) const {
        recorded_spec out = *this;
        if (inner.job >= 0) out.job = inner.job;
        if (inner.task >= 0) out.task = inner.task;
        if (inner.kind >= 0) out.kind = inner.kind;
        if (inner.kind >= 0 || inner.index >= 0) out.index = inner.index;
        return out;
    }
    constexpr bool matches(const recorded_spec& device) const {
        return (job < 0 || job == device.job) && (task < 0 || task == device.task) &&
               (kind < 0 || kind == device.kind) && (index < 0 || index == device.index);
    }
    constexpr bool is_any() const { return job < 0 && task < 0 && kind < 0 && index < 0; }
};

// What a device function that the compiler asks is told about a node.
struct recorded_description {
    std::string_view name;
    std::string_view op;
    node_role role;
};

// A device kind of the graph.
struct recorded_kind {
    const char* name = "";
    bool own_memory = false;  // apart from the host's
};
// A set of them, a bit for each in their order.
using recorded_kinds = std::uint64_t;

// A node; its links are the inputs, then the controls, then what it is colocated with.
struct recorded_node {
    recorded_text name{};
    const char* op = "";
    node_role role = node_role::compute;
    bool metadata_only = false;
    bool fetched = false;
    dtype element = dtype::none;
    std::uint32_t line = 0;  // of the program
    recorded_kinds kinds = 0;  // that have its kernel
    const dims* shape = nullptr;  // null for what is no tensor
    std::size_t bytes = 0;        // dyn where a dimension is
    recorded_spec requested{};
    node_id target = no_node;
    node_id initializer = no_node;  // of a variable
    std::uint32_t first_link = 0, inputs = 0, controls = 0, colocated = 0;

    constexpr bool produces_only() const {
        return inputs == 0 && (role == node_role::constant || role == node_role::compute);
    }
    // Nothing to run: values from the caller, and groups.
    constexpr bool runs_anywhere() const {
        return role == node_role::placeholder || role == node_role::group;
    }
};

// A recorded graph as it is read; the arrays are somebody else's.
struct recorded_graph {
    std::span<const recorded_kind> kinds{};
    const recorded_node* nodes = nullptr;
    std::size_t size = 0;
    const node_id* links = nullptr;
    std::size_t link_count = 0;
    const recorded_text* words = nullptr;  // the names of the kinds, "localhost", others
    std::size_t word_count = 0;
    const char* characters = nullptr;
    std::size_t character_count = 0;

    constexpr std::string_view text(recorded_text t) const {
        return {characters + t.first, t.length};
    }
    constexpr std::string_view name(node_id id) const { return text(nodes[id].name); }
    constexpr std::span<const node_id> inputs(node_id id) const {
        return {links + nodes[id].first_link, nodes[id].inputs};
    }
    constexpr std::span<const node_id> controls(node_id id) const {
        return {links + nodes[id].first_link + nodes[id].inputs, nodes[id].controls};
    }
    constexpr std::span<const node_id> colocated(node_id id) const {
        return {links + nodes[id].first_link + nodes[id].inputs + nodes[id].controls,
                nodes[id].colocated};
    }
    // The job of all devices, as a word.
    constexpr int local_job() const { return static_cast<int>(kinds.size()); }
};

}  // namespace weft
