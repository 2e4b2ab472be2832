// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The context that kernels of one device kind run in, for devices whose kernels are functions on
// this machine. What it does is the same for all kinds and is kept apart from the type, so that
// programs with kinds of their own see no pool.
#pragma once

#include <weft/kernel/kernel.hpp>
#include <weft/runtime/device.hpp>

#include <memory>

namespace weft {

class intra_op_pool;
class scratch_arena;

// What a kernel_context offers. One kernel at a time; parallel_for and scratch from any of its
// threads.
class kernel_services {
public:
    // Without a pool, parallel_for runs in the kernel's own thread.
    kernel_services(device& on, intra_op_pool* pool);
    kernel_services(const kernel_services&) = delete;
    kernel_services& operator=(const kernel_services&) = delete;
    ~kernel_services();

    void begin(const stop_state* stop, bool interruptible) noexcept;
    void parallel_for(std::size_t n, double cost_ns, range_function body);
    bool stop_requested() const noexcept { return stop_ != nullptr && stop_->requested(); }
    void* scratch(std::size_t bytes);

private:
    intra_op_pool* pool_;
    const stop_state* stop_ = nullptr;
    bool interruptible_ = false;
    std::unique_ptr<scratch_arena> scratch_;
};

template <class Kind>
class kernel_context : public context<Kind>, public kernel_slot {
public:
    kernel_context(device& on, intra_op_pool* pool) : services_(on, pool) {}

    context_base& begin(const stop_state* stop, bool interruptible) noexcept override {
        services_.begin(stop, interruptible);
        set_begin_again(false);
        return *this;
    }
    void parallel_for(std::size_t n, double cost_ns, range_function body) override {
        services_.parallel_for(n, cost_ns, body);
    }
    bool stop_requested() const noexcept override { return services_.stop_requested(); }
    void* scratch(std::size_t bytes) override {
        set_begin_again(true);
        return services_.scratch(bytes);
    }

private:
    kernel_services services_;
};

// How a device keeps the way to make contexts of its kind.
using make_slot_function = std::unique_ptr<kernel_slot> (*)(device& on, intra_op_pool* pool);

template <class Kind>
std::unique_ptr<kernel_slot> make_slot(device& on, intra_op_pool* pool) {
    return std::make_unique<kernel_context<Kind>>(on, pool);
}

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/runtime/kernel_context_source.hpp>
#endif
