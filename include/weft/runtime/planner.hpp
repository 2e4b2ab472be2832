// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Makes plans: prunes, places, turns nodes into steps with copies where data crosses memories, and
// brings them into an order. What it costs is linear in nodes and edges, but for the variables that
// are written. It knows nothing of how steps run.
#pragma once

#include <weft/core/search.hpp>
#include <weft/placement/placer.hpp>
#include <weft/runtime/last_readers.hpp>
#include <weft/runtime/node_error.hpp>
#include <weft/runtime/plan_draft.hpp>
#include <weft/runtime/plan_request.hpp>
#include <weft/runtime/prune.hpp>
#include <weft/runtime/variable_order.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace weft {

namespace detail {

class planner {
public:
    explicit planner(const plan_request& request) : request_(request), plan_(*draft_.made) {}

    std::shared_ptr<plan> make() {
        find_nodes();
        for (std::size_t i = 0; i < plan_.nodes.size(); ++i)
            add_node(*plan_.nodes[i], plan_.devices[i]);
        add_fetches();
        finish(order_variables(draft_));
        find_last_readers(plan_);
        return std::move(draft_.made);
    }

private:
    // What is known of a node while planning.
    struct planned_node {
        device_index device = unplaced;
        value_id value = none;
        std::uint32_t copies = none;  // the first of its copies
    };
    struct made_copy {
        device_index device;
        value_id value;
        std::uint32_t next;  // of the same node
    };

    // Prunes and places. Records are read on the way back from the fetches and once more when steps
    // are made of them, in the order of making; nodes that nothing ties are placed on the way back.
    void find_nodes() {
        untied_nodes untied(request_.devices, request_.placement);
        std::size_t values = 0, inputs = 0;
        needed_nodes needed(request_.from, request_.fetches, request_.feeds,
                            [&](const node_record& node, bool fed) {
                                values += !node.type.is_void();
                                inputs += fed ? 0 : node.inputs.size();
                                untied.add(node, fed);
                            });
        plan_.nodes = needed.in_order();
        const std::size_t nodes = plan_.nodes.size();
        const std::vector<device_index> backwards = untied.take();
        if (request_.placed != nullptr)
            take_placed(*request_.placed);
        else if (needed.forward() && backwards.size() == nodes)
            plan_.devices.assign(backwards.rbegin(), backwards.rend());
        else
            place_nodes();
        for (const auto& [id, device] : request_.kept) plan_.kept.emplace_back(id, device);
        plan_.feeds.assign(request_.feeds.size(), none);
        for (node_id id : request_.feeds) plan_.fed.push_back(&request_.from.record(id));
        // Most nodes are one step and one value, without a copy.
        planned_.resize(request_.from.size());
        step_of_.resize(request_.from.size(), none);
        plan_.steps.reserve(nodes);
        plan_.values.reserve(values);
        plan_.inputs.reserve(inputs);
        draft_.edges.reserve(needed.waits());
    }
    bool is_fed(node_id id) const { return list_contains(request_.feeds, id); }
    device& machine(device_index index) const { return *request_.machine.devices[index]; }
    bool same_memory(device_index a, device_index b) const {
        return machine(a).memory_space() == machine(b).memory_space();
    }

    void take_placed(const std::map<node_id, device_index>& placed) {
        for (const node_record* node : plan_.nodes) {
            const auto found = placed.find(node->id);
            if (found == placed.end() && !is_fed(node->id))
                throw error(errc::internal, "node '" + node->name + "' was placed nowhere",
                            node->name, node->where);
            plan_.devices.push_back(found == placed.end() ? request_.devices.client()
                                                          : found->second);
        }
    }
    void place_nodes() {
        const placement_request asked{.nodes = plan_.nodes,
                                      .devices = request_.devices,
                                      .kept = &request_.kept,
                                      .fed = request_.feeds,
                                      .allow_soft_placement = request_.allow_soft_placement,
                                      .file = request_.placement};
        plan_.devices = choose_devices(asked);
        for (std::size_t i = 0; i < plan_.nodes.size(); ++i)
            if (!is_as_asked(*plan_.nodes[i], asked.line_of(*plan_.nodes[i]),
                             request_.devices[plan_.devices[i]].name))
                ++plan_.fallbacks;
    }

    // Nodes to steps and values.

    void add_controls(const node_record& node, step_id step) {
        for (node_id id : node.controls) draft_.edges.add(step_of_[id], step);
    }

    void add_node(const node_record& node, device_index device) {
        planned_node& planned = planned_[node.id];
        planned.device = device;
        if (is_fed(node.id)) return add_fed(node, planned);
        switch (node.role) {
            case node_role::placeholder: {
                plan_.unfed.push_back(&node);
                planned.value = draft_.add_value(node, device, value_home::fed);
                break;
            }
            case node_role::constant: add_constant(node, planned); break;
            case node_role::variable: {
                planned.value = draft_.add_value(node, device, value_home::variable,
                                                 variable_index(node, device));
                break;
            }
            case node_role::compute:
            case node_role::call:
            case node_role::assign: return add_kernel(node, planned);
            case node_role::group: break;
        }
        // A node that only holds a value takes a step if it has something to wait for.
        if (!node.controls.empty()) {
            step_of_[node.id] = draft_.add_step(step_kind::nothing, node, device);
            add_controls(node, step_of_[node.id]);
        }
    }

    void add_fed(const node_record& node, planned_node& planned) {
        const auto index = static_cast<std::uint32_t>(list_position(request_.feeds, node.id));
        planned.device = request_.devices.client();
        if (node.type.is_void() || index >= request_.feeds.size() - request_.done) return;
        planned.value = draft_.add_value(node, planned.device, value_home::fed, index);
        plan_.feeds[index] = planned.value;
    }

    void add_constant(const node_record& node, planned_node& planned) {
        plan_constant constant;
        const void* bytes = node.kernels.front().parameters;
        device& on = machine(planned.device);
        constant.bytes = node.type.shape.size() * size_of(node.type.element);
        const bool on_host = on.memory_space() == host_memory_space;
        if (on_host) constant.data = const_cast<void*>(bytes);
        plan_.constants.push_back(constant);
        if (!on_host) {  // owned by the plan from its first moment
            plan_constant& made = plan_.constants.back();
            try {
                made.data = on.allocate(constant.bytes);
                made.owner = &on;
                on.copy_in(made.data, bytes, constant.bytes);
            } catch (const failure& f) {
                throw node_error(f.code(), f.what(), node, on.info().name.to_string());
            }
        }
        planned.value =
            draft_.add_value(node, planned.device, value_home::constant,
                             static_cast<std::uint32_t>(plan_.constants.size() - 1));
    }

    std::uint32_t variable_index(const node_record& node, device_index device) {
        for (std::uint32_t i = 0; i < plan_.variables.size(); ++i)
            if (plan_.variables[i].record == &node) return i;
        plan_.variables.push_back({&node, device, false, nullptr});
        draft_.uses.emplace_back();
        return static_cast<std::uint32_t>(plan_.variables.size() - 1);
    }

    void add_kernel(const node_record& node, planned_node& planned) {
        const bool launches = request_.devices.launches();
        const kernel_entry* kernel =
            node.kernel_for(request_.devices[planned.device].name.kind, launches);
        inputs_.clear();
        const step_id first_copy = static_cast<step_id>(plan_.steps.size());
        for (node_id id : node.inputs) inputs_.push_back(value_on(id, planned.device));
        order_variable_copies(node, first_copy);
        const step_id id = draft_.add_step(step_kind::kernel, node, planned.device);
        plan_step& step = plan_.steps[id];
        step.run = kernel->code(launches);
        step.parameters = kernel->parameters;
        step.first_input = static_cast<std::uint32_t>(plan_.inputs.size());
        step.inputs = static_cast<std::uint16_t>(inputs_.size());
        plan_.inputs.insert(plan_.inputs.end(), inputs_.begin(), inputs_.end());
        for (value_id value : inputs_) draft_.edges.add(plan_.values[value].producer, id);
        for (node_id input : node.inputs) draft_.edges.add(step_of_[input], id);
        add_controls(node, id);
        step_of_[node.id] = id;
        ++plan_.kernels;
        if (node.role == node_role::call) add_call(id);
        add_output(node, planned, id);
        draft_.note_reads(id, node);
    }
    // What a callable does is not known: a deterministic session runs them one after the other.
    void add_call(step_id id) {
        plan_.has_calls = true;
        if (request_.deterministic) draft_.edges.add(std::exchange(last_call_, id), id);
    }

    void add_output(const node_record& node, planned_node& planned, step_id id) {
        if (node.type.is_void()) return;
        const bool object = node.type.object != nullptr;
        const value_id value = draft_.add_value(
            node, planned.device, object ? value_home::object : value_home::arena,
            object ? plan_.objects++ : none);
        plan_.values[value].producer = id;
        plan_.steps[id].output = value;
        if (node.role == node_role::assign)
            add_write(node, planned, id);
        else
            planned.value = value;
    }
    void add_write(const node_record& node, const planned_node& planned, step_id id) {
        // Not by the variable's value, which may be fed.
        const std::uint32_t variable =
            variable_index(request_.from.record(node.target), planned.device);
        plan_.steps[id].variable = variable;
        plan_.variables[variable].written = true;
        draft_.uses[variable].writers.push_back(id);
        draft_.edges.add(step_of_[node.target], id);
    }

    // The value of a node in a memory that `device` can read; makes a copy step if there is none
    // yet. Copies of variables are not shared: their readers may stand on different sides of a
    // write.
    value_id value_on(node_id id, device_index device) {
        planned_node& from = planned_[id];
        if (same_memory(from.device, device)) return from.value;
        const bool shared = !draft_.is_variable(from.value);
        if (shared)
            for (std::uint32_t c = from.copies; c != none; c = copies_[c].next)
                if (same_memory(copies_[c].device, device)) return copies_[c].value;
        const value_id copied = copy_to(request_.from.record(id), from, device);
        if (shared) {
            copies_.push_back({device, copied, from.copies});
            from.copies = static_cast<std::uint32_t>(copies_.size() - 1);
        }
        return copied;
    }
    // A copy of a variable, made for one reader, reads it in the reader's stead: it waits for all
    // that the reader waits for, so that it is on the same side of every write.
    void order_variable_copies(const node_record& reader, step_id first_copy) {
        for (step_id id = first_copy; id < plan_.steps.size(); ++id) {
            if (!draft_.is_variable(plan_.inputs[plan_.steps[id].first_input])) continue;
            for (node_id input : reader.inputs) draft_.edges.add(step_of_[input], id);
            add_controls(reader, id);
        }
    }
    value_id copy_to(const node_record& node, const planned_node& from, device_index device) {
        const bool to_host = machine(device).memory_space() == host_memory_space;
        const step_id id = draft_.add_copy(from.value, device, to_host ? from.device : device);
        draft_.edges.add(step_of_[node.id], id);
        draft_.note_reads(id, node);
        plan_.copies.push_back({&node, from.device, device});
        return plan_.steps[id].output;
    }

    // Fetches.

    void add_fetches() {
        for (node_id id : request_.fetches) {
            const node_record& node = request_.from.record(id);
            value_id value = planned_[id].value;
            if (value != none && draft_.is_variable(value) &&
                plan_.variables[plan_.values[value].index].written)
                value = value_before(node, value);
            if (value != none) plan_.values[value].last_reader = to_the_end;
            if (value != none && draft_.is_variable(value))
                draft_.need_value(plan_.values[value].index, node);
            plan_.fetches.push_back({id, value});
        }
    }
    // A fetched variable that this run also writes: its value from before, in the run's memory.
    value_id value_before(const node_record& node, value_id variable) {
        const planned_node& from = planned_[node.id];
        const step_id id = draft_.add_copy(variable, from.device, from.device);
        draft_.edges.add(step_of_[node.id], id);
        draft_.note_reads(id, node);
        return plan_.steps[id].output;
    }

    // The final numbers.

    void finish(step_followers next) {
        if (draft_.edges.forward()) {
            plan_.first_successor = std::move(next.first);
            plan_.successors = std::move(next.steps);
            return;
        }
        const std::vector<step_id> order = order_of(next).order;
        std::vector<step_id> position(order.size(), none);
        for (step_id at = 0; at < order.size(); ++at) position[order[at]] = at;
        std::vector<plan_step> steps;
        steps.reserve(order.size());
        plan_.first_successor.reserve(order.size() + 1);
        plan_.successors.reserve(next.steps.size());
        for (step_id old : order) {
            steps.push_back(plan_.steps[old]);
            plan_.first_successor.push_back(static_cast<std::uint32_t>(plan_.successors.size()));
            for (step_id later : next[old]) plan_.successors.push_back(position[later]);
        }
        plan_.first_successor.push_back(static_cast<std::uint32_t>(plan_.successors.size()));
        plan_.steps = std::move(steps);
        for (plan_value& value : plan_.values)
            if (value.producer != none) value.producer = position[value.producer];
    }

    const plan_request& request_;
    plan_draft draft_;
    plan& plan_;
    std::vector<planned_node> planned_;  // of each node of the graph
    std::vector<step_id> step_of_;       // whose end means that the node is done; looked up most
    std::vector<made_copy> copies_;
    std::vector<value_id> inputs_;  // of the node at hand
    step_id last_call_ = none;
};

}  // namespace detail

// Throws error for cycles, nodes that cannot be placed, and writes without an order.
inline std::shared_ptr<plan> make_plan(const plan_request& request) {
    return detail::planner(request).make();
}

// Why the nodes of a plan are where they are, and what is copied.
inline placement_report report_of(const plan& p, const device_list& devices, bool soft,
                                  const placement_file* file = nullptr) {
    std::map<node_id, device_index> kept(p.kept.begin(), p.kept.end());
    std::vector<node_id> fed;
    for (const node_record* node : p.fed) fed.push_back(node->id);
    placement_report report = place({.nodes = p.nodes,
                                     .devices = devices,
                                     .kept = &kept,
                                     .fed = fed,
                                     .allow_soft_placement = soft,
                                     .file = file})
                                  .report;
    for (const plan_copy& copy : p.copies) {
        const value_type& type = copy.record->type;
        report.copies.push_back({copy.record->name, copy.from, copy.to,
                                 type.shape.known() ? type.shape.size() * size_of(type.element)
                                                    : dyn});
    }
    return report;
}

}  // namespace weft
