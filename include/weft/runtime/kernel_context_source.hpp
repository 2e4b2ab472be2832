// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The definitions of kernel_context.hpp: where a kernel's threads and its scratch memory come from.
// Where a program is compiled separately this is compiled once; there is no template in it, and no
// type of the program.
#pragma once

#include <weft/runtime/intra_op_pool.hpp>
#include <weft/runtime/kernel_context.hpp>
#include <weft/runtime/scratch_arena.hpp>

namespace weft {

WEFT_SOURCE kernel_services::kernel_services(device& on, intra_op_pool* pool)
    : pool_(pool), scratch_(std::make_unique<scratch_arena>(on)) {}

WEFT_SOURCE kernel_services::~kernel_services() = default;

WEFT_SOURCE void kernel_services::begin(const stop_state* stop, bool interruptible) noexcept {
    stop_ = stop;
    interruptible_ = interruptible;
    scratch_->reset();
}

WEFT_SOURCE void kernel_services::parallel_for(std::size_t n, double cost_ns,
                                               range_function body) {
    if (pool_ != nullptr)
        pool_->parallel_for(n, cost_ns, body, interruptible_ ? stop_ : nullptr);
    else if (n > 0)
        body(0, n);
}

WEFT_SOURCE void* kernel_services::scratch(std::size_t bytes) { return scratch_->take(bytes); }

}  // namespace weft
