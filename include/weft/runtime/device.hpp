// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A device as the executor sees it: memory, copies to and from the host, a queue of work, and
// contexts for kernels. This is the seam: everything above works with any device, and a new kind of
// hardware is a class that derives from this. Every member may be called from any thread.
#pragma once

#include <weft/kernel/context.hpp>
#include <weft/placement/device_list.hpp>
#include <weft/runtime/memory_account.hpp>
#include <weft/runtime/stop_state.hpp>
#include <weft/runtime/work_item.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>

namespace weft {

class inter_op_pool;
struct node_record;

// The memory that host code may touch. Devices of other spaces are reached by copies only.
inline constexpr int host_memory_space = 0;

// A context that serves one kernel after the other.
class kernel_slot {
public:
    kernel_slot() = default;
    kernel_slot(const kernel_slot&) = delete;
    kernel_slot& operator=(const kernel_slot&) = delete;
    virtual ~kernel_slot() = default;

    // The context for the next kernel, the same every time; scratch memory of the last one is taken
    // back. `stop` may be null and must outlive the kernel. Where the kernel is `interruptible`,
    // its parallel_for fails with the cause of a stop instead of going on: not for kernels that
    // write what others can see.
    virtual context_base& begin(const stop_state* stop, bool interruptible) noexcept = 0;

    // Between two kernels of one run that are interruptible: begins again where that is needed.
    void next(const stop_state* stop) noexcept {
        // Relaxed: the threads that took scratch memory have left the kernel.
        if (begin_again_.load(std::memory_order_relaxed)) begin(stop, true);
    }

protected:
    // For slots that know: whether a kernel has left something behind that begin() takes back.
    void set_begin_again(bool again) noexcept {
        begin_again_.store(again, std::memory_order_relaxed);
    }

private:
    std::atomic<bool> begin_again_{true};
};

// Kernels that a device has been given once, and does again at one call.
class recorded_work {
public:
    recorded_work() = default;
    recorded_work(const recorded_work&) = delete;
    recorded_work& operator=(const recorded_work&) = delete;
    virtual ~recorded_work() = default;

    // Behind everything that the device was given before. Fails as device::launch() does.
    virtual void replay() = 0;
};

class device {
public:
    device(const device&) = delete;
    device& operator=(const device&) = delete;
    // All of its memory must have been freed, and no item may be queued.
    virtual ~device() = default;

    const device_info& info() const noexcept { return info_; }
    // Devices with the same number can use each other's memory without a copy.
    int memory_space() const noexcept { return memory_space_; }

    // Memory of this device, aligned to 64 bytes, not initialised; for 0 bytes an address of its
    // own too. Fails with resource_exhausted: device, bytes requested, in use, limit.
    void* allocate(std::size_t bytes) {
        account_.take(bytes);
        void* const address = obtain(bytes);
        if (address == nullptr) no_memory(bytes);
        account_.commit();
        return address;
    }
    // `bytes` as allocated; null is allowed.
    void deallocate(void* address, std::size_t bytes) noexcept {
        if (address == nullptr) return;
        give_back(address, bytes);
        account_.give(bytes);
    }
    memory_statistics memory() const noexcept { return account_.statistics(); }

    // Copies from host memory to this device's, and back; done when they return. They are not
    // ordered with the queue: whoever copies knows that the bytes are there.
    virtual void copy_in(void* to_device, const void* from_host, std::size_t bytes) = 0;
    virtual void copy_out(void* to_host, const void* from_device, std::size_t bytes) = 0;
    // From another device's memory to this one's; through the host in pieces, unless overridden.
    virtual void copy_from(void* to, device& other, const void* from, std::size_t bytes);

    // Has the item run by this device: cpu devices in a thread of their inter-op pool, queued
    // devices after everything submitted before.
    virtual void submit(work_item& item) noexcept = 0;
    virtual void submit(std::span<work_item* const> items) noexcept {
        for (work_item* item : items) submit(*item);
    }
    // Whether the calling thread may run this device's kernels itself until it calls leave():
    // always on devices whose threads share nothing, on those with a queue while it is empty.
    virtual bool enter() noexcept { return false; }
    virtual void leave() noexcept {}
    // For devices that can fail by themselves: whether launch() is to be called before each kernel
    // and each copy that they do, and launched() after those that have not failed.
    virtual bool watches_launches() const noexcept { return false; }
    // Fails with unavailable if the device cannot do what comes next, which is that node's.
    virtual void launch(const node_record& of) { static_cast<void>(of); }
    // Fails if it could not begin what it was given since.
    virtual void launched() {}
    // For devices that can be given kernels again at less cost. In between, those that the calling
    // thread launches, which has entered, are noted and not run; there is nothing where one of them
    // did what cannot be repeated.
    virtual bool records() const noexcept { return false; }
    virtual void begin_recording() {}
    virtual std::unique_ptr<recorded_work> end_recording() { return nullptr; }
    // For devices that run behind: waits until all is done that they were given before, so that a
    // run may end. Fails, or throws error naming a node, with what has gone wrong on the way.
    virtual void finish() {}
    // Throws error unavailable once the device is lost, if it knows more than a failed call says.
    virtual void check_usable() {}
    // The pool that runs its items, where threads that wait may help; null for devices with a
    // queue.
    virtual inter_op_pool* pool() noexcept { return nullptr; }

    // The address by which kernels that run on this device reach what allocate() gave; also inside
    // an allocation. Null stays null. Fails with internal for memory that is not this device's, if
    // it looks.
    virtual void* translate(void* address) { return address; }

    // A context for kernels of this kind; it must not outlive the device. One for each kernel that
    // runs at the same time (see context_pool).
    virtual std::unique_ptr<kernel_slot> make_context() = 0;

    // For devices that watch over their memory: fails with internal if a kernel has written where
    // nothing is allocated, once for each such finding.
    virtual void check_memory() {}

protected:
    device(device_info info, int memory_space)
        : info_(std::move(info)), memory_space_(memory_space),
          account_(info_.name.to_string(), info_.memory_limit) {}

    // Memory that has been booked: null where there is none.
    virtual void* obtain(std::size_t bytes) noexcept = 0;
    virtual void give_back(void* address, std::size_t bytes) noexcept = 0;

private:
    [[noreturn, gnu::cold]] void no_memory(std::size_t bytes) {
        try {
            check_usable();
        } catch (...) {
            account_.cancel(bytes);
            throw;
        }
        account_.exhausted(bytes);
    }

    const device_info info_;
    const int memory_space_;
    memory_account account_;
};

inline void device::copy_from(void* to, device& other, const void* from, std::size_t bytes) {
    if (other.memory_space() == host_memory_space) return copy_in(to, from, bytes);
    if (memory_space_ == host_memory_space) return other.copy_out(to, from, bytes);
    alignas(64) std::byte piece[16 * 1024];
    for (std::size_t done = 0; done < bytes; done += sizeof piece) {
        const std::size_t rest = bytes - done;
        const std::size_t now = rest < sizeof piece ? rest : sizeof piece;
        other.copy_out(piece, static_cast<const std::byte*>(from) + done, now);
        copy_in(static_cast<std::byte*>(to) + done, piece, now);
    }
}

}  // namespace weft
