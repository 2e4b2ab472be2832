// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The values of a session's variables, and the locks on them. A run holds what it needs from before
// its first step until its fetches are read: alone what it writes, together with other readers what
// it only reads. All at once or not at all, so that runs cannot wait for each other in a circle.
#pragma once

#include <weft/core/error.hpp>
#include <weft/core/flat_map.hpp>
#include <weft/runtime/plan.hpp>
#include <weft/runtime/stop_state.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>

namespace weft {

// A variable's bytes on its device. Read and written by runs that hold its lock.
struct variable_value {
    device* on = nullptr;
    void* data = nullptr;
    std::size_t bytes = 0;
    dims shape;
    std::size_t version = 0;   // counts how often it was given other memory
    bool initialized = false;  // else its shape is but that of a run which did not come to write it
};

class variable_store {
public:
    variable_store() = default;
    variable_store(const variable_store&) = delete;
    variable_store& operator=(const variable_store&) = delete;
    ~variable_store() {
        for (auto& [id, held] : values_)
            if (held != nullptr && held->value.data != nullptr)  // null: there was no memory for it
                held->value.on->deallocate(held->value.data, held->value.bytes);
    }

    // The value of a variable; the reference stays valid. Any thread.
    variable_value& value(node_id id) {
        const std::lock_guard lock(mutex_);
        return held(id).value;
    }

    // Waits until the plan's variables are free, or `stop` is requested; true if it has them.
    // Requests are served in the order of arrival where they conflict.
    bool acquire(const plan& p, const stop_state& stop) {
        if (p.variables.empty()) return true;
        std::unique_lock lock(mutex_);
        waiter here{&p};
        line_up(here);
        while (!is_turn_of(here)) {
            if (stop.requested()) {
                leave(here);
                freed_.notify_all();
                return false;
            }
            freed_.wait_for(lock, std::chrono::milliseconds(5));  // a stop does not notify
        }
        leave(here);
        for (const plan_variable& v : p.variables) {
            lock_state& lock_of = held(v.record->id).lock;
            if (v.written)
                lock_of.writer = true;
            else
                ++lock_of.readers;
        }
        return true;
    }
    void release(const plan& p) noexcept {
        if (p.variables.empty()) return;
        const std::lock_guard lock(mutex_);
        for (const plan_variable& v : p.variables) {
            lock_state& lock_of = held(v.record->id).lock;
            if (v.written)
                lock_of.writer = false;
            else
                --lock_of.readers;
        }
        if (waiting_ != nullptr) freed_.notify_all();
    }

private:
    struct lock_state {
        int readers = 0;
        bool writer = false;
    };
    struct held_value {
        variable_value value;
        lock_state lock;
    };

    // A run that waits, on the stack of its thread; in the order of arrival.
    struct waiter {
        const plan* of;
        waiter* next = nullptr;
    };

    held_value& held(node_id id) {
        std::unique_ptr<held_value>& kept = values_[id];
        if (kept == nullptr) kept = std::make_unique<held_value>();
        return *kept;
    }
    void line_up(waiter& here) {
        waiter** at = &waiting_;
        while (*at != nullptr) at = &(*at)->next;
        *at = &here;
    }
    void leave(waiter& here) {
        waiter** at = &waiting_;
        while (*at != &here) at = &(*at)->next;
        *at = here.next;
    }
    bool is_turn_of(const waiter& here) {
        for (const plan_variable& v : here.of->variables) {
            const lock_state& lock_of = held(v.record->id).lock;
            if (lock_of.writer || (v.written && lock_of.readers > 0)) return false;
        }
        for (const waiter* earlier = waiting_; earlier != &here; earlier = earlier->next)
            if (conflict(*earlier->of, *here.of)) return false;
        return true;
    }
    static bool conflict(const plan& a, const plan& b) {
        for (const plan_variable& x : a.variables)
            for (const plan_variable& y : b.variables)
                if (x.record == y.record && (x.written || y.written)) return true;
        return false;
    }

    std::mutex mutex_;
    std::condition_variable freed_;
    waiter* waiting_ = nullptr;  // the first that came
    flat_map<node_id, std::unique_ptr<held_value>> values_;
};

}  // namespace weft
