// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How records are added to a graph: their names, and what the open scopes say about them. Runs once
// per node, so what a graph without scopes does not need is not done for it. Knows no type and no
// device.
#pragma once

#include <weft/graph/graph_base.hpp>

#include <weft/core/search.hpp>

namespace weft {

WEFT_SOURCE void graph_base::destroy_records() noexcept {
    for (node_record* record : records_) record->~node_record();
}

WEFT_SOURCE std::size_t graph_base::open(scope_entry scope) {
    scopes_.push_back(std::move(scope));
    return scopes_.size() - 1;
}

WEFT_SOURCE void graph_base::close(std::size_t depth) noexcept {
    scopes_.erase(scopes_.begin() + static_cast<std::ptrdiff_t>(depth), scopes_.end());
}

WEFT_SOURCE void graph_base::add_control(node_id before, node_id after) {
    for (node_id id : {before, after})
        if (id >= records_.size())
            throw_error(errc::invalid_argument,
                        {"add_control: there is no node ", std::to_string(id), " in this graph of ",
                         std::to_string(records_.size())});
    records_[after]->controls.push_back(before);
    control_edits_.fetch_add(1, std::memory_order_relaxed);
}

WEFT_SOURCE std::string graph_base::prefix() const {
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope)
        if (scope->what == scope_entry::kind::name) return scope->prefix;
    return {};
}

WEFT_SOURCE std::string graph_base::scope_prefix(const std::string& name) {
    return names_.take(prefix().append(name)).append(1, '/');
}

// From the outermost scope to the innermost; each fills in or overrides part by part.
[[gnu::noinline]] WEFT_SOURCE device_spec graph_base::device_for(const node_record& record) const {
    device_spec spec;
    for (const scope_entry& scope : scopes_) {
        switch (scope.what) {
            case scope_entry::kind::device: spec.merge(scope.spec); break;
            case scope_entry::kind::function: spec.merge((*scope.function)(record)); break;
            case scope_entry::kind::reset:
            case scope_entry::kind::colocate: spec = {}; break;
            default: break;
        }
    }
    return spec;
}

// What the scopes add comes before what the record has itself (a group waits for its members).
[[gnu::noinline]] WEFT_SOURCE void graph_base::apply_scopes(node_record& record) const {
    device_spec spec = device_for(record);
    spec.merge(record.requested);
    record.requested = std::move(spec);
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

WEFT_SOURCE node_id graph_base::append(node_record&& record) {
    static_assert(std::is_nothrow_move_constructible_v<node_record>);
    record.id = static_cast<node_id>(records_.size());
    void* const at = memory_.allocate(sizeof record);
    records_.push_back(static_cast<node_record*>(at));
    return (::new (at) node_record(std::move(record)))->id;
}

WEFT_SOURCE void graph_base::refuse_name(const node_record& record) {
    throw_error(errc::invalid_argument,
                {"'", record.name,
                 "' is no name for a node: use letters, digits and '._-/', "
                 "and begin with a letter, digit or dot (",
                 to_string(record.where), ")"},
                record.name, record.where);
}

WEFT_SOURCE node_id graph_base::add(node_record&& record) {
    if (record.name.empty()) {
        record.name = record.op;
    } else if (!is_node_name(record.name)) {
        refuse_name(record);
    }
    if (scopes_.empty()) {
        record.name = names_.take(std::move(record.name));
        if (record.controls.size() > 1) apply_scopes(record);
    } else {
        record.name = names_.take(prefix().append(record.name));
        apply_scopes(record);
    }
    return append(std::move(record));
}

WEFT_SOURCE node_id graph_base::add_beside(node_record&& record, const char* suffix) {
    record.name = records_[record.target]->name;
    record.name.append(1, '/').append(suffix);
    record.name = names_.take(std::move(record.name));
    return append(std::move(record));
}

WEFT_SOURCE node_id graph_base::add_initializer(node_record&& record) {
    const node_id target = record.target;
    const node_id id = add_beside(std::move(record), "Assign");
    if (initializers_.emplace(target, id).second) variables_.push_back(target);
    return id;
}

}  // namespace weft
