// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A thread that waits in a pool for its own run, and the list of those that do. It sleeps until
// somebody has work of its run for it, or has finished the run. The list belongs to a pool and is
// guarded by its mutex; it knows nothing of items.
#pragma once

#include <condition_variable>
#include <mutex>

namespace weft {

// On the stack of its thread; in the list of one or two pools.
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
    std::mutex mutex_;  // taken while holding a pool's, never the other way round
    std::condition_variable woken_;
    bool signalled_ = false;
};

// Callers in the order of arrival, the last one first.
class caller_list {
public:
    struct link {
        waiting_caller* caller;
        link* next = nullptr;
    };

    bool empty() const noexcept { return first_ == nullptr; }
    void attach(link& one) noexcept {
        one.next = first_;
        first_ = &one;
    }
    void detach(link& one) noexcept {
        link** at = &first_;
        while (*at != &one) at = &(*at)->next;
        *at = one.next;
    }
    void signal(const void* owner) const noexcept {
        for (link* one = first_; one != nullptr; one = one->next)
            if (one->caller->owner() == owner) one->caller->signal();
    }
    // Those whose owner `wanted(owner)` is true for.
    template <class Wanted>
    void signal_if(Wanted wanted) const noexcept {
        for (link* one = first_; one != nullptr; one = one->next)
            if (wanted(one->caller->owner())) one->caller->signal();
    }

private:
    link* first_ = nullptr;
};

}  // namespace weft
