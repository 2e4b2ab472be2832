// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The threads that run a device's nodes. Workers run the items of every run, in turn; a thread that
// waits for its own run (a caller) runs that run's items meanwhile. Nobody spins, nothing is
// allocated after construction. One mutex guards all of it: what is behind these members may
// change, they do not.
#pragma once

#include <weft/runtime/work_item.hpp>
#include <weft/runtime/worker_threads.hpp>

#include <atomic>
#include <bit>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>

namespace weft {

// A queue of work items and its worker threads. Members may be called from any thread.
class inter_op_pool {
public:
    // `workers` may be 0: then only callers run items. Fails with resource_exhausted where the
    // system gives no more threads.
    explicit inter_op_pool(int workers, const std::string& name = "weft") {
        try {
            threads_.start(workers, name, [this] { work(); });
        } catch (...) {
            stop();
            throw;
        }
    }
    inter_op_pool(const inter_op_pool&) = delete;
    inter_op_pool& operator=(const inter_op_pool&) = delete;

    // Runs what is queued, then ends the threads. No run may be under way, and the calling thread
    // must not be one of the workers.
    ~inter_op_pool() {
        stop();
        while (work_item* item = take()) item->run(item);
    }

    int workers() const noexcept { return threads_.count(); }

    // Queues one item.
    void submit(work_item& item) noexcept {
        const std::lock_guard lock(mutex_);
        push(item);
    }

    // Queues several, in order.
    void submit(std::span<work_item* const> items) noexcept {
        const std::lock_guard lock(mutex_);
        for (work_item* item : items) push(*item);
    }

    // Runs queued items of `owner` in the calling thread, and sleeps while there are none, until
    // finish(owner, done) has been called. A worker of another pool that waits here (a kernel that
    // runs a session of its own) goes on serving `owner` in its own pool too, which might have no
    // other worker.
    void help_until(const void* owner, const std::atomic<bool>& done) noexcept {
        inter_op_pool* const home = home_ == this ? nullptr : home_;
        waiting_caller caller(owner);
        caller_link here{&caller}, there{&caller};
        attach(here);
        if (home != nullptr) home->attach(there);
        // Acquire pairs with the release in finish(): the caller sees what the run has written.
        while (!done.load(std::memory_order_acquire)) {
            work_item* item = take(owner);
            if (item == nullptr && home != nullptr) item = home->take(owner);
            if (item != nullptr)
                item->run(item);
            else
                caller.sleep();
        }
        if (home != nullptr) home->detach(there);
        detach(here);
    }

    // Sets `done` and wakes the caller that waits for `owner`. Called once, for the pool whose
    // help_until() the caller is in, when the run's last item ends; afterwards this thread has
    // touched neither `done` nor the pool, so that the caller may destroy both at once.
    void finish(const void* owner, std::atomic<bool>& done) noexcept {
        const std::lock_guard lock(mutex_);
        // Pairs with the acquire in help_until(), which ends only once it has had the mutex.
        done.store(true, std::memory_order_release);
        signal_callers(owner);
    }

private:
    // A thread in help_until(), on its stack; in the list of one or two pools.
    class waiting_caller {
    public:
        explicit waiting_caller(const void* owner) : owner_(owner) {}

        const void* owner() const noexcept { return owner_; }
        void signal() noexcept {
            const std::lock_guard lock(mutex_);
            signalled_ = true;
            woken_.notify_one();
        }
        // Until signal() is called, or has been since the last sleep.
        void sleep() noexcept {
            std::unique_lock lock(mutex_);
            woken_.wait(lock, [this] { return signalled_; });
            signalled_ = false;
        }

    private:
        const void* owner_;
        std::mutex mutex_;   // taken while holding a pool's, never the other way round
        std::condition_variable woken_;
        bool signalled_ = false;
    };

    // Its place in one pool's list.
    struct caller_link {
        waiting_caller* caller;
        caller_link* next = nullptr;
    };

    // Owners are spread over lanes, and workers take from the lanes in turn: a run with a thousand
    // ready nodes does not hold up one with two. Owners that share a lane are served in order of
    // arrival.
    static constexpr std::size_t lane_count = 64;
    static std::size_t lane_of(const void* owner) noexcept {
        constexpr std::uint64_t golden = 0x9e3779b97f4a7c15u;
        return static_cast<std::size_t>((reinterpret_cast<std::uintptr_t>(owner) * golden) >> 58);
    }

    void attach(caller_link& link) noexcept {
        const std::lock_guard lock(mutex_);
        link.next = callers_;
        callers_ = &link;
    }

    void detach(caller_link& link) noexcept {
        const std::lock_guard lock(mutex_);
        caller_link** at = &callers_;
        while (*at != &link) at = &(*at)->next;
        *at = link.next;
    }

    void signal_callers(const void* owner) noexcept {
        for (caller_link* link = callers_; link != nullptr; link = link->next)
            if (link->caller->owner() == owner) link->caller->signal();
    }

    void push(work_item& item) noexcept {
        const std::size_t lane = lane_of(item.owner);
        lanes_[lane].push(item);
        filled_ |= std::uint64_t{1} << lane;
        if (asleep_ > 0) {
            // The worker counts as awake from now on, so that the next item wakes another one.
            --asleep_;
            ++wakes_;
            work_.notify_one();
        } else {
            signal_callers(item.owner);
        }
    }

    work_item* take() noexcept {
        if (filled_ == 0) return nullptr;
        const int ahead = std::countr_zero(std::rotr(filled_, turn_));
        const int lane = (turn_ + ahead) % static_cast<int>(lane_count);
        turn_ = (lane + 1) % static_cast<int>(lane_count);
        work_item* const item = lanes_[lane].pop();
        note_if_empty(static_cast<std::size_t>(lane));
        return item;
    }

    work_item* take(const void* owner) noexcept {
        const std::lock_guard lock(mutex_);
        const std::size_t lane = lane_of(owner);
        work_item* const item = lanes_[lane].pop(owner);
        note_if_empty(lane);
        return item;
    }

    void note_if_empty(std::size_t lane) noexcept {
        if (lanes_[lane].empty()) filled_ &= ~(std::uint64_t{1} << lane);
    }

    void work() noexcept {
        home_ = this;
        std::unique_lock lock(mutex_);
        for (;;) {
            if (work_item* item = take()) {
                lock.unlock();
                item->run(item);
                lock.lock();
                continue;
            }
            if (stopping_) return;
            ++asleep_;
            work_.wait(lock, [this] { return wakes_ > 0 || stopping_; });
            if (wakes_ > 0)
                --wakes_;
            else
                --asleep_;
        }
    }

    void stop() noexcept {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
            work_.notify_all();
        }
        threads_.join();
    }

    // The pool that the current thread is a worker of.
    static inline thread_local inter_op_pool* home_ = nullptr;

    std::mutex mutex_;   // notifies under it, so that who gets it last may destroy the pool
    std::condition_variable work_;
    work_list lanes_[lane_count];
    std::uint64_t filled_ = 0;   // a bit for each lane that holds items
    int turn_ = 0;               // the lane to look at first
    int asleep_ = 0;             // workers that nobody has woken
    int wakes_ = 0;              // workers that somebody has, and that have not got the mutex yet
    bool stopping_ = false;
    caller_link* callers_ = nullptr;
    worker_threads threads_;
};

}  // namespace weft
