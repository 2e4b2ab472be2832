// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What the guards put on the graph's list of open scopes. Nodes are checked here: a scope names
// nodes of its own graph only, and a malformed name opens no scope. What scopes do to records is
// graph_base's.
#pragma once

#include <weft/graph/scope.hpp>

namespace weft {

WEFT_SOURCE scope_entry detail::make_scope(scope_entry::kind what) {
    scope_entry scope;
    scope.what = what;
    return scope;
}

WEFT_SOURCE scope_entry device_scope::make(device_spec spec) {
    scope_entry scope = detail::make_scope(scope_entry::kind::device);
    scope.spec = std::move(spec);
    return scope;
}

WEFT_SOURCE scope_entry device_scope::make(device_function function) {
    scope_entry scope = detail::make_scope(scope_entry::kind::function);
    scope.function = std::move(function);
    return scope;
}

WEFT_SOURCE scope_entry control_dependencies::make(const graph_base& owner,
                                                   std::initializer_list<node_ref> nodes) {
    scope_entry scope = detail::make_scope(nodes.size() == 0 ? scope_entry::kind::no_controls
                                                             : scope_entry::kind::controls);
    for (const node_ref& n : nodes) scope.nodes.push_back(n.id_in(owner, "control_dependencies"));
    return scope;
}

WEFT_SOURCE scope_entry name_scope::make(graph_base& owner, const std::string& name) {
    if (!is_node_name(name))
        throw_error(errc::invalid_argument, {"'", name,
                                             "' is no name for a scope: use letters, digits "
                                             "and '._-/', and begin with a letter, digit or dot"});
    scope_entry scope = detail::make_scope(scope_entry::kind::name);
    scope.prefix = owner.scope_prefix(name);
    return scope;
}

WEFT_SOURCE scope_entry colocate_with::make(const graph_base& owner, const node_ref& with) {
    scope_entry scope = detail::make_scope(scope_entry::kind::colocate);
    scope.nodes.push_back(with.id_in(owner, "colocate_with"));
    return scope;
}

}  // namespace weft
