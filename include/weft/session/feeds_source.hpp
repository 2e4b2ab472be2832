// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The definitions of feeds.hpp: which nodes may be fed and fetched together, and what is said of
// others. Where a program is compiled separately this is compiled once; there is no template in it,
// and no type of the program.
#pragma once

#include <weft/core/search.hpp>
#include <weft/session/feeds.hpp>

namespace weft {

namespace detail {
inline void check_owner(const graph_base& own, const graph_base& of, node_id id, const char* what) {
    if (&of == &own) return;
    const node_record& node = of.record(id);
    throw error(errc::invalid_argument,
                std::string("cannot ") + what + " '" + node.name +
                    "': it is in another graph than this session's (" + to_string(node.where) + ')',
                node.name, node.where);
}
}  // namespace detail

WEFT_SOURCE void check_fetch(const graph_base& own, const graph_base& of, node_id id) {
    detail::check_owner(own, of, id, "fetch");
}

WEFT_SOURCE void check_feed(const graph_base& own, const graph_base& of,
                            const std::vector<node_id>& before, node_id id) {
    detail::check_owner(own, of, id, "feed");
    if (!list_contains(before, id)) return;
    const node_record& node = own.record(id);
    throw error(errc::invalid_argument, "'" + node.name + "' is fed twice", node.name, node.where);
}

WEFT_SOURCE feed_set::feed_set(const graph_base& own, std::initializer_list<feed_entry> entries) {
    for (const feed_entry& entry : entries) {
        check_feed(own, entry.graph(), nodes_, entry.value().node);
        nodes_.push_back(entry.value().node);
        values_.push_back(entry.value());
    }
}

}  // namespace weft
