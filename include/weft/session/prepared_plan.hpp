// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A plan and the executions of it that are idle. A run takes one and gives it back, so that runs of
// a plan side by side share nothing that changes. It knows nothing of feeds and fetches. Members
// may be called from any thread.
#pragma once

#include <weft/runtime/execution.hpp>
#include <weft/session/distribution.hpp>

#include <memory>
#include <mutex>
#include <vector>

namespace weft {

class prepared_plan {
public:
    explicit prepared_plan(std::shared_ptr<const plan> of,
                           std::unique_ptr<distributed_plan> elsewhere = nullptr)
        : plan_(std::move(of)), elsewhere_(std::move(elsewhere)) {}
    // What runs it on several tasks; then the plan only hands over what that fetches. Or null.
    distributed_plan* elsewhere() const { return elsewhere_.get(); }
    const plan& of() const { return *plan_; }
    const std::shared_ptr<const plan>& shared() const { return plan_; }

    // An execution that nobody uses: one whose memory is laid out for the shapes of these feeds, or
    // a new one while there are few, or the one that was used longest ago.
    std::unique_ptr<execution> take(execution_devices& on, variable_store& variables,
                                    std::span<const feed_value> feeds) {
        {
            const std::lock_guard lock(mutex_);
            for (std::size_t i = idle_.size(); i-- > 0;)
                if (!idle_[i]->frame().laid_out() || idle_[i]->frame().fits(feeds)) return pick(i);
            if (idle_.size() >= most_idle_shapes) return pick(0);
        }
        auto made = std::make_unique<execution>(*plan_, on, variables);
        const std::lock_guard lock(mutex_);
        idle_.reserve(++made_);  // so that giving back cannot fail
        return with_block(std::move(made));
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
    // Shapes of feeds that memory is kept for: a batch and its smaller last one, say.
    static constexpr std::size_t most_idle_shapes = 4;

    std::unique_ptr<execution> pick(std::size_t i) noexcept {
        std::unique_ptr<execution> taken = std::move(idle_[i]);
        for (; i + 1 < idle_.size(); ++i) idle_[i] = std::move(idle_[i + 1]);
        idle_.pop_back();
        return with_block(std::move(taken));
    }
    // Idle executions for other shapes have no need of their memory now.
    std::unique_ptr<execution> with_block(std::unique_ptr<execution> taken) noexcept {
        if (!idle_.empty())
            taken->frame().arenas().trade_blocks(idle_.back()->frame().arenas());
        return taken;
    }

    std::shared_ptr<const plan> plan_;
    std::unique_ptr<distributed_plan> elsewhere_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<execution>> idle_;
    std::size_t made_ = 0;
};

}  // namespace weft
