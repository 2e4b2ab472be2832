// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The guards that say where and when the nodes made under them go: device_scope,
// control_dependencies, name_scope, colocate_with. Each takes the graph first, applies from its
// construction to its destruction, and nests; none affects nodes that exist already.
#pragma once

#include <weft/graph/node.hpp>
#include <weft/graph/recorder.hpp>

#include <initializer_list>

namespace weft {

namespace detail {

// Opens a scope, closes it when destroyed.
class open_scope {
public:
    open_scope(graph_base& owner, scope_entry scope)
        : graph_(&owner), depth_(owner.open(std::move(scope))) {}
    constexpr open_scope(graph_recorder& owner, const recorded_scope& scope,
                         std::initializer_list<recorded_ref> nodes = {})
        : recorder_(&owner), depth_(owner.open(scope, nodes)) {}
    open_scope(const open_scope&) = delete;
    open_scope& operator=(const open_scope&) = delete;
    constexpr ~open_scope() {
        if (recorder_ != nullptr)
            recorder_->close(depth_);
        else
            graph_->close(depth_);
    }

private:
    graph_base* graph_ = nullptr;  // or
    graph_recorder* recorder_ = nullptr;
    std::size_t depth_;
};

inline scope_entry make_scope(scope_entry::kind what) {
    scope_entry scope;
    scope.what = what;
    return scope;
}
constexpr recorded_scope make_recorded_scope(scope_entry::kind what) {
    return {what, any_recorded_device, nullptr, {}, 0, 0};
}

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

    // In a graph that the compiler records; a device function takes any node there, `const auto&`.
    constexpr device_scope(graph_recorder& owner, std::string_view device)
        : scope_(owner, make(owner.spec_of(device))) {}
    constexpr device_scope(graph_recorder& owner, const char* device)
        : device_scope(owner, std::string_view(device)) {}
    constexpr device_scope(graph_recorder& owner, no_device_t)
        : scope_(owner, detail::make_recorded_scope(scope_entry::kind::reset)) {}
    template <class F>
        requires(!std::is_convertible_v<const F&, std::string_view>)
    constexpr device_scope(graph_recorder& owner, const F& function)
        : scope_(owner, make_recorded(owner, function)) {}

private:
    static constexpr recorded_scope make(const recorded_spec& spec) {
        recorded_scope scope = detail::make_recorded_scope(scope_entry::kind::device);
        scope.spec = spec;
        return scope;
    }
    template <class F>
    static constexpr recorded_scope make_recorded(graph_recorder& owner, const F& function) {
        if constexpr (std::is_same_v<F, device_spec>) {
            return make(owner.spec_of(function));
        } else {
            recorded_scope scope = detail::make_recorded_scope(scope_entry::kind::function);
            scope.function = new recorded_callable<F>(function);
            return scope;
        }
    }
    static scope_entry make(device_spec spec) {
        scope_entry scope = detail::make_scope(scope_entry::kind::device);
        scope.spec = std::move(spec);
        return scope;
    }
    static scope_entry make(device_function function) {
        scope_entry scope = detail::make_scope(scope_entry::kind::function);
        scope.function = std::move(function);
        return scope;
    }
    detail::open_scope scope_;
};

// Nodes made under it wait until the given ones are done. Scopes add up; an empty list lets go of
// those outside.
class control_dependencies {
public:
    control_dependencies(graph_base& owner, std::initializer_list<node_ref> nodes)
        : scope_(owner, make(owner, nodes)) {}
    constexpr control_dependencies(graph_recorder& owner,
                                   std::initializer_list<recorded_ref> nodes)
        : scope_(owner,
                 detail::make_recorded_scope(nodes.size() == 0 ? scope_entry::kind::no_controls
                                                               : scope_entry::kind::controls),
                 nodes) {}

private:
    static scope_entry make(const graph_base& owner, std::initializer_list<node_ref> nodes) {
        scope_entry scope = detail::make_scope(nodes.size() == 0 ? scope_entry::kind::no_controls
                                                                 : scope_entry::kind::controls);
        for (const node_ref& n : nodes)
            scope.nodes.push_back(n.id_in(owner, "control_dependencies"));
        return scope;
    }
    detail::open_scope scope_;
};

// Names of nodes made under it begin with "name/"; a name used before gets a number, "layer_1/".
class name_scope {
public:
    name_scope(graph_base& owner, const std::string& name) : scope_(owner, make(owner, name)) {}
    constexpr name_scope(graph_recorder& owner, std::string_view name)
        : scope_(owner, make(owner, name)) {}

private:
    static scope_entry make(graph_base& owner, const std::string& name) {
        if (!detail::is_node_name(name))
            throw error(errc::invalid_argument,
                        '\'' + name +
                            "' is no name for a scope: use letters, digits "
                            "and '._-/', and begin with a letter, digit or dot");
        scope_entry scope = detail::make_scope(scope_entry::kind::name);
        scope.prefix = owner.scope_prefix(name);
        return scope;
    }
    static constexpr recorded_scope make(graph_recorder& owner, std::string_view name) {
        recorded_scope scope = detail::make_recorded_scope(scope_entry::kind::name);
        scope.prefix = owner.scope_prefix(name);
        return scope;
    }
    detail::open_scope scope_;
};

// Nodes made under it go to the device of the given one; device scopes outside do not apply to
// them.
class colocate_with {
public:
    colocate_with(graph_base& owner, const node_ref& with) : scope_(owner, make(owner, with)) {}
    constexpr colocate_with(graph_recorder& owner, const recorded_ref& with)
        : scope_(owner, detail::make_recorded_scope(scope_entry::kind::colocate), {with}) {}

private:
    static scope_entry make(const graph_base& owner, const node_ref& with) {
        scope_entry scope = detail::make_scope(scope_entry::kind::colocate);
        scope.nodes.push_back(with.id_in(owner, "colocate_with"));
        return scope;
    }
    detail::open_scope scope_;
};

}  // namespace weft
