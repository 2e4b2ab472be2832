// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Makes plans: prunes, places, turns nodes into steps with copies where data crosses memories, and
// orders reads and writes of variables. A read that is not ordered after a write of the same run
// comes before it; two writes without an order are refused.
#pragma once

#include <weft/core/flat_map.hpp>
#include <weft/core/search.hpp>
#include <weft/placement/placer.hpp>
#include <weft/runtime/last_readers.hpp>
#include <weft/runtime/order_error.hpp>
#include <weft/runtime/plan.hpp>
#include <weft/runtime/plan_request.hpp>
#include <weft/runtime/prune.hpp>
#include <weft/runtime/ready_queue.hpp>
#include <weft/runtime/step_edges.hpp>

#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace weft {

namespace detail {

class planner {
public:
    explicit planner(const plan_request& request)
        : request_(request), plan_(std::make_shared<plan>()) {}

    std::shared_ptr<plan> make() {
        nodes_ = prune(request_.from, request_.fetches, request_.feeds);
        place_nodes();
        reserve(nodes_.size());
        for (std::size_t i = 0; i < nodes_.size(); ++i) add_node(*nodes_[i], placed_.devices[i]);
        add_fetches();
        order_variables();
        sort_steps();
        find_last_readers(*plan_);
        return std::move(plan_);
    }

private:
    // What is known of a node while planning.
    struct planned_node {
        device_index device = unplaced;
        step_id step = none;  // whose end means that the node is done
        value_id value = none;
        std::vector<std::pair<device_index, value_id>> copies{};
    };
    struct variable_uses {
        std::vector<step_id> writers{};
        std::vector<std::pair<step_id, const node_record*>> readers{};  // not those that write, too
    };

    // Most nodes are one step with one value.
    void reserve(std::size_t nodes) {
        planned_.reserve(nodes);
        plan_->steps.reserve(nodes);
        plan_->values.reserve(nodes);
        plan_->inputs.reserve(nodes);
        edges_.reserve(nodes);
    }
    bool is_fed(node_id id) const { return list_contains(request_.feeds, id); }
    device& machine(device_index index) const { return *request_.machine.devices[index]; }
    bool same_memory(device_index a, device_index b) const {
        return machine(a).memory_space() == machine(b).memory_space();
    }

    void place_nodes() {
        placed_ = place({.nodes = nodes_,
                         .devices = request_.devices,
                         .kept = &request_.kept,
                         .fed = request_.feeds,
                         .allow_soft_placement = request_.allow_soft_placement});
        plan_->report = std::move(placed_.report);
        plan_->feeds.assign(request_.feeds.size(), none);
        for (node_id id : request_.feeds) plan_->fed.push_back(&request_.from.record(id));
    }

    // Nodes to steps and values.

    value_id add_value(const node_record& node, device_index device, value_home home,
                       std::uint32_t index = none) {
        plan_->values.push_back({node.id, node.type, device, home, index, none, none});
        return static_cast<value_id>(plan_->values.size() - 1);
    }
    step_id add_step(step_kind kind, const node_record& node, device_index device) {
        plan_step step;
        step.kind = kind;
        step.record = &node;
        step.device = device;
        plan_->steps.push_back(step);
        return static_cast<step_id>(plan_->steps.size() - 1);
    }
    void add_controls(const node_record& node, step_id step) {
        for (node_id id : node.controls) edges_.add(planned_[id].step, step);
    }

    void add_node(const node_record& node, device_index device) {
        planned_node& planned = planned_[node.id];
        planned.device = device;
        if (is_fed(node.id)) return add_fed(node, planned);
        switch (node.role) {
            case node_role::placeholder: {
                plan_->unfed.push_back(&node);
                planned.value = add_value(node, device, value_home::fed);
                break;
            }
            case node_role::constant: add_constant(node, planned); break;
            case node_role::variable: {
                planned.value =
                    add_value(node, device, value_home::variable, variable_index(node, device));
                break;
            }
            case node_role::compute:
            case node_role::call:
            case node_role::assign: return add_kernel(node, planned);
            case node_role::group: break;
        }
        // A node that only holds a value takes a step if it has something to wait for.
        if (!node.controls.empty()) {
            planned.step = add_step(step_kind::nothing, node, device);
            add_controls(node, planned.step);
        }
    }

    void add_fed(const node_record& node, planned_node& planned) {
        const auto index = static_cast<std::uint32_t>(list_position(request_.feeds, node.id));
        planned.device = request_.devices.client();
        planned.value = add_value(node, planned.device, value_home::fed, index);
        plan_->feeds[index] = planned.value;
    }

    void add_constant(const node_record& node, planned_node& planned) {
        plan_constant constant;
        const void* bytes = node.kernels.front().parameters;
        device& on = machine(planned.device);
        constant.bytes = node.type.shape.size() * size_of(node.type.element);
        if (on.memory_space() == host_memory_space) {
            constant.data = const_cast<void*>(bytes);
        } else {
            constant.data = on.allocate(constant.bytes);
            constant.owner = &on;
        }
        plan_->constants.push_back(constant);
        if (constant.owner != nullptr) on.copy_in(constant.data, bytes, constant.bytes);
        planned.value = add_value(node, planned.device, value_home::constant,
                                  static_cast<std::uint32_t>(plan_->constants.size() - 1));
    }

    std::uint32_t variable_index(const node_record& node, device_index device) {
        for (std::uint32_t i = 0; i < plan_->variables.size(); ++i)
            if (plan_->variables[i].record == &node) return i;
        plan_->variables.push_back({&node, device, false, nullptr});
        uses_.emplace_back();
        return static_cast<std::uint32_t>(plan_->variables.size() - 1);
    }

    void add_kernel(const node_record& node, planned_node& planned) {
        const kernel_entry* kernel = node.kernel_for(request_.devices[planned.device].name.kind);
        std::vector<value_id> inputs;
        const step_id first_copy = static_cast<step_id>(plan_->steps.size());
        for (node_id id : node.inputs) inputs.push_back(value_on(id, planned.device));
        order_variable_copies(node, first_copy);
        const step_id id = add_step(step_kind::kernel, node, planned.device);
        plan_step& step = plan_->steps[id];
        step.run = kernel->run;
        step.parameters = kernel->parameters;
        step.first_input = static_cast<std::uint32_t>(plan_->inputs.size());
        step.inputs = static_cast<std::uint32_t>(inputs.size());
        plan_->inputs.insert(plan_->inputs.end(), inputs.begin(), inputs.end());
        for (value_id value : inputs) edges_.add(plan_->values[value].producer, id);
        for (node_id input : node.inputs) edges_.add(planned_[input].step, id);
        add_controls(node, id);
        planned.step = id;
        ++plan_->kernels;
        plan_->has_calls = plan_->has_calls || node.role == node_role::call;
        add_output(node, planned, id);
        note_reads(inputs, id, node);
    }

    void add_output(const node_record& node, planned_node& planned, step_id id) {
        const bool object = node.type.object != nullptr;
        const value_home home = node.type.is_void() ? value_home::nothing
                                : object            ? value_home::object
                                                    : value_home::arena;
        const value_id value = add_value(node, planned.device, home, object ? objects_++ : none);
        plan_->values[value].producer = id;
        plan_->steps[id].output = value;
        if (node.role != node_role::assign) {
            planned.value = value;
            return;
        }
        // Not by the variable's value, which may be fed.
        const std::uint32_t variable =
            variable_index(request_.from.record(node.target), planned.device);
        plan_->steps[id].variable = variable;
        plan_->variables[variable].written = true;
        uses_[variable].writers.push_back(id);
        edges_.add(planned_[node.target].step, id);
    }

    // Notes which variables a step reads, so that it can be ordered before their writes.
    void note_reads(const std::vector<value_id>& inputs, step_id id, const node_record& node) {
        for (value_id value : inputs)
            if (plan_->values[value].home == value_home::variable)
                uses_[plan_->values[value].index].readers.emplace_back(id, &node);
    }

    // The value of a node in a memory that `device` can read; makes a copy step if there is none
    // yet. Copies of variables are not shared: their readers may stand on different sides of a
    // write.
    value_id value_on(node_id id, device_index device) {
        planned_node& from = planned_[id];
        if (same_memory(from.device, device)) return from.value;
        const bool shared = plan_->values[from.value].home != value_home::variable;
        if (shared)
            for (const auto& [on, copy] : from.copies)
                if (same_memory(on, device)) return copy;
        const node_record& node = request_.from.record(id);
        const value_id copied = add_copy(node, from, device);
        if (shared) from.copies.emplace_back(device, copied);
        return copied;
    }
    // A copy of a variable, made for one reader, reads it in the reader's stead: it waits for all
    // that the reader waits for, so that it is on the same side of every write.
    void order_variable_copies(const node_record& reader, step_id first_copy) {
        for (step_id id = first_copy; id < plan_->steps.size(); ++id) {
            const value_id from = plan_->inputs[plan_->steps[id].first_input];
            if (plan_->values[from].home != value_home::variable) continue;  // others are shared
            for (node_id input : reader.inputs) edges_.add(planned_[input].step, id);
            add_controls(reader, id);
        }
    }

    value_id add_copy(const node_record& node, const planned_node& from, device_index device) {
        const bool to_host = machine(device).memory_space() == host_memory_space;
        const step_id id = add_step(step_kind::copy, node, to_host ? from.device : device);
        const value_id copied = add_value(node, device, value_home::arena);
        plan_->values[copied].type.object = nullptr;
        plan_->values[copied].producer = id;
        plan_step& step = plan_->steps[id];
        step.output = copied;
        step.first_input = static_cast<std::uint32_t>(plan_->inputs.size());
        step.inputs = 1;
        plan_->inputs.push_back(from.value);
        edges_.add(plan_->values[from.value].producer, id);
        edges_.add(from.step, id);
        note_reads({from.value}, id, node);
        const bool known = node.type.shape.known();
        plan_->report.copies.push_back(
            {node.name, from.device, device,
             known ? node.type.shape.size() * size_of(node.type.element) : dyn});
        return copied;
    }

    // Fetches.

    void add_fetches() {
        for (node_id id : request_.fetches) {
            const node_record& node = request_.from.record(id);
            value_id value = planned_[id].value;
            if (value != none && plan_->values[value].home == value_home::variable &&
                plan_->variables[plan_->values[value].index].written)
                value = add_snapshot(node, value);
            if (node.type.is_void()) value = none;
            if (value != none) plan_->values[value].last_reader = to_the_end;
            if (value != none && plan_->values[value].home == value_home::variable)
                need_value(plan_->values[value].index, node);
            plan_->fetches.push_back({id, value});
        }
    }
    // A fetched variable that this run also writes: its value from before, in the run's memory.
    value_id add_snapshot(const node_record& node, value_id variable) {
        const planned_node& from = planned_[node.id];
        const step_id id = add_step(step_kind::copy, node, from.device);
        const value_id value = add_value(node, from.device, value_home::arena);
        plan_->values[value].producer = id;
        plan_->steps[id].output = value;
        plan_->steps[id].first_input = static_cast<std::uint32_t>(plan_->inputs.size());
        plan_->steps[id].inputs = 1;
        plan_->inputs.push_back(variable);
        edges_.add(from.step, id);
        note_reads({variable}, id, node);
        return value;
    }
    void need_value(std::uint32_t variable, const node_record& reader) {
        if (plan_->variables[variable].needs_value == nullptr)
            plan_->variables[variable].needs_value = &reader;
    }

    // Order of reads and writes.

    void order_variables() {
        const step_followers next = edges_.followers(plan_->steps.size());
        for (std::uint32_t v = 0; v < uses_.size(); ++v) {
            std::vector<std::vector<bool>> reach;
            for (step_id writer : uses_[v].writers) reach.push_back(next.reached_from(writer));
            refuse_unordered_writes(v, reach);
            for (const auto& [reader, node] : uses_[v].readers)
                order_reader(v, reader, *node, reach);
        }
    }

    void refuse_unordered_writes(std::uint32_t v,
                                 const std::vector<std::vector<bool>>& reach) const {
        const std::vector<step_id>& writers = uses_[v].writers;
        for (std::size_t a = 0; a < writers.size(); ++a)
            for (std::size_t b = a + 1; b < writers.size(); ++b)
                if (!reach[a][writers[b]] && !reach[b][writers[a]])
                    throw_unordered_writes(*plan_->steps[writers[a]].record,
                                           *plan_->steps[writers[b]].record,
                                           *plan_->variables[v].record);
    }

    void order_reader(std::uint32_t v, step_id reader, const node_record& node,
                      const std::vector<std::vector<bool>>& reach) {
        bool before_all = true;
        for (std::size_t w = 0; w < reach.size(); ++w) {
            const step_id writer = uses_[v].writers[w];
            if (writer != reader && reach[w][reader])
                before_all = false;
            else
                edges_.add(reader, writer);
        }
        if (before_all) need_value(v, node);
    }

    // The final order.

    void sort_steps() {
        const std::size_t n = plan_->steps.size();
        const step_followers next = edges_.followers(n);
        for (step_id id : next.steps) ++plan_->steps[id].dependencies;
        std::vector<std::uint32_t> waits;
        waits.reserve(n);
        for (const plan_step& step : plan_->steps) waits.push_back(step.dependencies);
        ready_queue ready;
        for (step_id id = 0; id < n; ++id)
            if (waits[id] == 0) ready.push(id);
        std::vector<step_id> position(n, none);
        std::vector<step_id> order;
        order.reserve(n);
        while (!ready.empty()) {
            const step_id id = ready.pop();
            position[id] = static_cast<step_id>(order.size());
            order.push_back(id);
            for (step_id later : next[id])
                if (--waits[later] == 0) ready.push(later);
        }
        if (order.size() < n) throw_contradiction(waits);
        renumber(order, position, next);
    }

    [[noreturn]] void throw_contradiction(const std::vector<std::uint32_t>& waits) const {
        for (step_id id = 0; id < waits.size(); ++id)
            if (waits[id] > 0 && plan_->steps[id].variable != none)
                throw_circular_order(*plan_->steps[id].record);
        throw error(errc::internal, "a plan has a cycle without a write in it");
    }

    void renumber(const std::vector<step_id>& order, const std::vector<step_id>& position,
                  const step_followers& next) {
        std::vector<plan_step> steps;
        steps.reserve(order.size());
        for (step_id old : order) {
            plan_step step = plan_->steps[old];
            step.first_successor = static_cast<std::uint32_t>(plan_->successors.size());
            step.successors = static_cast<std::uint32_t>(next[old].size());
            for (step_id later : next[old]) plan_->successors.push_back(position[later]);
            steps.push_back(step);
        }
        plan_->steps = std::move(steps);
        for (plan_value& value : plan_->values)
            if (value.producer != none) value.producer = position[value.producer];
    }

    const plan_request& request_;
    std::shared_ptr<plan> plan_;
    std::vector<const node_record*> nodes_;
    placement_decision placed_;
    flat_map<node_id, planned_node> planned_;
    step_edges edges_;
    std::uint32_t objects_ = 0;
    std::vector<variable_uses> uses_;  // of each variable of the plan
};

}  // namespace detail

// Throws error for cycles, nodes that cannot be placed, and writes without an order.
inline std::shared_ptr<plan> make_plan(const plan_request& request) {
    return detail::planner(request).make();
}

}  // namespace weft
