// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What the compiler knows of a node (node_description, a constant) and what an expression holds
// (node_parts: nodes, numbers, parameters), without types; and the one function that makes a record
// of both. Only the functions that write the parts are made per expression.
#pragma once

#include <weft/graph/graph_base.hpp>
#include <weft/kernel/program.hpp>
#include <weft/kernel/registered.hpp>

namespace weft {

// A tensor that a tree or a call reads: a node, or, without a graph, the heart or what is fused.
struct leaf {
    graph_base* graph;
    node_id id;
    unsigned char element_bytes;
    bool is_number;
};

// How many parts of each sort an expression has, in the order in which they are stored.
struct part_counts {
    std::uint16_t tree_leaves = 0, arguments = 0, fused_leaves = 0;
    std::uint16_t tree_numbers = 0, fused_numbers = 0;
    std::uint16_t ops = 0;

    constexpr std::size_t leaves() const {
        return std::size_t{tree_leaves} + arguments + fused_leaves;
    }
    constexpr std::size_t numbers() const { return std::size_t{tree_numbers} + fused_numbers; }
};

// How a node runs on one device kind.
struct kind_code {
    const char* kind;
    const missing_kernel* missing = nullptr;  // null: it runs there
    kernel_function call = nullptr;           // of the op with a kernel of its own
    span_variants tree{}, fused{};
};

// How it runs where kernels are launched: of what it has, null where that cannot be.
struct launch_parts {
    const launch_code* tree;
    const launch_code* fused;
    kernel_function call;
    cuda::epilogue_kind epilogue;  // what the tree is to the call
    std::uint8_t bias_slot;

    // As things are now, on a device that compiles what `compiles` says.
    expression_launch summary(bool (*compiles)(const launch_code&)) const;
};

// What the types of an expression say of its node.
struct node_description {
    const char* op;
    std::string (*registered)();
    const dims* type;           // the dimensions of the node's value
    const dims* computed_type;  // of what is computed: those of an assigned expression, say
    const dims* call_type;      // of what the op with a kernel of its own computes
    dtype element;
    bool fallible;
    bool metadata_only;
    bool same_element;          // heart and result
    std::uint8_t result_bytes;  // of elements: the result's, the heart's, what is fused
    std::uint8_t heart_bytes;
    std::uint8_t fused_bytes;
    float cost_ns;  // per element, for the placer
    float tree_cost_ns;
    part_counts counts;
    std::size_t parameter_bytes;  // of the op's parameters
    shape_function call_shape;    // null: there is no call
    std::span<const kind_code> kinds;
    const launch_parts* launched = nullptr;  // for kind gpu; null: programs do not launch
};

// What one expression holds; arrays are as long as the description's counts say.
struct node_parts {
    const leaf* leaves;
    const stored_number* numbers;
    const char* const* ops;  // every op of the kernel, root first
    const void* parameters;
};

// Throws that the element type cannot hold a number.
[[noreturn, gnu::cold]] void refuse_number(double given, dtype type,
                                           const std::source_location& where);

// Where parts are written to, one after the other.
class part_writer {
public:
    part_writer(leaf* leaves, stored_number* numbers, const char** ops,
                const std::source_location& where)
        : leaves_(leaves), numbers_(numbers), ops_(ops), where_(where) {}

    void op(const char* name) { *ops_++ = name; }
    void read(graph_base* of, node_id id, std::size_t element_bytes, bool is_number) {
        *leaves_++ = {of, id, static_cast<unsigned char>(element_bytes), is_number};
    }
    // Throws error invalid_argument where the number would be rounded.
    template <class T>
    void number(const scalar<T>& number) {
        if (!number.exact) refuse_number(number.given, dtype_of<T>, where_);
        std::memcpy(numbers_++->bytes, static_cast<const void*>(&number.value),
                    sizeof number.value);
    }

private:
    leaf* leaves_;
    stored_number* numbers_;
    const char** ops_;
    const std::source_location& where_;
};

// Throws unless a node of `from` is one of `owner`.
[[gnu::cold]] void require_same_graph(const graph_base& owner, const graph_base& from, node_id id,
                                      const std::source_location& where);

// The position of a node among the inputs of a record, to which it is added if it is new. Throws
// error unimplemented for more than 254 inputs, and as require_same_graph does.
unsigned char add_input(const graph_base& owner, node_record& record, const graph_base& from,
                        node_id id);

// Says of a node that it stores what it computes into a variable.
struct assignment {
    const char* op = nullptr;  // "AssignAdd"; null: it stores nothing
    node_id target = no_node;
};

// The record of a node of `owner`, without number and with the name that is asked for. Throws error
// invalid_argument for nodes of another graph, unimplemented for more than 254 inputs.
node_record make_record(graph_base& owner, const node_description& node, const node_parts& parts,
                        std::string_view name, const std::source_location& where,
                        const assignment& stores = {});

// The same, added to the graph.
node_id add_node(graph_base& owner, const node_description& node, const node_parts& parts,
                 std::string_view name, const std::source_location& where);
// The same for the graph of the first node that the expression reads.
node_id add_node(const node_description& node, const node_parts& parts, std::string_view name,
                 const std::source_location& where);

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/graph/node_parts_source.hpp>
#endif
