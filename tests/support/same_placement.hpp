// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Checks that placement_of says of a builder what a session says of the graph that it makes.
#pragma once

#include <weft/placement_of.hpp>
#include <weft/weft.hpp>

#include <doctest/doctest.h>
#include <support/caught.hpp>

#include <string>
#include <string_view>
#include <tuple>

namespace weft_test {

// What a session explains of a node, or of several.
template <class Fetched>
weft::placement_report explained(weft::session& by, const Fetched& fetched) {
    if constexpr (requires { typename Fetched::node_type; })
        return by.explain(static_cast<const typename Fetched::node_type&>(fetched));
    else
        return std::apply(
            [&](const auto&... n) {
                return by.explain(
                    static_cast<const typename std::remove_cvref_t<decltype(n)>::node_type&>(n)...);
            },
            fetched);
}

inline std::size_t occurrences(std::string_view text, std::string_view words) {
    std::size_t count = 0;
    for (auto at = text.find(words); at != text.npos; at = text.find(words, at + 1)) ++count;
    return count;
}

template <std::size_t N>
void check_same(const weft::constant_placement<N>& placed, const weft::placement_report& report) {
    CHECK(placed.fallbacks == report.fallbacks);
    CHECK(placed.copies == report.copies.size());
    std::size_t bytes = 0, unsized = 0;
    for (const weft::copy_entry& copy : report.copies)
        (copy.bytes == weft::dyn ? unsized : bytes) += copy.bytes == weft::dyn ? 1 : copy.bytes;
    CHECK(placed.copied_bytes == bytes);
    CHECK(placed.unsized_copies == unsized);
    REQUIRE(placed.nodes == report.nodes.size());
    for (std::size_t i = 0; i < placed.nodes; ++i) {
        const weft::placement_entry& entry = report.nodes[i];
        CAPTURE(entry.node);
        CHECK(placed[i].name == entry.node);
        CHECK(placed[i].op == entry.op);
        CHECK(placed[i].device.view() == report.device_name(entry.device));
        CHECK(std::string_view(name_of(placed[i].reason)) == name_of(entry.reason));
    }
}

template <auto Builder, weft::machine On, class Kinds = weft::default_kinds>
void same_placement() {
    static constexpr auto placed = weft::placement_of<Builder, Kinds>(On);
    weft::basic_graph<Kinds> g;
    const auto fetched = Builder(g);
    weft::session_options options;
    options.allow_soft_placement = On.allow_soft_placement;
    options.emulated_gpus = On.gpus;
    options.device_count["CPU"] = On.cpus;
    if constexpr (!std::is_same_v<Kinds, weft::default_kinds>)
        options.device_count["npu"] = On.others;
    weft::session s{g, options};
    if (placed.errors == 0) return check_same(placed, explained(s, fetched));
    const caught error = error_of([&] { explained(s, fetched); });
    CHECK(error.code == weft::errc::invalid_argument);
    CHECK(occurrences(error.text, "Cannot assign a device to node '") == placed.errors);
}

}  // namespace weft_test
