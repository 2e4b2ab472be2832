// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A plan and the executions of it that are idle. A run takes one and gives it back, so that runs of
// a plan side by side share nothing that changes. It knows nothing of feeds and fetches. Members
// may be called from any thread.
#pragma once

#include <weft/runtime/execution.hpp>

#include <memory>
#include <mutex>
#include <vector>

namespace weft {

class prepared_plan {
public:
    explicit prepared_plan(std::shared_ptr<const plan> of) : plan_(std::move(of)) {}
    const plan& of() const { return *plan_; }
    const std::shared_ptr<const plan>& shared() const { return plan_; }

    // An execution that nobody uses; makes one if there is none.
    std::unique_ptr<execution> take(execution_devices& on, variable_store& variables) {
        {
            const std::lock_guard lock(mutex_);
            if (!idle_.empty()) {
                auto taken = std::move(idle_.back());
                idle_.pop_back();
                return taken;
            }
            idle_.reserve(++made_);  // so that giving back cannot fail
        }
        return std::make_unique<execution>(*plan_, on, variables);
    }
    void give_back(std::unique_ptr<execution> used) noexcept {
        const std::lock_guard lock(mutex_);
        idle_.push_back(std::move(used));
    }
    // Calls visit(execution) for those that are idle, the one used last at the end.
    template <class Visit>
    void for_each_idle(Visit visit) {
        const std::lock_guard lock(mutex_);
        for (const std::unique_ptr<execution>& one : idle_) visit(*one);
    }

private:
    std::shared_ptr<const plan> plan_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<execution>> idle_;
    std::size_t made_ = 0;
};

}  // namespace weft
