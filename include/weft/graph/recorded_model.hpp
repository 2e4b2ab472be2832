// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// recorded_model<Builder, Kinds>: what a builder builds, recorded by the compiler, as a constant. A
// builder is a constexpr lambda without captures that takes any graph, `[](auto& g) { ... }`, and
// returns the nodes that would be fetched. It runs twice here, first to count.
#pragma once

#include <weft/graph/recording_graph.hpp>

#include <utility>

namespace weft {

namespace detail {

template <class V>
concept tuple_of_nodes = requires {
    std::tuple_size<V>::value;
};
template <class V>
inline constexpr bool is_fetchable = is_node<V> || tuple_of_nodes<V> || std::is_void_v<V>;

template <class Builder, class G>
concept builds = requires(const Builder& builder, G& g) {
    builder(g);
};

}  // namespace detail

// Instantiated for a builder of a graph of type G.
template <class Builder, class G>
struct require_builder {
    static constexpr bool ok = detail::builds<Builder, G>;
    static_assert(ok,
                  "weft: a builder takes any graph by reference, constexpr auto model = "
                  "[](auto& g) { ... };");
};
// Instantiated for what a builder returns.
template <class V>
struct require_fetchable {
    static constexpr bool ok = detail::is_fetchable<V>;
    static_assert(ok,
                  "weft: a builder returns a node, a pair, tuple or array of nodes, or nothing; an "
                  "expression becomes a node by naming it, node z = x + y");
};

namespace detail {

template <class V>
constexpr void fetch_all(graph_recorder& from, const V& fetched) {
    if constexpr (is_node<V>) {
        from.fetch(fetched.id());
    } else {
        using std::get;
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (fetch_all(from, get<I>(fetched)), ...);
        }
        (std::make_index_sequence<std::tuple_size<V>::value>{});
    }
}

template <class Kinds, class Builder>
constexpr void build(basic_graph<recording<Kinds>>& into, const Builder& builder) {
    if constexpr (std::is_void_v<decltype(builder(into))>)
        builder(into);
    else
        fetch_all(into, builder(into));
}

struct recorded_sizes {
    std::size_t nodes, links, words, characters;
};
// A constant of its own, since clang counts the steps of each.
template <auto Builder, class Kinds>
inline constexpr recorded_sizes sizes_of_model = [] {
    basic_graph<recording<Kinds>> g;
    build<Kinds>(g, Builder);
    const recorded_graph seen = g.view();
    return recorded_sizes{seen.size, seen.link_count, seen.word_count, seen.character_count};
}();

template <recorded_sizes Sizes>
struct recorded_arrays {
    recorded_node nodes[Sizes.nodes + 1]{};
    node_id links[Sizes.links + 1]{};
    recorded_text words[Sizes.words]{};
    char characters[Sizes.characters]{};
};
template <auto Builder, class Kinds>
constexpr auto record_model() {
    constexpr const recorded_sizes& sizes = sizes_of_model<Builder, Kinds>;
    basic_graph<recording<Kinds>> g;
    build<Kinds>(g, Builder);
    const recorded_graph seen = g.view();
    recorded_arrays<sizes> out;
    for (std::size_t i = 0; i < sizes.nodes; ++i) out.nodes[i] = seen.nodes[i];
    for (std::size_t i = 0; i < sizes.links; ++i) out.links[i] = seen.links[i];
    for (std::size_t i = 0; i < sizes.words; ++i) out.words[i] = seen.words[i];
    for (std::size_t i = 0; i < sizes.characters; ++i) out.characters[i] = seen.characters[i];
    return out;
}
template <auto Builder, class Kinds>
inline constexpr auto arrays_of_model = record_model<Builder, Kinds>();

}  // namespace detail

// The nodes of a builder.
template <auto Builder, class Kinds = default_kinds>
inline constexpr std::size_t recorded_model_size =
    sizeof(detail::arrays_of_model<Builder, Kinds>.nodes) / sizeof(recorded_node) - 1;
template <auto Builder, class Kinds = default_kinds>
inline constexpr recorded_graph recorded_model = [] {
    constexpr const auto& arrays = detail::arrays_of_model<Builder, Kinds>;
    return recorded_graph{detail::recorded_kinds_of<Kinds>::value,
                          arrays.nodes,
                          recorded_model_size<Builder, Kinds>,
                          arrays.links,
                          sizeof(arrays.links) / sizeof(node_id) - 1,
                          arrays.words,
                          sizeof(arrays.words) / sizeof(recorded_text),
                          arrays.characters,
                          sizeof(arrays.characters)};
}();

}  // namespace weft
