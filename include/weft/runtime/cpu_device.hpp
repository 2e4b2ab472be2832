// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Devices whose memory is the host's and whose kernels run in threads of this process: logical
// CPUs, and users' device kinds that bring no device class of their own. Several of them share
// nothing but memory. The kind is known only to the function that makes contexts.
#pragma once

#include <weft/runtime/inter_op_pool.hpp>
#include <weft/runtime/intra_op_pool.hpp>
#include <weft/runtime/kernel_context.hpp>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>

namespace weft {

// A device of any kind that computes on this machine's CPU, in contexts from `slot`.
class host_device final : public device {
public:
    // Neither pool may be null; several devices may share one. `info.memory_limit` is kept.
    host_device(device_info info, std::shared_ptr<inter_op_pool> inter_op,
                std::shared_ptr<intra_op_pool> intra_op,
                make_slot_function slot = &make_slot<cpu>)
        : device(std::move(info), host_memory_space), inter_op_(std::move(inter_op)),
          intra_op_(std::move(intra_op)), slot_(slot) {}

    void copy_in(void* to_device, const void* from_host, std::size_t bytes) override {
        if (bytes > 0) std::memcpy(to_device, from_host, bytes);
    }
    void copy_out(void* to_host, const void* from_device, std::size_t bytes) override {
        if (bytes > 0) std::memcpy(to_host, from_device, bytes);
    }

    void submit(work_item& item) noexcept override { inter_op_->submit(item); }
    void submit(std::span<work_item* const> items) noexcept override { inter_op_->submit(items); }
    inter_op_pool* pool() noexcept override { return inter_op_.get(); }
    bool enter() noexcept override { return true; }

    std::unique_ptr<kernel_slot> make_context() override {
        return slot_(*this, intra_op_.get());
    }

private:
    void* obtain(std::size_t bytes) noexcept override {
        if (bytes > static_cast<std::size_t>(PTRDIFF_MAX) - 63) return nullptr;
        return std::aligned_alloc(64, bytes == 0 ? 64 : (bytes + 63) / 64 * 64);
    }
    void give_back(void* address, std::size_t) noexcept override { std::free(address); }

    std::shared_ptr<inter_op_pool> inter_op_;
    std::shared_ptr<intra_op_pool> intra_op_;
    make_slot_function slot_;
};

}  // namespace weft
