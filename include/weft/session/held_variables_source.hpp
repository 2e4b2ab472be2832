// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The definitions of held_variables: locks by a plan that has variables and no steps, and values
// that change all or none. What can fail comes first: memory, then copies to where nothing is lost,
// then those over values on devices, at last those over values of the host, which cannot fail.
#pragma once

#include <weft/runtime/node_error.hpp>
#include <weft/session/core_parts_source.hpp>
#include <weft/session/held_variables.hpp>

#include <stop_token>
#include <utility>

namespace weft {

WEFT_SOURCE held_variables::held_variables(session_core& of, std::span<const node_id> ids, use how,
                                           const run_options& options)
    : core_(of) {
    variable_store& store = of.parts_->variables;
    for (node_id id : ids) {
        plan_.variables.push_back({.record = &of.of().record(id), .written = how == use::write});
        values_.push_back(&store.value(id));
    }
    stop_state stop;
    stop.reset(options.timeout.count());
    const std::stop_callback on_stop(options.stop, [&] { stop.request(errc::cancelled); });
    if (!store.acquire(plan_, stop))
        throw error(stop.cause(), "stopped while waiting for variables that a run holds");
}
WEFT_SOURCE held_variables::~held_variables() { core_.parts_->variables.release(plan_); }

WEFT_SOURCE bool held_variables::in_host_memory(std::size_t i) const {
    return values_[i]->on->memory_space() == host_memory_space;
}
WEFT_SOURCE const void* held_variables::host_data(std::size_t i) const {
    return in_host_memory(i) ? values_[i]->data : nullptr;
}
WEFT_SOURCE void held_variables::copy_out(std::size_t i, std::size_t first, void* to,
                                          std::size_t bytes) const {
    const variable_value& value = *values_[i];
    try {
        value.on->copy_out(to, static_cast<const char*>(value.data) + first, bytes);
    } catch (const failure& f) {
        refuse(f, i, *value.on);
    }
}
WEFT_SOURCE void held_variables::refuse(const failure& found, std::size_t i,
                                        const device& on) const {
    throw detail::node_error(found.code(), found.what(), record(i), on.info().name.to_string());
}

// As session_core::initialize() would, so that a session that restores has its variables where one
// that initializes has them.
WEFT_SOURCE void held_variables::place() {
    session_core::parts& p = *core_.parts_;
    const std::lock_guard lock(p.mutex);
    devices_.clear();
    for (std::size_t i = 0; i < size(); ++i) {
        const node_id id = record(i).id;
        if (!p.kept.contains(id)) {
            const node_id initializer = p.graph.initializer_of(id);
            p.make({}, std::span(&initializer, 1));
        }
        devices_.push_back(&p.machine[p.kept.at(id)]);
    }
}

WEFT_SOURCE void held_variables::fetch_memory(std::size_t i, const dims& shape, new_memory& to) {
    device& on = *devices_[i];
    const std::size_t bytes = shape.size() * size_of(record(i).type.element);
    try {
        to.data = on.allocate(bytes);
    } catch (const failure& f) {
        if (f.code() != errc::resource_exhausted) refuse(f, i, on);
        core_.parts_->release_idle_memory();
        try {
            to.data = on.allocate(bytes);
        } catch (const failure& again) {
            refuse(again, i, on);
        }
    }
    to.on = &on;
    to.bytes = bytes;
}

WEFT_SOURCE void held_variables::copy_in(std::size_t i, device& on, void* to,
                                         const variable_contents& from) const {
    const std::size_t bytes = from.shape.size() * size_of(record(i).type.element);
    if (bytes == 0) return;
    try {
        on.copy_in(to, from.data, bytes);
    } catch (const failure& f) {
        refuse(f, i, on);
    }
}

WEFT_SOURCE void held_variables::assign(std::span<const variable_contents> contents) {
    place();
    std::vector<new_memory> memory(size());
    for (std::size_t i = 0; i < size(); ++i) {
        const variable_value& value = *values_[i];
        if (value.data != nullptr && value.shape == contents[i].shape) continue;
        fetch_memory(i, contents[i].shape, memory[i]);
        copy_in(i, *devices_[i], memory[i].data, contents[i]);
    }
    try {
        overwrite(contents, memory);
    } catch (...) {
        for (variable_value* value : values_) {
            value->initialized = false;
            ++value->version;
        }
        throw;
    }
    for (std::size_t i = 0; i < size(); ++i) {
        variable_value& value = *values_[i];
        if (memory[i].data != nullptr) {
            std::swap(value.on, memory[i].on);
            std::swap(value.data, memory[i].data);
            std::swap(value.bytes, memory[i].bytes);
            value.shape = contents[i].shape;
        } else if (value.initialized) {
            continue;
        }
        ++value.version;  // runs that know another shape, or memory, look again
        value.initialized = true;
    }
}

WEFT_SOURCE void held_variables::overwrite(std::span<const variable_contents> contents,
                                           std::span<const new_memory> memory) {
    for (const bool host : {false, true})
        for (std::size_t i = 0; i < size(); ++i)
            if (memory[i].data == nullptr && in_host_memory(i) == host)
                copy_in(i, *values_[i]->on, values_[i]->data, contents[i]);
}

}  // namespace weft
