// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// graph_base: the records of a graph, their names, and the scopes that are open. It is append-only:
// a node never changes, and what a session planned stays valid when nodes are added. Types live in
// the handles (node.hpp); nothing here is a template. One thread builds; runs may go on meanwhile
// in others as long as they are already planned.
#pragma once

#include <weft/core/flat_map.hpp>
#include <weft/graph/block_memory.hpp>
#include <weft/graph/device_function.hpp>
#include <weft/graph/name_table.hpp>
#include <weft/graph/record.hpp>

#include <atomic>
#include <optional>
#include <span>
#include <string_view>

namespace weft {

// An open scope: what one of the guards of scope.hpp adds to the nodes that are made under it.
struct scope_entry {
    enum class kind : unsigned char {
        device,
        function,
        reset,
        controls,
        no_controls,
        name,
        colocate
    };
    kind what;
    device_spec spec{};
    std::optional<device_function> function{};
    std::vector<node_id> nodes{};  // of controls; the one of colocate
    std::string prefix{};          // of name, with a slash at its end
};

class graph_base {
public:
    graph_base(const graph_base&) = delete;
    graph_base& operator=(const graph_base&) = delete;
    // Defined here: elsewhere it would have every file compile the class's virtual table.
    virtual ~graph_base() { destroy_records(); }

    std::size_t size() const { return records_.size(); }
    const node_record& record(node_id id) const { return *records_[id]; }
    // The variables, in the order of making; not one whose initial value was refused.
    std::span<const node_id> variables() const { return variables_; }
    // The node that stores a variable's initial value.
    node_id initializer_of(node_id variable) const { return initializers_.at(variable); }

    // Memory of so many bytes for what nodes keep, as long as the graph; aligned for any type that
    // is not over-aligned.
    void* allocate(std::size_t bytes) { return memory_.allocate(bytes); }

    // Adds a node: gives it its number, a name that is unique (from the record's, else from its
    // op), and what the open scopes add. Throws error invalid_argument for a malformed name.
    node_id add(node_record&& record);
    // Adds a node that belongs to the variable `record.target`: named after it, under no scope.
    node_id add_beside(node_record&& record, const char* suffix);
    // The same for the one that stores the initial value.
    node_id add_initializer(node_record&& record);

    // Makes `after` wait for `before`, which runs with it, in all runs from now on. A cycle is
    // found when it would run. Throws error invalid_argument for a number that no node has.
    void add_control(node_id before, node_id after);
    // How often that was done: plans are for one answer. Any thread.
    std::uint32_t control_edits() const { return control_edits_.load(std::memory_order_relaxed); }

    // Opens a scope and gives its depth; close(depth) closes it and what was opened inside.
    std::size_t open(scope_entry scope);
    void close(std::size_t depth) noexcept;
    // The prefix of a name scope inside the open ones, made unique.
    std::string scope_prefix(const std::string& name);

protected:
    graph_base() = default;

private:
    void destroy_records() noexcept;
    [[noreturn, gnu::cold]] static void refuse_name(const node_record& record);
    std::string prefix() const;
    device_spec device_for(const node_record& record) const;
    void apply_scopes(node_record& record) const;
    node_id append(node_record&& record);

    block_memory memory_;  // of records, too
    std::vector<node_record*> records_;
    std::vector<node_id> variables_;
    flat_map<node_id, node_id> initializers_;
    name_table names_;
    std::vector<scope_entry> scopes_;
    // Relaxed: who runs what was edited has waited for the editing thread by other means.
    std::atomic<std::uint32_t> control_edits_{0};
};

// TensorFlow's rule: a letter, digit or dot, then those, '_', '-', '/' and '\\'.
constexpr bool is_node_name(std::string_view name) {
    bool first = true;
    for (char c : name) {
        const bool word =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
        if (!word && (first || (c != '_' && c != '-' && c != '/' && c != '\\'))) return false;
        first = false;
    }
    return !first;
}

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/graph/graph_base_source.hpp>
#endif
