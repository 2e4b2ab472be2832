// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A queue whose items run one after the other, in the order of submission, in a thread of their
// own, as a GPU's stream does. submit() only queues; the thread sleeps while there is nothing.
// Members may be called from any thread.
#pragma once

#include <weft/runtime/work_item.hpp>
#include <weft/runtime/worker_threads.hpp>

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>

#include <errno.h>
#include <time.h>

namespace weft {

class in_order_queue {
public:
    // Waits `latency_ns` before each item, if that is not 0. Fails with resource_exhausted where
    // the system gives no thread.
    explicit in_order_queue(const std::string& name, std::int64_t latency_ns = 0)
        : latency_ns_(latency_ns) {
        threads_.start(1, name, [this] { work(); });
    }
    in_order_queue(const in_order_queue&) = delete;
    in_order_queue& operator=(const in_order_queue&) = delete;
    // Runs what is queued, then ends the thread; not to be called from it.
    ~in_order_queue() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
            work_.notify_one();
        }
        threads_.join();
    }

    void submit(work_item& item) noexcept {
        const std::lock_guard lock(mutex_);
        push(item);
    }
    void submit(std::span<work_item* const> items) noexcept {
        const std::lock_guard lock(mutex_);
        for (work_item* item : items) push(*item);
    }

    // Takes the place of the thread while there is nothing in the queue: items wait until let_go(),
    // what the caller does meanwhile comes before them. False where there is something, another
    // thread holds it, or the queue has a latency.
    bool hold() noexcept {
        const std::lock_guard lock(mutex_);
        if (held_ || latency_ns_ > 0 || finished_ != submitted_) return false;
        return held_ = true;
    }
    void let_go() noexcept {
        const std::lock_guard lock(mutex_);
        held_ = false;
        if (!items_.empty() || stopping_) work_.notify_one();
    }

    // Waits until every item that was submitted before has run.
    void synchronize() noexcept {
        std::unique_lock lock(mutex_);
        const std::uint64_t last = submitted_;
        progress_.wait(lock, [&] { return finished_ >= last; });
    }

private:
    void push(work_item& item) noexcept {
        items_.push(item);
        ++submitted_;
        if (asleep_) work_.notify_one();
    }

    void work() noexcept {
        std::unique_lock lock(mutex_);
        for (;;) {
            if (work_item* item = held_ ? nullptr : items_.pop()) {
                lock.unlock();
                if (latency_ns_ > 0) pause();
                item->run(item);
                lock.lock();
                ++finished_;
                progress_.notify_all();
                continue;
            }
            if (stopping_ && items_.empty()) return;
            asleep_ = true;
            work_.wait(lock, [this] { return !held_ && (!items_.empty() || stopping_); });
            asleep_ = false;
        }
    }

    void pause() const noexcept {
        timespec left{latency_ns_ / 1'000'000'000, latency_ns_ % 1'000'000'000};
        while (nanosleep(&left, &left) != 0 && errno == EINTR) {
        }
    }

    const std::int64_t latency_ns_;
    std::mutex mutex_;   // notifies under it, so that who gets it last may destroy the queue
    std::condition_variable work_;
    std::condition_variable progress_;
    work_list items_;
    std::uint64_t submitted_ = 0;
    std::uint64_t finished_ = 0;
    bool asleep_ = false;
    bool held_ = false;
    bool stopping_ = false;
    worker_threads threads_;
};

}  // namespace weft
