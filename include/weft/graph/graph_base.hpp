// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// graph_base: the records of a graph, their names, and the scopes that are open. It is append-only:
// a node never changes, and what a session planned stays valid when nodes are added. Types live in
// the handles (node.hpp); nothing here is a template. One thread builds; runs may go on meanwhile
// in others as long as they are already planned.
#pragma once

#include <weft/core/flat_map.hpp>
#include <weft/core/search.hpp>
#include <weft/graph/device_function.hpp>
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
    virtual ~graph_base() = default;

    std::size_t size() const { return records_.size(); }
    const node_record& record(node_id id) const { return *records_[id]; }
    // The variables, in the order of making; not one whose initial value was refused.
    std::span<const node_id> variables() const { return variables_; }
    // The node that stores a variable's initial value.
    node_id initializer_of(node_id variable) const { return initializers_.at(variable); }

    // Adds a node: gives it its number, a name that is unique (from the record's, else from its
    // op), and what the open scopes add. Throws error invalid_argument for a malformed name.
    node_id add(node_record record);
    // Adds a node that belongs to the variable `record.target`: named after it, under no scope.
    node_id add_beside(node_record record, const char* suffix);
    // The same for the one that stores the initial value.
    node_id add_initializer(node_record record);

    // Makes `after` wait for `before`, which runs with it, in all runs from now on. A cycle is
    // found when it would run. Throws error invalid_argument for a number that no node has.
    void add_control(node_id before, node_id after);
    // How often that was done: plans are for one answer. Any thread.
    std::uint32_t control_edits() const { return control_edits_.load(std::memory_order_relaxed); }

    // Opens a scope and gives its depth; close(depth) closes it and what was opened inside.
    std::size_t open(scope_entry scope) {
        scopes_.push_back(std::move(scope));
        return scopes_.size() - 1;
    }
    void close(std::size_t depth) noexcept {
        scopes_.erase(scopes_.begin() + static_cast<std::ptrdiff_t>(depth), scopes_.end());
    }
    // The prefix of a name scope inside the open ones, made unique.
    std::string scope_prefix(const std::string& name);

protected:
    graph_base() = default;

private:
    std::string prefix() const;
    std::string unique(const std::string& name);
    device_spec device_for(const node_record& record) const;
    void apply_scopes(node_record& record) const;
    node_id append(node_record record);

    std::vector<std::unique_ptr<node_record>> records_;
    std::vector<node_id> variables_;
    flat_map<node_id, node_id> initializers_;
    flat_map<std::string, int> names_;  // those in use, and the last number behind each
    std::vector<scope_entry> scopes_;
    // Relaxed: who runs what was edited has waited for the editing thread by other means.
    std::atomic<std::uint32_t> control_edits_{0};
};

namespace detail {
// TensorFlow's rule: a letter, digit or dot, then those, '_', '-', '/' and '\'.
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
}  // namespace detail

inline void graph_base::add_control(node_id before, node_id after) {
    for (node_id id : {before, after})
        if (id >= records_.size())
            throw error(errc::invalid_argument, "add_control: there is no node " +
                                                    std::to_string(id) + " in this graph of " +
                                                    std::to_string(records_.size()));
    records_[after]->controls.push_back(before);
    control_edits_.fetch_add(1, std::memory_order_relaxed);
}

inline std::string graph_base::prefix() const {
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope)
        if (scope->what == scope_entry::kind::name) return scope->prefix;
    return {};
}

inline std::string graph_base::unique(const std::string& name) {
    if (names_.emplace(name, 0).second) return name;
    for (;;) {
        std::string next = name + '_' + std::to_string(++names_[name]);
        if (names_.emplace(next, 0).second) return next;
    }
}

inline std::string graph_base::scope_prefix(const std::string& name) {
    return unique(prefix() + name) + '/';
}

// From the outermost scope to the innermost; each fills in or overrides part by part.
inline device_spec graph_base::device_for(const node_record& record) const {
    device_spec spec;
    for (const scope_entry& scope : scopes_) {
        switch (scope.what) {
            case scope_entry::kind::device: spec = spec.merged(scope.spec); break;
            case scope_entry::kind::function: spec = spec.merged((*scope.function)(record)); break;
            case scope_entry::kind::reset:
            case scope_entry::kind::colocate: spec = {}; break;
            default: break;
        }
    }
    return spec;
}

// What the scopes add comes before what the record has itself (a group waits for its members).
inline void graph_base::apply_scopes(node_record& record) const {
    record.requested = device_for(record).merged(record.requested);
    const std::vector<node_id> own = std::exchange(record.controls, {});
    const auto wait_for = [&](node_id id) {
        if (!list_contains(record.controls, id)) record.controls.push_back(id);
    };
    for (const scope_entry& scope : scopes_) {
        if (scope.what == scope_entry::kind::no_controls) record.controls.clear();
        if (scope.what == scope_entry::kind::controls)
            for (node_id id : scope.nodes) wait_for(id);
        if (scope.what == scope_entry::kind::reset) record.colocated.clear();
        if (scope.what == scope_entry::kind::colocate)
            record.colocated.push_back(scope.nodes.front());
    }
    for (node_id id : own) wait_for(id);
}

inline node_id graph_base::append(node_record record) {
    record.id = static_cast<node_id>(records_.size());
    records_.push_back(std::make_unique<node_record>(std::move(record)));
    return records_.back()->id;
}

inline node_id graph_base::add(node_record record) {
    if (record.name.empty()) {
        record.name = record.op;
    } else if (!detail::is_node_name(record.name)) {
        throw error(errc::invalid_argument,
                    '\'' + record.name +
                        "' is no name for a node: use letters, digits and '._-/', "
                        "and begin with a letter, digit or dot (" +
                        to_string(record.where) + ')',
                    record.name, record.where);
    }
    record.name = unique(prefix() + record.name);
    apply_scopes(record);
    return append(std::move(record));
}

inline node_id graph_base::add_beside(node_record record, const char* suffix) {
    record.name = unique(records_[record.target]->name + '/' + suffix);
    return append(std::move(record));
}

inline node_id graph_base::add_initializer(node_record record) {
    const node_id target = record.target;
    const node_id id = add_beside(std::move(record), "Assign");
    if (initializers_.emplace(target, id).second) variables_.push_back(target);
    return id;
}

}  // namespace weft
