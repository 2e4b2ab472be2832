// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A plan: what a session prepares once for a set of feeds and fetches. Steps are in an order in
// which they may run; what they read and write are numbered values; who waits for whom is in one
// array. A plan does not change once made and is shared by all runs of it, which keep their state
// in frames.
#pragma once

#include <weft/graph/record.hpp>
#include <weft/placement/report.hpp>
#include <weft/runtime/device.hpp>

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace weft {

using value_id = std::uint32_t;
using step_id = std::uint32_t;
inline constexpr std::uint32_t none = static_cast<std::uint32_t>(-1);

// Where the bytes of a value are.
enum class value_home : unsigned char {
    arena,     // in the run's memory, laid out by the memory plan
    fed,       // with the caller
    constant,  // with the graph, or in the plan's copy on a device
    variable,  // with the session
    object,    // a C++ object in the run's memory; a tensor that a callable returned, too
};

// A value of a run: that of a node, in the memory of a device. A node<void> has none.
struct plan_value {
    const node_record* record = nullptr;
    device_index device = unplaced;
    std::uint32_t index = none;  // of fed, constant, variable, object: which one
    step_id producer = none;
    step_id last_reader = none;  // in the plan's order; `to_the_end` for values that are fetched
    value_home home = value_home::arena;

    const value_type& type() const { return record->type; }
    std::size_t bytes(const dims& shape) const {
        return shape.size() * size_of(record->type.element);
    }
};
inline constexpr step_id to_the_end = none - 1;

enum class step_kind : unsigned char { kernel, copy, nothing };

struct plan_step {
    const node_record* record = nullptr;
    kernel_function run = nullptr;
    const void* parameters = nullptr;
    device_index device = unplaced;
    std::uint32_t first_input = 0;  // in plan.inputs
    value_id output = none;         // none for a node<void>
    std::uint32_t variable = none;  // of an assign: in plan.variables
    std::uint16_t inputs = 0;
    step_kind kind = step_kind::kernel;
};

// A variable that the plan touches.
struct plan_variable {
    const node_record* record = nullptr;
    device_index device = unplaced;
    bool written = false;
    const node_record* needs_value = nullptr;  // a node that reads it before any write; null: none
};

// A constant's bytes where a device can read them.
struct plan_constant {
    device* owner = nullptr;  // null: the record's own bytes are used
    void* data = nullptr;
    std::size_t bytes = 0;
};

// A value that crosses devices, once for all that read it there.
struct plan_copy {
    const node_record* record = nullptr;
    device_index from = unplaced;
    device_index to = unplaced;
};

// A fetched value, by the position of the fetch.
struct plan_fetch {
    node_id node = no_node;
    value_id value = none;  // none for a node<void>
};

struct plan {
    std::vector<plan_step> steps;
    std::vector<value_id> inputs;
    std::vector<std::uint32_t> first_successor;  // of each step, and one behind the last
    std::vector<step_id> successors;
    std::vector<plan_value> values;
    std::vector<value_id> feeds;  // of each feed; none for one that nothing needs
    std::vector<plan_fetch> fetches;
    std::vector<plan_variable> variables;
    std::vector<plan_constant> constants;
    std::vector<plan_copy> copies;
    std::vector<const node_record*> unfed;  // placeholders that a run cannot do without
    std::vector<const node_record*> fed;    // of each feed
    std::uint32_t objects = 0;              // values with that home
    std::size_t kernels = 0;                // steps that count as nodes run
    bool has_calls = false;

    // Where its nodes are, and what explains why: the variables' places before this plan.
    std::vector<const node_record*> nodes;
    std::vector<device_index> devices;
    std::vector<std::pair<node_id, device_index>> kept;
    std::size_t fallbacks = 0;  // nodes that are not where they were asked to be

    plan() = default;
    plan(const plan&) = delete;
    plan& operator=(const plan&) = delete;
    ~plan() {
        for (const plan_constant& c : constants)
            if (c.owner != nullptr) c.owner->deallocate(c.data, c.bytes);
    }

    std::span<const step_id> after(step_id step) const {
        return {successors.data() + first_successor[step],
                successors.data() + first_successor[step + 1]};
    }
    std::span<const value_id> inputs_of(const plan_step& step) const {
        return {inputs.data() + step.first_input, step.inputs};
    }
};

// What is known of a session when it plans.
struct plan_devices {
    std::vector<device*> devices;  // by device_index
    device* client = nullptr;      // where feeds come from
};

}  // namespace weft
