// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The store that contexts of one device are taken from. Making a context allocates, taking one that
// was used before does not, so that runs in the steady state allocate nothing. It knows nothing of
// what runs in them.
#pragma once

#include <weft/runtime/device.hpp>

#include <memory>
#include <mutex>
#include <vector>

namespace weft {

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
