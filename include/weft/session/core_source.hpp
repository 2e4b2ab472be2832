// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The definitions of session_core, declared in core.hpp: devices, plans, the values of variables,
// and what is known of a plan. Where a program is compiled separately this is compiled once; there
// is no template in it, and no type of the program.
#pragma once

#include <weft/runtime/step_names.hpp>
#include <weft/session/core_parts_source.hpp>

namespace weft {

WEFT_SOURCE void refuse_unfed(const std::vector<const node_record*>& nodes) {
    if (nodes.empty()) return;
    const node_record& node = *nodes.front();
    std::string text = "You must feed a value for placeholder '" + node.name + '\'';
    if (node.type.is_tensor())
        text += std::string(" with element type ") + name_of(node.type.element) + " and shape " +
                dims_text(node.type.shape).chars;
    for (std::size_t i = 1; i < nodes.size(); ++i)
        text += (i == 1 ? "; and for '" : ", '") + nodes[i]->name + '\'';
    throw error(errc::invalid_argument, text + " (made at " + to_string(node.where) + ')',
                node.name, node.where);
}

namespace detail {

inline std::vector<feed_value> static_feeds(const plan& p) {
    std::vector<feed_value> out;
    for (const node_record* node : p.fed) {
        if (!node->type.shape.known())
            throw error(errc::failed_precondition,
                        "the memory of this plan depends on the shape of '" + node->name +
                            "', which is " + dims_text(node->type.shape).chars +
                            ": run it once with the shapes in question",
                        node->name, node->where);
        out.push_back({node->id, nullptr, node->type.shape});
    }
    return out;
}

}  // namespace detail

WEFT_SOURCE session_core::session_core(const graph_base& of, session_options options,
                                       const session_kind* kinds, std::size_t count,
                                       const device_spec& task)
    : parts_(std::make_unique<parts>(of, std::move(options), std::span(kinds, count), task)) {
    if (parts_->machine.pool_sizes_differ())
        log_once("weft.pools",
                 "weft: this session asks for other numbers of threads than the first one "
                 "of the process, and uses that one's; set use_per_session_threads for "
                 "threads of its own");
}
WEFT_SOURCE session_core::~session_core() = default;

WEFT_SOURCE const graph_base& session_core::of() const { return parts_->graph; }
WEFT_SOURCE const device_list& session_core::devices() const { return parts_->machine.devices(); }
WEFT_SOURCE const session_options& session_core::options() const { return parts_->options; }
WEFT_SOURCE void session_core::distribute(distribution& by) { parts_->distributed = &by; }

WEFT_SOURCE prepared_plan& session_core::prepare(std::span<const node_id> feeds,
                                                 std::span<const node_id> fetches) {
    parts& p = *parts_;
    const std::lock_guard lock(p.mutex);
    p.key.assign({p.graph.control_edits()});
    p.key.insert(p.key.end(), feeds.begin(), feeds.end());
    p.key.push_back(no_node);
    p.key.insert(p.key.end(), fetches.begin(), fetches.end());
    if (const auto found = p.plans.find(p.key); found != p.plans.end()) return *found->second;
    return *p.plans.emplace(p.key, p.prepare(feeds, fetches)).first->second;
}

WEFT_SOURCE prepared_plan& session_core::prepare_part(
    std::span<const node_id> feeds, std::size_t done, std::span<const node_id> fetches,
    const std::map<node_id, device_index>& placed) {
    parts& p = *parts_;
    const std::lock_guard lock(p.mutex);
    p.key.assign({p.graph.control_edits(), static_cast<node_id>(done)});
    p.key.insert(p.key.end(), feeds.begin(), feeds.end());
    p.key.push_back(no_node);
    p.key.insert(p.key.end(), fetches.begin(), fetches.end());
    p.key.push_back(no_node);  // which a session's own have but once
    for (const auto& [node, device] : placed) p.key.insert(p.key.end(), {node, device});
    if (const auto found = p.plans.find(p.key); found != p.plans.end()) return *found->second;
    const std::shared_ptr<plan> made =
        make_plan({p.graph, feeds, fetches, p.machine.on().machine, p.machine.devices(), p.kept,
                   false, p.options.deterministic, nullptr, done, &placed});
    p.deny(*made);
    p.keep_variables(*made);
    return *p.plans.emplace(p.key, std::make_unique<prepared_plan>(made)).first->second;
}

WEFT_SOURCE std::vector<node_id> session_core::placed_variables() const {
    const std::lock_guard lock(parts_->mutex);
    std::vector<node_id> out;
    for (const auto& [id, device] : parts_->kept) out.push_back(id);
    return out;
}
WEFT_SOURCE void session_core::initialize() {
    for (node_id variable : of().variables()) {
        const node_id fetch = of().initializer_of(variable);
        session_run run(*this, prepare({}, std::span(&fetch, 1)), {});
        run.begin({}, {});
        run.execute();
    }
}

WEFT_SOURCE placement_report session_core::explain(const prepared_plan& plan) const {
    if (plan.elsewhere() != nullptr) return plan.elsewhere()->report();
    return parts_->report(plan.of());
}
WEFT_SOURCE std::string session_core::device_of(const prepared_plan& plan, node_id id) const {
    if (plan.elsewhere() != nullptr) return plan.elsewhere()->device_of(id);
    for (std::size_t i = 0; i < plan.of().nodes.size(); ++i)
        if (plan.of().nodes[i]->id == id) return devices()[plan.of().devices[i]].name.to_string();
    return {};
}
namespace detail {
inline void refuse_elsewhere(const prepared_plan& of, const char* what) {
    if (of.elsewhere() != nullptr)
        throw error(errc::unimplemented,
                    std::string("a plan of a session on a cluster has no ") + what +
                        ": each task makes its own part when the plan runs");
}
}  // namespace detail
WEFT_SOURCE run_order session_core::order(const prepared_plan& plan, std::uint64_t seed) const {
    detail::refuse_elsewhere(plan, "an order to run in");
    run_order out;
    std::vector<std::string> names = step_names(plan.of(), parts_->machine.on().machine);
    for (step_id id : order_from_seed(plan.of(), seed)) out.steps.push_back(std::move(names[id]));
    return out;
}
WEFT_SOURCE std::size_t session_core::nodes(const prepared_plan& plan) const {
    return plan.of().kernels;
}

WEFT_SOURCE session_core::memory_use session_core::memory_of(prepared_plan& of,
                                                            const std::string& device) {
    detail::refuse_elsewhere(of, "memory that is known before");
    const device_index index = parts_->machine.find(device);
    memory_use use{};
    bool known = false;
    of.for_each_idle([&](execution& e) {
        if (!e.frame().laid_out()) return;
        const arena_layout& arenas = e.frame().arenas();
        use = {arenas.used_bytes(index), arenas.lower_bound(index)};
        known = true;
    });
    if (known) return use;
    const std::vector<feed_value> feeds = detail::static_feeds(of.of());
    session_run fresh(*this, of, feeds);
    refuse_unfed(of.of().unfed);
    fresh.execution_->stop().reset();
    fresh.acquire();
    fresh.bind(feeds, {});
    const arena_layout& arenas = fresh.execution_->frame().arenas();
    return {arenas.used_bytes(index), arenas.lower_bound(index)};
}
WEFT_SOURCE std::size_t session_core::peak_bytes(prepared_plan& of, const std::string& device) {
    return memory_of(of, device).peak;
}
WEFT_SOURCE std::size_t session_core::lower_bound_bytes(prepared_plan& of,
                                                        const std::string& device) {
    return memory_of(of, device).lower_bound;
}

WEFT_SOURCE memory_statistics session_core::memory(const std::string& device) const {
    return parts_->machine[parts_->machine.find(device)].memory();
}
WEFT_SOURCE std::size_t session_core::nodes_run() const {
    return parts_->nodes_run.load(std::memory_order_relaxed);
}

}  // namespace weft
