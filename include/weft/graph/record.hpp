// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A vertex of the graph, without its types: what placer, planner and executor see. Written once,
// when the node is made, and not changed afterwards; addresses of records stay valid as long as
// their graph.
#pragma once

#include <weft/config.hpp>
#include <weft/core/device_name.hpp>
#include <weft/kernel/context.hpp>

#include <cstdint>
#include <memory>
#include <source_location>
#include <string>
#include <utility>
#include <vector>

namespace weft {

// A node's number in its graph, in the order of making; inputs have smaller numbers.
using node_id = std::uint32_t;
inline constexpr node_id no_node = static_cast<node_id>(-1);

// What a node is to the planner.
enum class node_role : unsigned char {
    compute,      // runs a kernel
    call,         // runs a C++ callable on the CPU; may block, cost unknown
    constant,     // a value that came with the graph
    placeholder,  // a value that every run must feed
    variable,     // a value that the session keeps
    assign,       // runs a kernel and stores its output into the variable `target`
    group,        // no work: done when its control inputs are
};

// A value that is no tensor: a C++ object of any movable type.
struct object_type {
    const char* name;
    std::size_t size;
    std::size_t align;
    void (*destroy)(void* object) noexcept;
    void (*move_construct)(void* to, void* from);
};

// The type of a node's value: a tensor (element and shape, dyn where unknown), an object, or
// nothing. A tensor with an object type is held by that object: a callable returned it.
struct value_type {
    dtype element = dtype::none;
    dims shape;
    const object_type* object = nullptr;

    bool is_tensor() const { return element != dtype::none; }
    bool is_object() const { return !is_tensor() && object != nullptr; }
    bool is_void() const { return !is_tensor() && object == nullptr; }
};

struct launch_parts;

// What a node can do on one device kind of its graph.
struct kernel_entry {
    const char* kind = "";             // "cpu", "gpu", ...
    kernel_function run = nullptr;     // null: there is no kernel on this kind
    const void* parameters = nullptr;  // what `run` gets; owned by the record
    kernel_function launch = nullptr;  // the same on a device that launches; null: not there
    const launch_parts* launched = nullptr;  // see there; null: it has no `launch` by expressions
    std::string missing{};                   // where there is no kernel, which: "Softsign(double)"

    // What a session runs on the kind, whose GPUs launch kernels or not; null where it cannot.
    kernel_function code(bool gpus_launch) const {
        return gpus_launch && std::string_view(kind) == "gpu" ? launch : run;
    }
};

// Memory that a node's record owns (a constant's elements, a callable), freed with the graph.
using owned_bytes = std::unique_ptr<void, void (*)(void*)>;

struct node_record {
    node_record();
    node_record(node_record&&) noexcept;
    node_record& operator=(node_record&&) noexcept;
    ~node_record();

    // What every plan reads, side by side: a graph of a million nodes is no longer in a cache.
    node_id id = no_node;
    node_id target = no_node;  // of an assign: its variable
    node_role role = node_role::compute;
    bool metadata_only = false;           // looks at its input's shape only
    bool fallible = false;                // a kernel that may throw (so: never writes in place)
    bool element_wise = false;            // reads an input's element only to write that element
    std::vector<node_id> inputs{};        // distinct
    std::vector<node_id> controls{};      // nodes that must be done before this one starts
    std::vector<kernel_entry> kernels{};  // one per device kind of the graph, in its order
    std::vector<node_id> colocated{};     // share their device
    value_type type{};
    device_spec requested{};  // what scopes and pins ask for, merged

    std::string name;                  // unique in the graph, "scope/MatMul_1"
    std::string op;                    // "MatMul"; a fused node is called by its root
    std::vector<std::string> fused{};  // every op of the kernel, root first; empty if it is one op
    std::source_location where{};
    // The registered kernels of the op that is missing on some kind, or of `op`: lines of
    // "  device='cpu'; T=float", or empty where nothing is registered.
    std::string (*registered)() = nullptr;
    shape_function shape = nullptr;          // null: type.shape is fully known, or it is an object
    const void* shape_parameters = nullptr;  // what `shape` gets
    std::vector<owned_bytes> storage{};      // parameters, a constant's elements, a callable
    double cost_ns = 1.0;                    // rough time per output element; of a call: ignored
    std::vector<std::pair<std::string, std::string>> attributes{};  // for people: {"axis", "1"}

    // Keeps a copy of an object as long as the record; gives its address.
    template <class T>
    T* keep(T object) {
        auto* kept = new T(std::move(object));
        own({kept, [](void* p) { delete static_cast<T*>(p); }});
        return kept;
    }
    // Apart from keep(), which every kind of node instantiates.
    void own(owned_bytes bytes);

    // What is fetched of it is a value: an assign's goes into its variable.
    bool has_value() const { return !type.is_void() && role != node_role::assign; }
    // A source: nothing but a value, without operands.
    bool produces_only() const {
        return inputs.empty() && (role == node_role::constant || role == node_role::compute);
    }
    const kernel_entry* kernel_for(std::string_view kind, bool gpus_launch = false) const {
        for (const kernel_entry& entry : kernels)
            if (entry.kind == kind && entry.code(gpus_launch) != nullptr) return &entry;
        return nullptr;
    }
};

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/graph/record_source.hpp>
#endif
