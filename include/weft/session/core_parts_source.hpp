// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What a session_core has, for its definitions and those of session_run: its devices, the plans
// that it has made, where variables are; how a plan is made, and what session_options.deny refuses.
// Must not know how a plan is run. Compiled once where a program is compiled separately.
#pragma once

#include <weft/core/search.hpp>
#include <weft/runtime/log.hpp>
#include <weft/runtime/planner.hpp>
#include <weft/session/core.hpp>
#include <weft/session/machine.hpp>
#include <weft/session/prepared_plan.hpp>

#include <map>

namespace weft {

struct session_core::parts {
    parts(const graph_base& of, session_options asked, std::span<const session_kind> kinds,
          const device_spec& task)
        : graph(of), options(std::move(asked)), machine(options, kinds, task) {}

    const graph_base& graph;
    const session_options options;
    session_machine machine;
    variable_store variables;
    std::mutex mutex;
    std::map<node_id, device_index> kept;  // where variables are
    std::map<std::vector<node_id>, std::unique_ptr<prepared_plan>> plans;
    std::vector<node_id> key;
    std::atomic<std::size_t> nodes_run{0};
    distribution* distributed = nullptr;

    std::unique_ptr<prepared_plan> prepare(std::span<const node_id> feeds,
                                           std::span<const node_id> fetches);
    void keep_variables(const plan& p);
    std::shared_ptr<const plan> make(std::span<const node_id> feeds,
                                     std::span<const node_id> fetches);
    placement_report report(const plan& p) const;
    void deny(const plan& p) const;
    void deny_unknown_lines() const;
    // Frees the memory that idle runs keep for the next ones.
    void release_idle_memory() {
        const std::lock_guard lock(mutex);
        for (const auto& [ids, prepared] : plans)
            prepared->for_each_idle([](execution& e) { e.frame().release_memory(); });
    }
};

inline std::shared_ptr<const plan> session_core::parts::make(std::span<const node_id> feeds,
                                                             std::span<const node_id> fetches) {
    if (options.deny.fallback) deny_unknown_lines();
    std::shared_ptr<plan> made =
        make_plan({graph, feeds, fetches, machine.on().machine, machine.devices(), kept,
                   options.allow_soft_placement, options.deterministic, &options.placement});
    deny(*made);
    keep_variables(*made);
    if (options.log_device_placement) log_requested(report(*made).to_string());
    return made;
}

inline void session_core::parts::keep_variables(const plan& p) {
    for (const plan_variable& v : p.variables) {
        const device_index at = kept.emplace(v.record->id, v.device).first->second;
        if (at != v.device)
            throw error(errc::invalid_argument,
                        "variable '" + v.record->name + "' is on " +
                            machine.devices()[at].name.to_string() +
                            " and stays there; a plan of another task has it on " +
                            machine.devices()[v.device].name.to_string(),
                        v.record->name, v.record->where);
    }
}

// A plan of several tasks comes with one that hands over what they fetch: each is a feed of it.
inline std::unique_ptr<prepared_plan> session_core::parts::prepare(
    std::span<const node_id> feeds, std::span<const node_id> fetches) {
    if (distributed == nullptr) return std::make_unique<prepared_plan>(make(feeds, fetches));
    std::vector<node_id> fetched, done;
    for (node_id id : fetches) {
        std::vector<node_id>& list = graph.record(id).has_value() ? fetched : done;
        if (!list_contains(list, id)) list.push_back(id);
    }
    fetched.insert(fetched.end(), done.begin(), done.end());
    const std::map<node_id, device_index> placed;
    auto handed_over =
        make_plan({graph, fetched, fetches, machine.on().machine, machine.devices(), kept, false,
                   false, nullptr, done.size(), &placed});
    auto elsewhere = distributed->prepare(feeds, fetches);
    if (options.log_device_placement) log_requested(elsewhere->report().to_string());
    return std::make_unique<prepared_plan>(std::move(handed_over), std::move(elsewhere));
}

inline placement_report session_core::parts::report(const plan& p) const {
    return report_of(p, machine.devices(), options.allow_soft_placement, &options.placement);
}

namespace detail {

// Items of an error text that may have thousands: "a, b and 7 more".
class name_listing {
public:
    void add(const std::string& item) {
        constexpr std::size_t shown = 16;
        if (++count_ <= shown) text_ += (count_ == 1 ? "" : ", ") + item;
        rest_ = count_ > shown ? " and " + std::to_string(count_ - shown) + " more" : "";
    }
    std::size_t count() const { return count_; }
    std::string text() const { return text_ + rest_; }

private:
    std::size_t count_ = 0;
    std::string text_, rest_;
};

}  // namespace detail

inline void session_core::parts::deny(const plan& p) const {
    const auto refuse = [](const char* flag, const detail::name_listing& nodes, const char* what,
                           const node_record* first, const std::string& details) {
        if (nodes.count() == 0) return;
        throw error(errc::failed_precondition,
                    std::string("session_options.deny.") + flag + ": " +
                        std::to_string(nodes.count()) + what + nodes.text() + details,
                    first->name, first->where);
    };
    const auto table = [&] { return '\n' + report(p).to_string(); };
    const node_record* first = nullptr;
    const auto note = [&](detail::name_listing& nodes, const node_record& node,
                          const std::string& more) {
        if (nodes.count() == 0) first = &node;
        nodes.add('\'' + node.name + "' (" + more + ')');
    };
    if (options.deny.fallback && p.fallbacks > 0) {
        detail::name_listing nodes;
        const placement_report decided = report(p);
        for (std::size_t i = 0; i < p.nodes.size(); ++i)
            if (decided.nodes[i].reason == placement_reason::soft_fallback)
                note(nodes, *p.nodes[i], decided.nodes[i].why);
        refuse("fallback", nodes, " node(s) are not where they asked to be: ", first, table());
    }
    if (options.deny.copy && !p.copies.empty()) {
        detail::name_listing values;
        for (const plan_copy& copy : p.copies)
            note(values, *copy.record,
                 machine.devices().short_name(copy.from) + " to " +
                     machine.devices().short_name(copy.to));
        refuse("copy", values, " value(s) cross devices: ", first, table());
    }
    if (!options.deny.allocation) return;
    detail::name_listing values;
    for (const plan_value& value : p.values) {
        const node_record& node = *value.record;
        if (value.home == value_home::object && node.type.is_tensor() && !node.type.shape.known())
            note(values, node, to_string(node.where));
    }
    refuse("allocation", values,
           " value(s) have a size that is known only when they are made: ", first, "");
}

inline void session_core::parts::deny_unknown_lines() const {
    std::map<std::string_view, const placement_line*> unknown;
    for (const auto& [node, line] : options.placement.lines()) unknown.emplace(node, &line);
    for (node_id id = 0; id < graph.size() && !unknown.empty(); ++id)
        unknown.erase(graph.record(id).name);
    if (unknown.empty()) return;
    detail::name_listing nodes;
    for (const auto& [node, line] : unknown)
        nodes.add('\'' + std::string(node) + "' (" + options.placement.describe(*line) + ')');
    throw error(errc::failed_precondition,
                "session_options.deny.fallback: the graph does not have " +
                    std::to_string(nodes.count()) +
                    " node(s) that the placement names: " + nodes.text());
}

}  // namespace weft
