// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The guards that say where and when the nodes made under them go: device_scope,
// control_dependencies, name_scope, colocate_with. Each takes the graph first, applies from its
// construction to its destruction, and nests; none affects nodes that exist already.
#pragma once

#include <weft/graph/node.hpp>

#include <initializer_list>

namespace weft {

namespace detail {

// Opens a scope, closes it when destroyed.
class open_scope {
public:
    open_scope(graph_base& owner, scope_entry scope)
        : graph_(owner), depth_(owner.open(std::move(scope))) {}
    open_scope(const open_scope&) = delete;
    open_scope& operator=(const open_scope&) = delete;
    ~open_scope() { graph_.close(depth_); }

private:
    graph_base& graph_;
    std::size_t depth_;
};

scope_entry make_scope(scope_entry::kind what);

}  // namespace detail

// Nodes made under it ask for a device. Scopes merge from the outermost to the innermost, part by
// part; an empty string changes nothing; no_device lets go of all scopes outside; a device function
// is asked for each node. Throws error invalid_argument for a malformed name.
class device_scope {
public:
    device_scope(graph_base& owner, std::string_view device)
        : scope_(owner, make(device_spec::parse(device))) {}
    device_scope(graph_base& owner, const char* device)
        : device_scope(owner, std::string_view(device)) {}
    device_scope(graph_base& owner, const device_spec& device) : scope_(owner, make(device)) {}
    device_scope(graph_base& owner, no_device_t)
        : scope_(owner, detail::make_scope(scope_entry::kind::reset)) {}
    device_scope(graph_base& owner, device_function function)
        : scope_(owner, make(std::move(function))) {}

private:
    static scope_entry make(device_spec spec);
    static scope_entry make(device_function function);
    detail::open_scope scope_;
};

// Nodes made under it wait until the given ones are done. Scopes add up; an empty list lets go of
// those outside.
class control_dependencies {
public:
    control_dependencies(graph_base& owner, std::initializer_list<node_ref> nodes)
        : scope_(owner, make(owner, nodes)) {}

private:
    static scope_entry make(const graph_base& owner, std::initializer_list<node_ref> nodes);
    detail::open_scope scope_;
};

// Names of nodes made under it begin with "name/"; a name used before gets a number, "layer_1/".
class name_scope {
public:
    name_scope(graph_base& owner, const std::string& name) : scope_(owner, make(owner, name)) {}

private:
    static scope_entry make(graph_base& owner, const std::string& name);
    detail::open_scope scope_;
};

// Nodes made under it go to the device of the given one; device scopes outside do not apply to
// them.
class colocate_with {
public:
    colocate_with(graph_base& owner, const node_ref& with) : scope_(owner, make(owner, with)) {}

private:
    static scope_entry make(const graph_base& owner, const node_ref& with);
    detail::open_scope scope_;
};

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/graph/scope_source.hpp>
#endif
