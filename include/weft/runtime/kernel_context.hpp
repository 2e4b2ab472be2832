// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The context that kernels of one device kind run in, for devices whose kernels are functions on
// this machine; and the store that contexts of one device are taken from. Making a context
// allocates, taking one that was used before does not.
#pragma once

#include <weft/runtime/intra_op_pool.hpp>
#include <weft/runtime/scratch_arena.hpp>

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace weft {

template <class Kind>
class kernel_context final : public context<Kind>, public kernel_slot {
public:
    // Without a pool, parallel_for runs in the kernel's own thread.
    kernel_context(device& on, intra_op_pool* pool) : pool_(pool), scratch_(on) {}

    context_base& begin(const stop_state* stop, bool interruptible) noexcept override {
        stop_ = stop;
        interruptible_ = interruptible;
        scratch_.reset();
        return *this;
    }

    void parallel_for(std::size_t n, double cost_ns, range_function body) override {
        if (pool_ != nullptr)
            pool_->parallel_for(n, cost_ns, body, interruptible_ ? stop_ : nullptr);
        else if (n > 0)
            body(0, n);
    }

    bool stop_requested() const noexcept override { return stop_ != nullptr && stop_->requested(); }

    void* scratch(std::size_t bytes) override { return scratch_.take(bytes); }

private:
    intra_op_pool* pool_;
    const stop_state* stop_ = nullptr;
    bool interruptible_ = false;
    scratch_arena scratch_;
};

// The contexts of one device, as many as kernels have run there at the same time. Must go before
// the device does. Members may be called from any thread.
class context_pool {
public:
    explicit context_pool(device& on) : device_(on) {}
    context_pool(const context_pool&) = delete;
    context_pool& operator=(const context_pool&) = delete;

    device& on() const noexcept { return device_; }

    // A context that nobody uses.
    kernel_slot& acquire() {
        const std::lock_guard lock(mutex_);
        if (idle_.empty()) {
            // There is room for every context in idle_ before it exists, so that release() cannot
            // fail.
            idle_.reserve(all_.size() + 1);
            all_.push_back(device_.make_context());
            return *all_.back();
        }
        kernel_slot* const slot = idle_.back();
        idle_.pop_back();
        return *slot;
    }

    // Gives back what acquire() gave. The last one used is the next one taken: its scratch is warm.
    void release(kernel_slot& slot) noexcept {
        const std::lock_guard lock(mutex_);
        idle_.push_back(&slot);
    }

private:
    device& device_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<kernel_slot>> all_;
    std::vector<kernel_slot*> idle_;
};

}  // namespace weft
