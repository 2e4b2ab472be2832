// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The threads that run a device's nodes. Workers run the items of every run; a thread that waits
// for its own run (a caller) runs that run's items meanwhile. What a thread makes ready it keeps,
// and shares only while another one is idle; idle threads steal, spin for some microseconds, then
// sleep. What comes from outside goes through an inbox. Nothing is allocated in the steady state.
#pragma once

#include <weft/config.hpp>
#include <weft/runtime/pool_worker.hpp>
#include <weft/runtime/waiting_caller.hpp>
#include <weft/runtime/worker_threads.hpp>

#include <atomic>
#include <bit>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>

namespace weft {

class inter_op_pool;

// Another pool that a caller looks for items in, see inter_op_pool::help_until().
struct pool_visit {
    inter_op_pool* pool;
    caller_list::link link{nullptr};
};

// A set of worker threads and what they have to do. Members may be called from any thread.
class inter_op_pool {
public:
    // `workers` may be 0: then only callers run items. Fails with resource_exhausted where the
    // system gives no more threads.
    explicit inter_op_pool(int workers, const std::string& name = "weft") {
        try {
            for (int i = 0; i < workers && i < most_victims; ++i) add_victim();
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
        while (work_item* item = take_from_inbox(nullptr)) item->run(item);
    }

    int workers() const noexcept { return threads_.count(); }

    // From any thread: queues one item for whoever is free.
    void submit(work_item& item) noexcept {
        const std::lock_guard lock(mutex_);
        push(item);
    }
    // Queues several, in order.
    void submit(std::span<work_item* const> items) noexcept {
        const std::lock_guard lock(mutex_);
        for (work_item* item : items) push(*item);
    }

    // Of a thread that works for this pool, `self` being its current worker: keeps an item that has
    // become ready, to be run by this thread unless another one is idle.
    void keep(pool_worker& self, work_item& item) noexcept {
        if (!self.keep(item)) submit(item);
    }
    // Of such a thread, before it does something that takes time: lets an idle thread have half of
    // what it keeps of `owner`'s.
    void share(pool_worker& self, const void* owner) noexcept {
        if (!self.has_private() || idle_.load(std::memory_order_relaxed) == 0) return;
        if (!self.deque().empty() || !self.expose()) return;
        // The items were published with a sequentially consistent store: either this load sees who
        // sleeps, or it finds the items before it does.
        if (sleepers_.load(std::memory_order_seq_cst) > 0) wake_for(owner);
    }

    // Runs items of `owner` in the calling thread until finish(owner, done) has been called, or
    // `done` set otherwise by this thread. `begin()` is called first, with the worker current whose
    // items these become. `elsewhere` names the other pools that have items of `owner`: the thread
    // runs these too, since all workers there may wait for something that comes after it.
    template <class Begin>
    void help_until(const void* owner, const std::atomic<bool>& done,
                    std::span<pool_visit> elsewhere, Begin begin) noexcept {
        waiting_caller caller(owner);
        caller_list::link here{&caller};
        pool_worker* const self = attach(here);
        for (pool_visit& other : elsewhere) other.pool->attach_visitor(other.link = {&caller});
        pool_worker* const outer = pool_worker::enter(self);
        begin();
        // Acquire pairs with the release in finish(): the caller sees what the run has written.
        while (!done.load(std::memory_order_acquire)) {
            work_item* item = self == nullptr ? nullptr : self->take();
            if (item == nullptr) item = look_for_work(self, owner, elsewhere, done);
            if (item != nullptr)
                item->run(item);
            else if (!done.load(std::memory_order_acquire))
                sleep(caller, elsewhere, done);
        }
        pool_worker::enter(outer);
        for (pool_visit& other : elsewhere) other.pool->detach(other.link, nullptr);
        detach(here, self);
    }
    void help_until(const void* owner, const std::atomic<bool>& done,
                    std::span<pool_visit> elsewhere = {}) noexcept {
        help_until(owner, done, elsewhere, [] {});
    }

    // Sets `done` and wakes the caller that waits for `owner`. Called once, for the pool whose
    // help_until() the caller is in, when the run's last item ends; afterwards this thread has
    // touched neither `done` nor the pool, so that the caller may destroy both at once.
    void finish(const void* owner, std::atomic<bool>& done) noexcept {
        const std::lock_guard lock(mutex_);
        // Pairs with the acquire in help_until(), which ends only once it has had the mutex.
        done.store(true, std::memory_order_release);
        callers_.signal(owner);
    }

private:
    static constexpr int most_victims = 128;
    static constexpr int spin_rounds = 200;  // about 5 us

    // Owners are spread over lanes, and workers take from the lanes in turn: a run with a thousand
    // ready nodes does not hold up one with two. Owners that share a lane are served in order of
    // arrival.
    static constexpr std::size_t lane_count = 64;
    static std::size_t lane_of(const void* owner) noexcept {
        constexpr std::uint64_t golden = 0x9e3779b97f4a7c15u;
        return static_cast<std::size_t>((reinterpret_cast<std::uintptr_t>(owner) * golden) >> 58);
    }

    // Callers.

    // Gives the caller a worker; null where there are too many callers, or no memory: then its run
    // uses the inbox.
    pool_worker* attach(caller_list::link& link) noexcept {
        const std::lock_guard lock(mutex_);
        callers_.attach(link);
        if (idle_guests_ == 0) {
            try {
                if (victims_.load(std::memory_order_relaxed) == most_victims) return nullptr;
                return &add_victim();
            } catch (...) {
                return nullptr;
            }
        }
        return guests_[--idle_guests_];
    }
    void detach(caller_list::link& link, pool_worker* self) noexcept {
        const std::lock_guard lock(mutex_);
        callers_.detach(link);
        if (self != nullptr) guests_[idle_guests_++] = self;
    }
    void attach_visitor(caller_list::link& link) noexcept {
        const std::lock_guard lock(mutex_);
        callers_.attach(link);
    }

    // Looks for an item of `owner` for some microseconds.
    work_item* look_for_work(pool_worker* self, const void* owner, std::span<pool_visit> elsewhere,
                             const std::atomic<bool>& done) noexcept {
        idle_.fetch_add(1, std::memory_order_relaxed);
        for (const pool_visit& other : elsewhere)
            other.pool->idle_.fetch_add(1, std::memory_order_relaxed);
        work_item* item = nullptr;
        for (int i = 0; i < spin_rounds && item == nullptr; ++i) {
            item = search(self, owner);
            for (const pool_visit& other : elsewhere)
                if (item == nullptr) item = other.pool->search(nullptr, owner);
            if (item != nullptr || done.load(std::memory_order_relaxed)) break;
            relax_core();
        }
        for (const pool_visit& other : elsewhere)
            other.pool->idle_.fetch_sub(1, std::memory_order_relaxed);
        idle_.fetch_sub(1, std::memory_order_relaxed);
        return item;
    }
    void sleep(waiting_caller& caller, std::span<pool_visit> elsewhere,
               const std::atomic<bool>& done) noexcept {
        // Announced before the last look, see share().
        announce_sleeper();
        for (const pool_visit& other : elsewhere) other.pool->announce_sleeper();
        bool nothing = !has_work(caller.owner()) && !done.load(std::memory_order_acquire);
        for (const pool_visit& other : elsewhere)
            nothing = nothing && !other.pool->has_work(caller.owner());
        if (nothing) caller.sleep();
        for (const pool_visit& other : elsewhere) other.pool->forget_sleeper();
        forget_sleeper();
    }
    void announce_sleeper() noexcept {
        idle_.fetch_add(1, std::memory_order_relaxed);
        sleepers_.fetch_add(1, std::memory_order_seq_cst);
    }
    void forget_sleeper() noexcept {
        sleepers_.fetch_sub(1, std::memory_order_relaxed);
        idle_.fetch_sub(1, std::memory_order_relaxed);
    }

    // Work.

    pool_worker& add_victim() {
        const int at = victims_.load(std::memory_order_relaxed);
        workers_[at] = std::make_unique<pool_worker>(*this);
        // Releases the new worker to threads that look for victims.
        victims_.store(at + 1, std::memory_order_release);
        return *workers_[at];
    }

    // From the inbox, or stolen; of `owner` unless that is null.
    work_item* search(pool_worker* self, const void* owner) noexcept {
        if (work_item* item = take_from_inbox(owner)) return item;
        const int n = victims_.load(std::memory_order_acquire);  // pairs with add_victim()
        for (int i = 0; i < n; ++i) {
            work_deque& deque = workers_[i]->deque();
            if (workers_[i].get() == self || deque.empty()) continue;
            work_item* const item = deque.steal(owner);
            if (item == nullptr) continue;
            // Who shares wakes one thread; each that finds more than it takes wakes the next.
            if (!deque.empty() && sleepers_.load(std::memory_order_seq_cst) > 0)
                wake_for(item->owner);
            return item;
        }
        return nullptr;
    }
    bool has_work(const void* owner) noexcept {
        if (has_inbox(owner)) return true;
        const int n = victims_.load(std::memory_order_acquire);  // pairs with add_victim()
        for (int i = 0; i < n; ++i)
            if (workers_[i]->deque().offers(owner)) return true;
        return false;
    }

    void push(work_item& item) noexcept {
        const std::size_t lane = lane_of(item.owner);
        lanes_[lane].push(item);
        const std::uint64_t bit = std::uint64_t{1} << lane;
        // Relaxed: a hint; whoever goes to sleep looks again under the mutex.
        filled_.store(filled_.load(std::memory_order_relaxed) | bit, std::memory_order_relaxed);
        wake(item.owner);
    }
    // Under the mutex. A worker counts as awake from now on, so that the next item wakes another.
    void wake(const void* owner) noexcept {
        if (asleep_ > 0) {
            --asleep_;
            ++wakes_;
            sleepers_.fetch_sub(1, std::memory_order_relaxed);
            work_.notify_one();
        } else {
            callers_.signal(owner);
        }
    }
    void wake_for(const void* owner) noexcept {
        const std::lock_guard lock(mutex_);
        wake(owner);
    }

    // The oldest item of `owner`; with null that of the next lane.
    work_item* take_from_inbox(const void* owner) noexcept {
        if (filled_.load(std::memory_order_relaxed) == 0) return nullptr;
        const std::lock_guard lock(mutex_);
        return pop(owner);
    }
    bool has_inbox(const void* owner) noexcept {
        const std::lock_guard lock(mutex_);
        return lanes_[lane_of(owner)].has(owner);
    }
    work_item* pop(const void* owner) noexcept {
        const std::uint64_t filled = filled_.load(std::memory_order_relaxed);
        if (filled == 0) return nullptr;
        std::size_t lane = 0;
        if (owner != nullptr) {
            lane = lane_of(owner);
        } else {
            const int ahead = std::countr_zero(std::rotr(filled, turn_));
            lane = static_cast<std::size_t>(turn_ + ahead) % lane_count;
            turn_ = static_cast<int>((lane + 1) % lane_count);
        }
        work_item* const item = owner != nullptr ? lanes_[lane].pop(owner) : lanes_[lane].pop();
        if (lanes_[lane].empty())
            filled_.store(filled & ~(std::uint64_t{1} << lane), std::memory_order_relaxed);
        if (owner == nullptr) call_others();
        return item;
    }
    // Of a worker that has taken something: it may have been woken for another item, whose caller
    // sleeps because of that.
    void call_others() noexcept {
        if (filled_.load(std::memory_order_relaxed) == 0 ||
            sleepers_.load(std::memory_order_relaxed) <= asleep_)
            return;
        callers_.signal_if([this](const void* owner) { return lanes_[lane_of(owner)].has(owner); });
    }

    // Worker threads.

    void work() noexcept {
        const int number = next_worker_.fetch_add(1, std::memory_order_relaxed);
        pool_worker* const self = number < most_victims ? workers_[number].get() : nullptr;
        pool_worker::enter(self);
        idle_.fetch_add(1, std::memory_order_relaxed);
        for (;;) {
            work_item* item = nullptr;
            for (int i = 0; i < spin_rounds && item == nullptr; ++i) {
                item = search(self, nullptr);
                if (item == nullptr) relax_core();
            }
            if (item == nullptr && !wait_for_work(item)) return;
            idle_.fetch_sub(1, std::memory_order_relaxed);
            for (; item != nullptr; item = self == nullptr ? nullptr : self->take())
                item->run(item);
            idle_.fetch_add(1, std::memory_order_relaxed);
        }
    }
    // Sleeps until there is something; false at the end. `item` may be what was found instead.
    bool wait_for_work(work_item*& item) noexcept {
        std::unique_lock lock(mutex_);
        ++asleep_;
        sleepers_.fetch_add(1, std::memory_order_seq_cst);  // announced before the last look
        item = pop(nullptr);
        const int n = victims_.load(std::memory_order_acquire);  // pairs with add_victim()
        bool work = item != nullptr;
        for (int i = 0; i < n && !work; ++i) work = !workers_[i]->deque().empty();
        if (!work && !stopping_)
            work_.wait(lock, [this] { return wakes_ > 0 || stopping_; });
        if (wakes_ > 0) {
            --wakes_;
        } else {
            --asleep_;
            sleepers_.fetch_sub(1, std::memory_order_relaxed);
        }
        return !stopping_ || work;
    }

    void stop() noexcept {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
            work_.notify_all();
        }
        threads_.join();
    }

    // Threads that look for work or sleep, a hint for share(); and those of them that sleep.
    alignas(64) std::atomic<int> idle_{0};
    std::atomic<int> sleepers_{0};
    std::atomic<int> victims_{0};  // of workers_
    std::atomic<int> next_worker_{0};
    std::unique_ptr<pool_worker> workers_[most_victims];  // of the threads, then of callers

    alignas(64) std::mutex mutex_;  // notifies under it, so that who gets it last may destroy this
    std::condition_variable work_;
    work_list lanes_[lane_count];
    std::atomic<std::uint64_t> filled_{0};  // a bit for each lane that holds items
    int turn_ = 0;                          // the lane to look at first
    int asleep_ = 0;                        // workers that nobody has woken
    int wakes_ = 0;  // workers that somebody has, and that have not got the mutex yet
    bool stopping_ = false;
    caller_list callers_;
    pool_worker* guests_[most_victims];  // workers of callers that nobody uses
    int idle_guests_ = 0;
    worker_threads threads_;
};

}  // namespace weft
