// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The guards that say where and when the nodes made under them go: device_scope,
// control_dependencies, name_scope, colocate_with. Each takes the graph first, applies from its
// construction to its destruction, and nests; none affects nodes that exist already. They work in
// graphs that the compiler records (placement_of.hpp) as well.
#pragma once

#include <weft/graph/node.hpp>

#include <initializer_list>

namespace weft {

// A graph that the compiler records. Its scopes are opened by member functions that know more than
// this header, and are templates here for that reason.
template <class G>
inline constexpr bool is_recorder = false;
template <class Kinds>
inline constexpr bool is_recorder<basic_graph<recording<Kinds>>> = true;
template <class G>
concept recorder = is_recorder<G>;

// A node of such a graph, as node_ref.
class recorded_ref {
public:
    template <class V, class Kinds>
    constexpr recorded_ref(const node<V, recording<Kinds>>& n) : graph_(&n.graph()), id_(n.id()) {}
    constexpr node_id id_in(const graph_recorder& owner) const {
        if (graph_ != &owner)
            throw error(errc::invalid_argument, "weft: this node is in another graph");
        return id_;
    }

private:
    graph_recorder* graph_;
    node_id id_;
};

namespace detail {

// Opens a scope, closes it when destroyed.
class open_scope {
public:
    open_scope(graph_base& owner, scope_entry scope)
        : graph_(&owner), depth_(owner.open(std::move(scope))) {}
    template <recorder G>
    constexpr open_scope(G& owner, std::size_t depth)
        : recorder_(&owner),
          close_([](graph_recorder& of, std::size_t at) { static_cast<G&>(of).close(at); }),
          depth_(depth) {}
    open_scope(const open_scope&) = delete;
    open_scope& operator=(const open_scope&) = delete;
    constexpr ~open_scope() {
        // Not `close_ != nullptr`: with sanitizers that is no constant for g++.
        if (graph_ == nullptr)
            close_(*recorder_, depth_);
        else
            graph_->close(depth_);
    }

private:
    graph_base* graph_ = nullptr;
    graph_recorder* recorder_ = nullptr;  // instead of it, with the function that closes its scopes
    void (*close_)(graph_recorder& of, std::size_t depth) = nullptr;
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
    // The same for a recorder; functions take any node there, `const auto&`.
    template <recorder G, class Device>
    constexpr device_scope(G& owner, const Device& device)
        : scope_(owner, owner.open_device(device)) {}

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
    template <recorder G>
    constexpr control_dependencies(G& owner, std::initializer_list<recorded_ref> nodes)
        : scope_(owner, owner.open_controls(nodes)) {}

private:
    static scope_entry make(const graph_base& owner, std::initializer_list<node_ref> nodes);
    detail::open_scope scope_;
};

// Names of nodes made under it begin with "name/"; a name used before gets a number, "layer_1/".
class name_scope {
public:
    name_scope(graph_base& owner, const std::string& name) : scope_(owner, make(owner, name)) {}
    template <recorder G>
    constexpr name_scope(G& owner, std::string_view name) : scope_(owner, owner.open_name(name)) {}

private:
    static scope_entry make(graph_base& owner, const std::string& name);
    detail::open_scope scope_;
};

// Nodes made under it go to the device of the given one; device scopes outside do not apply to
// them.
class colocate_with {
public:
    colocate_with(graph_base& owner, const node_ref& with) : scope_(owner, make(owner, with)) {}
    template <recorder G>
    constexpr colocate_with(G& owner, const recorded_ref& with)
        : scope_(owner, owner.open_colocated(with)) {}

private:
    static scope_entry make(const graph_base& owner, const node_ref& with);
    detail::open_scope scope_;
};

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/graph/scope_source.hpp>
#endif
