// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What one thread of an inter-op pool has to do next. Items that become ready go on a stack that
// nobody else sees, which costs no atomic operation; only while another thread of the pool is idle
// does the oldest half of them go to a deque that can be stolen from. It does not know what items
// do, nor who sleeps.
#pragma once

#include <weft/runtime/work_deque.hpp>

namespace weft {

class inter_op_pool;

// Used by the thread that it belongs to, but for deque().steal() and empty().
class pool_worker {
public:
    explicit pool_worker(inter_op_pool& of) : pool_(of) {}
    pool_worker(const pool_worker&) = delete;
    pool_worker& operator=(const pool_worker&) = delete;

    // The worker whose work the calling thread is doing, null in threads of no pool.
    static pool_worker* current() noexcept { return current_; }
    // Makes `worker` the current one, and gives the former.
    static pool_worker* enter(pool_worker* worker) noexcept {
        pool_worker* const before = current_;
        current_ = worker;
        return before;
    }

    inter_op_pool& pool() const noexcept { return pool_; }
    work_deque& deque() noexcept { return deque_; }

    // Keeps an item that is ready; false where there is no room for it.
    bool keep(work_item& item) noexcept {
        if (top_ == capacity && !close_gap()) return false;
        stack_[top_++] = &item;
        return true;
    }
    // The item kept last, null if there is none.
    work_item* take() noexcept {
        if (top_ > bottom_) return stack_[--top_];
        top_ = bottom_ = 0;
        return deque_.pop();
    }
    // What take() would give of those that others cannot steal, null if there is none.
    const work_item* top() const noexcept { return top_ > bottom_ ? stack_[top_ - 1] : nullptr; }
    // Whether it has items that others cannot steal.
    bool has_private() const noexcept { return top_ > bottom_; }
    // Lets others steal the oldest half; true if there was room for any.
    bool expose() noexcept {
        const std::size_t half = (top_ - bottom_ + 1) / 2;
        const std::size_t moved = deque_.push(stack_ + bottom_, half < 256 ? half : 256);
        bottom_ += moved;
        return moved > 0;
    }

private:
    static constexpr std::size_t capacity = 1024;
    static inline thread_local pool_worker* current_ = nullptr;

    bool close_gap() noexcept {
        if (bottom_ == 0) return false;
        for (std::size_t i = bottom_; i < top_; ++i) stack_[i - bottom_] = stack_[i];
        top_ -= bottom_;
        bottom_ = 0;
        return true;
    }

    inter_op_pool& pool_;
    std::size_t bottom_ = 0;  // what is below has been exposed
    std::size_t top_ = 0;
    work_item* stack_[capacity];
    work_deque deque_;
};

}  // namespace weft
