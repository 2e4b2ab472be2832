// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The values of a session's variables, and the locks on them. A run holds what it needs from before
// its first step until its fetches are read: alone what it writes, together with other readers what
// it only reads. All at once or not at all, so that runs cannot wait for each other in a circle.
#pragma once

#include <weft/core/error.hpp>
#include <weft/runtime/plan.hpp>
#include <weft/runtime/stop_state.hpp>

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <unordered_map>

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
            if (held.value.data != nullptr)
                held.value.on->deallocate(held.value.data, held.value.bytes);
    }

    // The value of a variable; the reference stays valid. Any thread.
    variable_value& value(node_id id) {
        const std::lock_guard lock(mutex_);
        return values_[id].value;
    }

    // Waits until the plan's variables are free, or `stop` is requested; true if it has them.
    // Requests are served in the order of arrival where they conflict.
    bool acquire(const plan& p, const stop_state& stop) {
        if (p.variables.empty()) return true;
        std::unique_lock lock(mutex_);
        const auto here = waiting_.insert(waiting_.end(), &p);
        while (!is_turn_of(here)) {
            if (stop.requested()) {
                waiting_.erase(here);
                freed_.notify_all();
                return false;
            }
            freed_.wait_for(lock, std::chrono::milliseconds(5));  // a stop does not notify
        }
        waiting_.erase(here);
        for (const plan_variable& v : p.variables) {
            lock_state& held = values_[v.record->id].lock;
            if (v.written)
                held.writer = true;
            else
                ++held.readers;
        }
        return true;
    }
    void release(const plan& p) noexcept {
        if (p.variables.empty()) return;
        const std::lock_guard lock(mutex_);
        for (const plan_variable& v : p.variables) {
            lock_state& held = values_[v.record->id].lock;
            if (v.written)
                held.writer = false;
            else
                --held.readers;
        }
        if (!waiting_.empty()) freed_.notify_all();
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

    bool is_turn_of(std::list<const plan*>::iterator here) {
        for (const plan_variable& v : (*here)->variables) {
            const lock_state& held = values_[v.record->id].lock;
            if (held.writer || (v.written && held.readers > 0)) return false;
        }
        for (auto earlier = waiting_.begin(); earlier != here; ++earlier)
            if (conflict(**earlier, **here)) return false;
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
    std::list<const plan*> waiting_;
    std::unordered_map<node_id, held_value> values_;
};

}  // namespace weft
