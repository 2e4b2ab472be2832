// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The definitions of dot.hpp: what the pictures of a graph and of a plan show. How a picture is
// written is in picture.hpp. Where a program is compiled separately this is compiled once; there is
// no template in it, and no type of the program.
#pragma once

#include <weft/core/search.hpp>
#include <weft/io/dot.hpp>
#include <weft/io/picture.hpp>
#include <weft/runtime/critical_path.hpp>
#include <weft/runtime/trace_text.hpp>
#include <weft/session/prepared_plan.hpp>
#include <weft/session/session.hpp>

namespace weft {

namespace detail {

// The op of a node, and all that are fused into it in lines of readable width.
inline void add_op_lines(picture::vertex& to, const node_record& node) {
    constexpr std::size_t width = 40;
    if (node.fused.size() < 2) {
        if (node.op != node.name) to.lines.push_back(node.op);
        return;
    }
    std::string line = "fuses";
    const char* separator = " ";
    for (const std::string& op : node.fused) {
        line += separator;
        if (line.size() + op.size() > width) {
            to.lines.push_back(line);
            line.clear();
        }
        line += op;
        separator = ", ";
    }
    to.lines.push_back(line);
}

inline const char* shape_of(node_role role) {
    switch (role) {
        case node_role::constant:
        case node_role::placeholder: return "ellipse";
        case node_role::variable: return "cylinder";
        case node_role::call: return "component";
        default: return "box";
    }
}

inline picture::vertex vertex_of(const node_record& node, std::string id) {
    picture::vertex out;
    out.id = std::move(id);
    out.shape = shape_of(node.role);
    out.scope = node.name.substr(0, node.name.find_last_of('/') + 1);
    out.lines.push_back(node.name);
    add_op_lines(out, node);
    if (std::string type = type_text(node.type); !type.empty())
        out.lines.push_back(std::move(type));
    return out;
}

inline picture picture_of(const graph_base& graph) {
    picture out;
    for (node_id id = 0; id < graph.size(); ++id) {
        const node_record& node = graph.record(id);
        picture::vertex vertex = vertex_of(node, 'n' + std::to_string(id));
        if (const std::string device = node.requested.to_string(); !device.empty()) {
            vertex.box = static_cast<std::uint32_t>(list_position(out.boxes, device));
            if (vertex.box == out.boxes.size()) out.boxes.push_back(device);
        }
        if (node.role == node_role::assign)
            vertex.lines.push_back("writes " + graph.record(node.target).name);
        out.vertices.push_back(std::move(vertex));
        for (node_id input : node.inputs) out.edges.push_back({input, id});
        for (node_id earlier : node.controls)
            out.edges.push_back({earlier, id, line_style::dotted});
    }
    return out;
}

// Draws a plan: a vertex for each step, and for each value that is there before the run.
class plan_picture {
public:
    plan_picture(const plan& p, const device_list& devices, std::span<const float> ns) : plan_(p) {
        for (device_index d = 0; d < devices.size(); ++d)
            out_.boxes.push_back(devices.short_name(d));
        path_ = critical_path(p, ns);
        next_on_path_.resize(p.steps.size(), none);
        for (std::size_t i = 1; i < path_.size(); ++i) next_on_path_[path_[i - 1]] = path_[i];
    }

    picture draw() {
        add_values();
        for (step_id s = 0; s < plan_.steps.size(); ++s) add_step(s);
        for (const plan_fetch& fetch : plan_.fetches)
            if (fetch.value != none) out_.vertices[vertex_of_value(fetch.value)].doubled = true;
        for (step_id s : path_) out_.vertices[first_step_ + s].bold = true;
        for (step_id s = 0; s < plan_.steps.size(); ++s) add_edges(s);
        return std::move(out_);
    }

private:
    void add_values() {
        std::vector<bool> used(plan_.values.size(), false);
        for (value_id id : plan_.inputs) used[id] = true;
        for (const plan_fetch& fetch : plan_.fetches)
            if (fetch.value != none) used[fetch.value] = true;
        vertices_.resize(plan_.values.size());
        for (value_id id = 0; id < plan_.values.size(); ++id) {
            const plan_value& value = plan_.values[id];
            if (value.producer != none || !used[id]) continue;
            vertices_[id] = static_cast<std::uint32_t>(out_.vertices.size());
            picture::vertex vertex = vertex_of(*value.record, 'v' + std::to_string(id));
            vertex.box = value.device;
            if (value.home == value_home::fed && value.record->role != node_role::placeholder) {
                vertex.shape = "ellipse";
                vertex.lines.push_back("fed");
            }
            out_.vertices.push_back(std::move(vertex));
        }
        first_step_ = static_cast<std::uint32_t>(out_.vertices.size());
    }
    void add_step(step_id id) {
        const plan_step& step = plan_.steps[id];
        picture::vertex vertex = vertex_of(*step.record, 's' + std::to_string(id));
        vertex.box = step.device;
        if (step.variable != none)
            vertex.lines.push_back("writes " + plan_.variables[step.variable].record->name);
        if (step.kind == step_kind::copy) {
            // Where its value is: the edge to it is what crosses the devices.
            vertex.box = plan_.values[step.output].device;
            vertex.shape = "box";
            vertex.line = line_style::dashed;
            vertex.lines = {step.record->name, "copy"};
        }
        out_.vertices.push_back(std::move(vertex));
    }
    void add_edges(step_id id) {
        const plan_step& step = plan_.steps[id];
        for (value_id input : plan_.inputs_of(step)) {
            const bool copy = step.kind == step_kind::copy;
            const step_id producer = plan_.values[input].producer;
            out_.edges.push_back({vertex_of_value(input), first_step_ + id,
                                  copy ? line_style::dashed : line_style::solid,
                                  producer != none && follows_on_path(producer, id),
                                  copy ? bytes_text(step.record->type) : std::string()});
        }
        for (step_id later : plan_.after(id))
            if (!reads(plan_.steps[later], plan_.steps[id].output))
                out_.edges.push_back({first_step_ + id, first_step_ + later, line_style::dotted,
                                      follows_on_path(id, later)});
    }
    std::uint32_t vertex_of_value(value_id id) const {
        const step_id producer = plan_.values[id].producer;
        return producer == none ? vertices_[id] : first_step_ + producer;
    }
    // Whether it reads a value or a copy of it.
    bool reads(const plan_step& step, value_id value) const {
        for (value_id input : plan_.inputs_of(step)) {
            const step_id producer = plan_.values[input].producer;
            if (input == value) return true;
            if (producer != none && plan_.steps[producer].kind == step_kind::copy &&
                plan_.inputs[plan_.steps[producer].first_input] == value)
                return true;
        }
        return false;
    }
    bool follows_on_path(step_id a, step_id b) const { return next_on_path_[a] == b; }
    static std::string bytes_text(const value_type& type) {
        if (!type.is_tensor() || !type.shape.known()) return {};
        return std::to_string(type.shape.size() * size_of(type.element)) + " B";
    }

    const plan& plan_;
    picture out_;
    std::vector<std::uint32_t> vertices_;  // of values without a producer
    std::uint32_t first_step_ = 0;         // its vertex
    std::vector<step_id> path_;
    std::vector<step_id> next_on_path_;  // of each step, none off the path
};

// Of the steps of a plan that has not run, as far as the program says what sizes there are.
inline std::vector<float> estimated_times(const plan& p) {
    std::vector<float> ns;
    for (const plan_step& step : p.steps) {
        const dims& shape = step.record->type.shape;
        const bool tensor = step.output != none && step.record->type.is_tensor();
        float estimate = step_times::least_ns;
        if (step.record->role == node_role::call || (tensor && !shape.known()))
            estimate = step_times::unknown_ns;
        else if (tensor && step.kind == step_kind::copy)
            estimate += static_cast<float>(p.values[step.output].bytes(shape)) / 4;
        else if (tensor)
            estimate +=
                static_cast<float>(static_cast<double>(shape.size()) * step.record->cost_ns);
        ns.push_back(estimate);
    }
    return ns;
}

}  // namespace detail

WEFT_SOURCE std::string to_dot(const graph_base& of, dot_options options) {
    return dot_text(detail::picture_of(of), options.scopes);
}

WEFT_SOURCE std::string to_dot(const plan_info& of, dot_options options) {
    const plan& p = of.prepared().of();
    std::vector<float> ns;
    of.prepared().for_each_idle([&](execution& e) {
        const std::span<const float> known = e.steps().times().ns();
        if (known.size() == p.steps.size()) ns.assign(known.begin(), known.end());
    });
    if (ns.empty()) ns = detail::estimated_times(p);
    return dot_text(detail::plan_picture(p, of.core().devices(), ns).draw(), options.scopes);
}

}  // namespace weft
