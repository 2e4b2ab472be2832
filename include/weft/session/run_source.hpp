// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The definitions of session_run, declared in core.hpp: one run, from its feeds to its fetches, and
// what is said where they do not fit. Where a program is compiled separately this is compiled once;
// there is no template in it, and no type of the program.
#pragma once

#include <weft/runtime/run_logger.hpp>
#include <weft/runtime/step_names.hpp>
#include <weft/session/core_parts_source.hpp>

namespace weft {

// Those of one run; only runs that ask for one have this.
struct session_run::observers {
    std::optional<order_recorder> recorder{};
    std::optional<run_logger> logger{};
};

WEFT_SOURCE session_run::session_run(session_core& core, prepared_plan& of,
                                     std::span<const feed_value> feeds)
    : core_(core),
      plan_(of),
      execution_(of.take(core.parts_->machine.on(), core.parts_->variables,
                         of.elsewhere() == nullptr ? feeds : std::span<const feed_value>())
                     .release()) {}

WEFT_SOURCE session_run::~session_run() {
    on_stop_.reset();
    execution_->steps().forget_observers();
    observers_.reset();
    execution_->frame().reset();
    if (holds_) core_.parts_->variables.release(plan_.of());
    plan_.give_back(std::unique_ptr<execution>(execution_));
}

WEFT_SOURCE void session_run::begin(std::span<const feed_value> feeds, const run_options& options) {
    if (plan_.elsewhere() != nullptr) {
        arrived_ = std::make_unique<distributed_result>();
        plan_.elsewhere()->run(feeds, options, *arrived_);
        core_.parts_->nodes_run.store(arrived_->nodes_run, std::memory_order_relaxed);
        execution_->stop().reset();
        return bind(arrived_->values, {});
    }
    stop_state& stop = execution_->stop();
    stop.reset(options.timeout.count());
    if (options.stop.stop_possible()) on_stop_.emplace(options.stop, request_stop{&stop});
    refuse_unfed(plan_.of().unfed);
    acquire();
    check_initialized();
    bind(feeds, options);
    observe(options);
}

WEFT_SOURCE void session_run::execute() {
    execution_->run();
    if (arrived_ != nullptr) return;
    core_.parts_->nodes_run.store(execution_->nodes_run(), std::memory_order_relaxed);
}

WEFT_SOURCE void session_run::acquire() {
    holds_ = core_.parts_->variables.acquire(plan_.of(), execution_->stop());
    if (!holds_)
        throw error(execution_->stop().cause(),
                    "the run was stopped while it waited for variables that another run is "
                    "writing");
}

WEFT_SOURCE void session_run::observe(const run_options& options) {
    const bool logged = options.trace != nullptr || options.stats != nullptr;
    if (options.record == nullptr && !logged) return;
    observers_ = std::make_unique<observers>();
    step_runner& steps = execution_->steps();
    if (options.record != nullptr)
        steps.observe(observers_->recorder.emplace(*options.record));
    if (logged)
        steps.observe(observers_->logger.emplace(plan_.shared(), execution_->frame(),
                                                 options.trace, options.stats));
}

// Where a device's memory does not suffice, that of idle runs is freed first.
WEFT_SOURCE void session_run::bind(std::span<const feed_value> feeds, const run_options& options) {
    sharing how = core_.parts_->options.inter_op_parallelism_threads < 0 ? sharing::caller_only
                                                                         : sharing::automatic;
    std::vector<step_id> order;
    if (options.replay != nullptr) {
        how = sharing::given_order;
        order = steps_of(*options.replay, plan_.of(), core_.parts_->machine.on().machine);
    }
    try {
        return execution_->bind(feeds, how, order);
    } catch (const error& e) {
        if (e.code() != errc::resource_exhausted) throw;
    } catch (const failure& f) {
        if (f.code() != errc::resource_exhausted) throw;
    }
    core_.parts_->release_idle_memory();
    execution_->bind(feeds, how, order);
}

WEFT_SOURCE void session_run::check_initialized() {
    const plan& p = plan_.of();
    for (std::uint32_t i = 0; i < p.variables.size(); ++i) {
        const plan_variable& v = p.variables[i];
        if (v.needs_value == nullptr || execution_->frame().variable(i).initialized) continue;
        throw error(errc::failed_precondition,
                    "Attempting to use uninitialized value '" + v.record->name + "' in node '" +
                        v.needs_value->name + "' (" + to_string(v.needs_value->where) +
                        "): run its initializer, or session::initialize(), first",
                    v.record->name, v.record->where);
    }
}

WEFT_SOURCE const dims& session_run::shape(std::size_t fetch) const {
    return execution_->frame().value(plan_.of().fetches[fetch].value).shape;
}
WEFT_SOURCE bool session_run::is_writable(std::size_t fetch) const {
    return execution_->frame().is_writable(plan_.of().fetches[fetch].value);
}
WEFT_SOURCE bool session_run::write_to(std::size_t fetch, void* to) {
    return execution_->frame().write_to(plan_.of().fetches[fetch].value, to);
}
WEFT_SOURCE void session_run::copy_out(std::size_t fetch, void* to, std::size_t bytes) const {
    const value_id id = plan_.of().fetches[fetch].value;
    device& from = core_.parts_->machine[plan_.of().values[id].device];
    try {
        from.copy_out(to, execution_->frame().value(id).data, bytes);
    } catch (const failure& f) {
        throw detail::node_error(f.code(), f.what(), node(fetch), from.info().name.to_string());
    }
}
WEFT_SOURCE void* session_run::object(std::size_t fetch) const {
    return execution_->frame().object(plan_.of().fetches[fetch].value);
}
WEFT_SOURCE bool session_run::is_last_use(std::size_t fetch) const {
    const plan& p = plan_.of();
    const value_id id = p.fetches[fetch].value;
    bool last = p.values[id].home == value_home::object;
    for (std::size_t later = fetch + 1; later < p.fetches.size(); ++later)
        last = last && p.fetches[later].value != id;
    return last;
}
WEFT_SOURCE const node_record& session_run::node(std::size_t fetch) const {
    return core_.of().record(plan_.of().fetches[fetch].node);
}

WEFT_SOURCE void throw_not_copyable(const node_record& node) {
    throw error(errc::failed_precondition,
                "the value of '" + node.name +
                    "' cannot be copied, and was fed or is fetched twice (made at " +
                    to_string(node.where) + ')',
                node.name, node.where);
}

WEFT_SOURCE void check_fetch_shape(const session_run& run, std::size_t fetch, const dims& given) {
    const dims& shape = run.shape(fetch);
    if (given == shape) return;
    const node_record& node = run.node(fetch);
    throw error(errc::invalid_argument,
                "fetch_into: '" + node.name + "' has shape " + dims_text(shape).chars +
                    ", the given tensor " + dims_text(given).chars + " (made at " +
                    to_string(node.where) + ')',
                node.name, node.where);
}

WEFT_SOURCE void rethrow_as_error() {
    try {
        throw;
    } catch (const failure& f) {
        throw error(f.code(), f.what());
    } catch (const std::bad_alloc&) {
        throw error(errc::resource_exhausted, "out of memory on the host");
    }
}

}  // namespace weft
