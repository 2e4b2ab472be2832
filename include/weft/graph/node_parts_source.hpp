// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Records made of descriptions and parts: inputs are collected, each distinct one once, and one
// program per device kind is laid out in the graph's memory; kinds with the same functions share
// one.
#pragma once

#include <weft/graph/node_parts.hpp>

namespace weft {

WEFT_SOURCE void refuse_number(double given, dtype type, const std::source_location& where) {
    throw_error(errc::invalid_argument,
                {"the number ", std::to_string(given), " is not a value of ", name_of(type),
                 ": it would be rounded; write a literal of that type (", to_string(where), ")"},
                {}, where);
}

WEFT_SOURCE expression_launch
launch_parts::summary(bool (*compiles)(const launch_code&)) const {
    const bool with_op = epilogue != cuda::epilogue_kind::none;
    expression_launch out;
    for (const launch_code* code : {with_op ? nullptr : tree, fused}) {
        if (code == nullptr) continue;
        const expression_launch one = code->way(compiles);
        out = {one.way > out.way ? one.way : out.way, out.kernels + one.kernels};
    }
    if (with_op && out.way == launch_way::none) out.way = launch_way::with_op;
    return out;
}

WEFT_SOURCE void require_same_graph(const graph_base& owner, const graph_base& from, node_id id,
                                    const std::source_location& where) {
    if (&from == &owner) return;
    const node_record& foreign = from.record(id);
    throw_error(errc::invalid_argument,
                {"an expression uses nodes of two graphs: '", foreign.name, "' (made at ",
                 to_string(foreign.where), ") is in another graph than its other nodes (",
                 to_string(where), ")"},
                foreign.name, where);
}

WEFT_SOURCE unsigned char add_input(const graph_base& owner, node_record& record,
                                    const graph_base& from, node_id id) {
    if (&from != &owner) require_same_graph(owner, from, id, record.where);
    std::vector<node_id>& inputs = record.inputs;
    for (std::size_t i = 0; i < inputs.size(); ++i)
        if (inputs[i] == id) return static_cast<unsigned char>(i);
    if (inputs.size() + 1 == tree_input::heart)
        throw_error(errc::unimplemented,
                    {"an expression reads more than 254 tensors; name a part of it as a node (",
                     to_string(record.where), ")"},
                    {}, record.where);
    inputs.push_back(id);
    return static_cast<unsigned char>(inputs.size() - 1);
}

namespace detail {

// Lays out what a node keeps.
class record_builder {
public:
    record_builder(graph_base& owner, const node_description& node, const node_parts& parts,
                   node_record& record)
        : owner_(owner), node_(node), parts_(parts), record_(record) {}

    void build() {
        const part_counts& counts = node_.counts;
        record_.inputs.reserve(counts.leaves());
        const stored_number* const numbers = copy(parts_.numbers, counts.numbers());
        const leaf* at = parts_.leaves;
        around_.type = node_.computed_type;
        around_.tree = tree(at, counts.tree_leaves, numbers, node_.result_bytes);
        if (node_.launched != nullptr) {
            around_.launched = node_.launched->tree;
            call_.fused_launched = node_.launched->fused;
        }
        at += counts.tree_leaves;
        if (node_.call_shape != nullptr) {
            call_.type = node_.call_type;
            call_.parameters =
                copy(static_cast<const char*>(parts_.parameters), node_.parameter_bytes);
            call_.arguments = arguments(at);
            at += counts.arguments;
            call_.fused =
                tree(at, counts.fused_leaves, numbers + counts.tree_numbers, node_.fused_bytes);
        }
        record_.kernels = std::vector<kernel_entry>(node_.kinds.size());
        for (std::size_t i = 0; i < node_.kinds.size(); ++i)
            fill_kernel(record_.kernels[i], node_.kinds[i]);
    }

private:
    template <class T>
    T* copy(const T* from, std::size_t n) {
        if (n == 0) return nullptr;
        T* const to = static_cast<T*>(owner_.allocate(n * sizeof(T)));
        std::memcpy(static_cast<void*>(to), from, n * sizeof(T));
        return to;
    }

    unsigned char input(const leaf& from) {
        return add_input(owner_, record_, *from.graph, from.id);
    }

    tree_program tree(const leaf* leaves, std::size_t count, const stored_number* numbers,
                      std::uint8_t result_bytes) {
        tree_program out;
        if (count == 0) return out;
        auto* const slots = static_cast<unsigned char*>(owner_.allocate(4 * count));
        auto* const inputs = reinterpret_cast<tree_input*>(slots + count);
        std::size_t distinct = 0;
        for (std::size_t k = 0; k < count; ++k) {
            const unsigned char from =
                leaves[k].graph == nullptr ? tree_input::heart : input(leaves[k]);
            std::size_t i = 0;
            while (i < distinct && inputs[i].input != from) ++i;
            slots[k] = static_cast<unsigned char>(i);
            if (i < distinct) continue;
            inputs[distinct++] = {from, leaves[k].element_bytes, leaves[k].is_number};
        }
        out.inputs = inputs;
        out.slots = slots;
        out.numbers = numbers;
        out.input_count = static_cast<std::uint16_t>(distinct);
        out.result_bytes = result_bytes;
        out.cost_ns = node_.tree_cost_ns;
        return out;
    }

    const unsigned char* arguments(const leaf* leaves) {
        const std::size_t count = node_.counts.arguments;
        if (count == 0) return nullptr;
        auto* const out = static_cast<unsigned char*>(owner_.allocate(count));
        for (std::size_t i = 0; i < count; ++i)
            out[i] = leaves[i].graph == nullptr ? call_program::fused_argument : input(leaves[i]);
        return out;
    }

    // The kernel of one kind; the first kind's program is also what the shape rule gets.
    void fill_kernel(kernel_entry& entry, const kind_code& code) {
        entry.kind = code.kind;
        const kind_code& first = node_.kinds.front();
        if (&code == &first ||
            (code.missing == nullptr &&
             !(code.call == first.call && code.tree == first.tree && code.fused == first.fused)))
            entry.parameters = program(code, entry.run);
        else {
            entry.run = run_;
            entry.parameters = record_.kernels.front().parameters;
        }
        if (node_.launched != nullptr && std::string_view(code.kind) == gpu::name)
            entry.launch = launch(), entry.launched = node_.launched;
        if (code.missing != nullptr) {
            entry.run = nullptr;
            entry.missing = missing_text(*code.missing);
        }
    }

    // What runs the node where kernels are launched; null where a part of it cannot be.
    kernel_function launch() const {
        const auto exists = [](const launch_code* code, std::size_t leaves) {
            return leaves == 0 || (code != nullptr && code->exists());
        };
        const part_counts& counts = node_.counts;
        const launch_parts& parts = *node_.launched;
        if (!exists(parts.tree, counts.tree_leaves) || !exists(parts.fused, counts.fused_leaves))
            return nullptr;
        if (node_.call_shape == nullptr) return &elementwise_program::launch;
        if (parts.call == nullptr) return nullptr;
        return counts.tree_leaves == 0 ? parts.call : &heart_program::launch;
    }

    const void* program(const kind_code& code, kernel_function& run) {
        around_.tree.span = code.tree.in_use();
        call_.fused.span = code.fused.in_use();
        const void* made = nullptr;
        shape_function shape = node_.call_shape;
        run = code.call;
        if (node_.call_shape == nullptr) {
            made = copy(&around_, 1);
            shape = &elementwise_program::shape;
            run = &elementwise_program::run;
        } else if (node_.counts.tree_leaves == 0) {
            made = copy(&call_, 1);
        } else {
            call_.is_heart = true;
            const launch_parts launched =
                node_.launched != nullptr ? *node_.launched : launch_parts{};
            const heart_program heart{around_,
                                      call_,
                                      code.call,
                                      launched.call,
                                      node_.call_shape,
                                      launched.epilogue,
                                      launched.bias_slot,
                                      node_.heart_bytes,
                                      node_.same_element,
                                      record_.inputs.size()};
            made = copy(&heart, 1);
            shape = &heart_program::shape;
            run = &heart_program::run;
        }
        if (record_.shape == nullptr) {
            record_.shape = shape;
            record_.shape_parameters = made;
            run_ = run;
        }
        return made;
    }

    graph_base& owner_;
    const node_description& node_;
    const node_parts& parts_;
    node_record& record_;
    elementwise_program around_;
    call_program call_;
    kernel_function run_ = nullptr;  // of the first kind
};

}  // namespace detail

WEFT_SOURCE node_record make_record(graph_base& owner, const node_description& node,
                                    const node_parts& parts, std::string_view name,
                                    const std::source_location& where, const assignment& stores) {
    node_record record;
    record.name.assign(name);
    record.op = node.op;
    record.where = where;
    record.type = {node.element, *node.type, nullptr};
    record.registered = node.registered;
    record.metadata_only = node.metadata_only;
    record.fallible = node.fallible;
    record.element_wise = node.call_shape == nullptr;
    record.cost_ns = static_cast<double>(node.cost_ns);
    std::size_t ops = node.counts.ops;
    if (stores.op != nullptr) {
        record.op = stores.op;
        record.role = node_role::assign;
        record.target = stores.target;
    }
    if (ops + (stores.op != nullptr) > 1 && ops > 0) {
        record.fused = std::vector<std::string>(parts.ops, parts.ops + ops);
        if (stores.op != nullptr) record.fused.emplace(record.fused.begin(), stores.op);
    }
    detail::record_builder(owner, node, parts, record).build();
    return record;
}

WEFT_SOURCE node_id add_node(graph_base& owner, const node_description& node,
                             const node_parts& parts, std::string_view name,
                             const std::source_location& where) {
    return owner.add(make_record(owner, node, parts, name, where));
}

WEFT_SOURCE node_id add_node(const node_description& node, const node_parts& parts,
                             std::string_view name, const std::source_location& where) {
    const leaf* first = parts.leaves;
    while (first->graph == nullptr) ++first;
    return add_node(*first->graph, node, parts, name, where);
}

}  // namespace weft
