// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A graph as the compiler records it: plain arrays that constants can be made of. Types have no
// constructors, so that lists of them grow in few steps. Inputs have smaller numbers than their
// readers, as in every graph. Nothing here can run.
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
    std::uint32_t first, length;
};

// A device specification; job and kind are numbers of recorded words, -1 is any.
struct recorded_spec {
    int job, task, kind, index;

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

inline constexpr recorded_spec any_recorded_device{-1, -1, -1, -1};

// A device kind of the graph.
struct recorded_kind {
    const char* name = "";
    bool own_memory = false;  // apart from the host's
};
// A set of them, a bit for each in their order.
using recorded_kinds = std::uint64_t;

// What nodes of one op and type have in common; a constant of its own.
struct recorded_op {
    const char* name;
    node_role role;
    recorded_kinds kinds;  // that have its kernel
    bool metadata_only;
    dtype element;      // none for what is no tensor
    const dims* shape;  // null for what is no tensor
    std::size_t bytes;  // dyn where a dimension is
};

// A node; its links are the inputs, then the controls, then what it is colocated with.
struct recorded_node {
    const recorded_op* op;
    recorded_text name;
    recorded_spec requested;
    node_id target;
    node_id initializer;  // of a variable
    std::uint32_t first_link, inputs, controls, colocated;
    std::uint32_t line;  // of the program
    bool fetched;

    constexpr bool produces_only() const {
        return inputs == 0 && (op->role == node_role::constant || op->role == node_role::compute);
    }
    // Nothing to run: values from the caller, and groups.
    constexpr bool runs_anywhere() const {
        return op->role == node_role::placeholder || op->role == node_role::group;
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
    constexpr const node_id* inputs(node_id id) const { return links + nodes[id].first_link; }
    constexpr const node_id* controls(node_id id) const { return inputs(id) + nodes[id].inputs; }
    constexpr const node_id* colocated(node_id id) const {
        return controls(id) + nodes[id].controls;
    }
    // The job of all devices, as a word.
    constexpr int local_job() const { return static_cast<int>(kinds.size()); }
};

}  // namespace weft
