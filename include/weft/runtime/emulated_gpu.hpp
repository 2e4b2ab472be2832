// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A GPU for machines without one: memory of its own that host code cannot touch, an in-order queue
// with its own thread, and the kernels that ops declare for gpu, run by the CPU. To everything
// above it is a device like any other; it says "emulated" in every log. How it misbehaves on demand
// is said in emulated_gpu_options and done here, so that nothing above knows.
#pragma once

#include <weft/runtime/emulated_gpu_options.hpp>
#include <weft/runtime/emulated_memory.hpp>
#include <weft/runtime/in_order_queue.hpp>
#include <weft/runtime/kernel_context.hpp>

#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <utility>

namespace weft {

class emulated_gpu final : public device {
public:
    // The memory of an emulated GPU whose device_info sets no limit.
    static constexpr std::size_t default_memory = std::size_t{4} << 30;

    // `memory_space` is the device's own, not host_memory_space. Fails with resource_exhausted
    // where the system gives no thread or no addresses.
    emulated_gpu(device_info info, int memory_space, emulated_gpu_options options = {})
        : device(complete(std::move(info)), memory_space),
          options_(options),
          memory_(capacity_for(this->info().memory_limit)),
          queue_("weft gpu:" + std::to_string(this->info().name.index), options.latency_ns) {}

    void copy_in(void* to_device, const void* from_host, std::size_t bytes) override {
        refuse_if_lost();
        if (bytes > 0) std::memcpy(memory_.host_address(to_device, bytes), from_host, bytes);
    }
    void copy_out(void* to_host, const void* from_device, std::size_t bytes) override {
        refuse_if_lost();
        if (bytes > 0) std::memcpy(to_host, memory_.host_address(from_device, bytes), bytes);
    }
    void copy_from(void* to, device& other, const void* from, std::size_t bytes) override {
        auto* const peer = dynamic_cast<emulated_gpu*>(&other);
        if (peer == nullptr) return device::copy_from(to, other, from, bytes);
        peer->refuse_if_lost();
        if (bytes > 0) copy_in(to, peer->memory_.host_address(from, bytes), bytes);
    }

    bool watches_launches() const noexcept override {
        return options_.failing_launch >= 0 || options_.lost_from >= 0;
    }
    void launch(const node_record&) override {
        // Relaxed both: a number and a flag that order nothing.
        const std::int64_t number = launches_.fetch_add(1, std::memory_order_relaxed);
        if (options_.lost_from >= 0 && number >= options_.lost_from)
            lost_.store(true, std::memory_order_relaxed);
        refuse_if_lost();
        if (number == options_.failing_launch)
            fail(errc::unavailable, "launch %lld of %s failed", static_cast<long long>(number),
                 info().name.to_string().c_str());
    }

    void submit(work_item& item) noexcept override { queue_.submit(item); }
    void submit(std::span<work_item* const> items) noexcept override { queue_.submit(items); }
    bool enter() noexcept override { return queue_.hold(); }
    void leave() noexcept override { queue_.let_go(); }
    // Waits until everything submitted before has run.
    void synchronize() noexcept { queue_.synchronize(); }

    void* translate(void* address) override {
        return address == nullptr ? nullptr : memory_.host_address(address, 0);
    }

    // parallel_for runs in the kernel's own thread.
    std::unique_ptr<kernel_slot> make_context() override {
        return std::make_unique<kernel_context<gpu>>(*this, nullptr);
    }

    // Writes outside of allocations, or after their end, by kernels.
    void check_memory() override { memory_.check(); }

private:
    static device_info complete(device_info info) {
        if (info.description.empty()) info.description = "emulated";
        if (info.memory_limit == 0) info.memory_limit = default_memory;
        return info;
    }

    // Addresses cost nothing: guards and gaps between allocations are not to use up the limit.
    static std::size_t capacity_for(std::size_t limit) noexcept {
        constexpr std::size_t least = std::size_t{64} << 20;
        constexpr std::size_t most = std::size_t{1} << 40;
        return limit >= most / 2 ? most : 2 * limit + least;
    }

    void refuse_if_lost() const {
        if (lost_.load(std::memory_order_relaxed))
            fail(errc::unavailable, "%s is lost; a new session may find it again",
                 info().name.to_string().c_str());
    }

    void* obtain(std::size_t bytes) noexcept override { return memory_.allocate(bytes); }
    void give_back(void* address, std::size_t) noexcept override { memory_.release(address); }

    const emulated_gpu_options options_;
    std::atomic<std::int64_t> launches_{0};
    std::atomic<bool> lost_{false};
    emulated_memory memory_;
    in_order_queue queue_;   // last: its thread ends before the memory goes
};

}  // namespace weft
