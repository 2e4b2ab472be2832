// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A plan that is being made: its steps in the order in which they were thought of, the edges known
// so far, and which steps read and write which variables. What adds to it (planner.hpp) and what
// orders it (variable_order.hpp) meet here; it decides nothing.
#pragma once

#include <weft/runtime/plan.hpp>
#include <weft/runtime/step_edges.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace weft {

// The steps of a plan that touch a variable.
struct variable_uses {
    std::vector<step_id> writers{};
    std::vector<std::pair<step_id, const node_record*>> readers{};  // not those that write, too
};

struct plan_draft {
    std::shared_ptr<plan> made = std::make_shared<plan>();
    step_edges edges{};
    std::vector<variable_uses> uses{};  // of each variable of the plan

    value_id add_value(const node_record& node, device_index device, value_home home,
                       std::uint32_t index = none) {
        made->values.push_back({&node, device, index, none, none, home});
        return static_cast<value_id>(made->values.size() - 1);
    }
    step_id add_step(step_kind kind, const node_record& node, device_index device) {
        plan_step step;
        step.kind = kind;
        step.record = &node;
        step.device = device;
        made->steps.push_back(step);
        return static_cast<step_id>(made->steps.size() - 1);
    }
    // A step that copies `from` to a new value on `device`, and runs on `runs_on`.
    step_id add_copy(value_id from, device_index device, device_index runs_on) {
        const node_record& node = *made->values[from].record;
        const step_id id = add_step(step_kind::copy, node, runs_on);
        const value_id copied = add_value(node, device, value_home::arena);
        made->values[copied].producer = id;
        plan_step& step = made->steps[id];
        step.output = copied;
        step.first_input = static_cast<std::uint32_t>(made->inputs.size());
        step.inputs = 1;
        made->inputs.push_back(from);
        edges.add(made->values[from].producer, id);
        return id;
    }
    bool is_variable(value_id value) const {
        return made->values[value].home == value_home::variable;
    }
    // Notes which variables a step reads, so that it can be ordered before their writes.
    void note_reads(step_id id, const node_record& node) {
        for (value_id value : made->inputs_of(made->steps[id]))
            if (is_variable(value)) uses[made->values[value].index].readers.emplace_back(id, &node);
    }
    void need_value(std::uint32_t variable, const node_record& reader) {
        if (made->variables[variable].needs_value == nullptr)
            made->variables[variable].needs_value = &reader;
    }
};

}  // namespace weft
