// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The deque of one worker: the worker pushes and pops at the bottom, others steal at the top. After
// Chase and Lev, "Dynamic circular work-stealing deque" (SPAA 2005), with the orders of Le, Pop,
// Cohen and Zappa Nardelli (PPoPP 2013) made sequentially consistent where they have fences, which
// ThreadSanitizer does not know. Bounded: what does not fit stays with the worker. It never follows
// an item; an owner, an address, travels beside each, so that a thief may ask for one owner's only.
#pragma once

#include <weft/runtime/work_item.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace weft {

class work_deque {
public:
    static constexpr std::size_t capacity = 512;  // a power of two

    work_deque() = default;
    work_deque(const work_deque&) = delete;
    work_deque& operator=(const work_deque&) = delete;

    // Whether there seems to be nothing; any thread.
    bool empty() const noexcept {
        return bottom_.load(std::memory_order_seq_cst) <= top_.load(std::memory_order_seq_cst);
    }

    // Whether a thief that asks for `owner`'s items seems to get one; any thread.
    bool offers(const void* owner) noexcept {
        return !empty() && slot_at(top_.load(std::memory_order_relaxed))
                                   .owner.load(std::memory_order_relaxed) == owner;
    }

    // Of the worker: adds items, first the one to be stolen first; how many there was room for.
    std::size_t push(work_item* const* items, std::size_t n) noexcept {
        const std::int64_t bottom = bottom_.load(std::memory_order_relaxed);
        // Acquire pairs with the thieves' exchange of top_: their reads of a slot come before it is
        // written again.
        const std::int64_t top = top_.load(std::memory_order_acquire);
        const std::size_t room = capacity - static_cast<std::size_t>(bottom - top);
        if (n > room) n = room;
        for (std::size_t i = 0; i < n; ++i) {
            slot& at = slot_at(bottom + static_cast<std::int64_t>(i));
            at.item.store(items[i], std::memory_order_relaxed);
            at.owner.store(items[i]->owner, std::memory_order_relaxed);
        }
        // Releases the items to the thieves' load of bottom_. Sequentially consistent, so that
        // either a thread that goes to sleep sees them or the pusher sees that it sleeps.
        bottom_.store(bottom + static_cast<std::int64_t>(n), std::memory_order_seq_cst);
        return n;
    }

    // Of the worker: the item pushed last, null if there is none.
    work_item* pop() noexcept {
        const std::int64_t bottom = bottom_.load(std::memory_order_relaxed) - 1;
        // Only thieves move top_, and only up: empty now is empty for good.
        if (bottom < top_.load(std::memory_order_relaxed)) return nullptr;
        // The total order of this store and the load of top_, and of the thief's exchange of top_
        // and load of bottom_, is what keeps one item from being taken twice.
        bottom_.store(bottom, std::memory_order_seq_cst);
        std::int64_t top = top_.load(std::memory_order_seq_cst);
        if (top < bottom) return slot_at(bottom).item.load(std::memory_order_relaxed);
        work_item* item = nullptr;
        if (top == bottom) {  // the last one: whoever moves top_ has it
            item = slot_at(bottom).item.load(std::memory_order_relaxed);
            if (!top_.compare_exchange_strong(top, top + 1, std::memory_order_seq_cst,
                                              std::memory_order_relaxed))
                item = nullptr;
        }
        bottom_.store(bottom + 1, std::memory_order_relaxed);
        return item;
    }

    // Of any thread: the item pushed first, if it is of `owner` or that is null; null where there
    // is none, it is of another owner, or another thread was faster.
    work_item* steal(const void* owner = nullptr) noexcept {
        std::int64_t top = top_.load(std::memory_order_seq_cst);
        // Acquires what push() released.
        if (top >= bottom_.load(std::memory_order_seq_cst)) return nullptr;
        const slot& at = slot_at(top);
        work_item* const item = at.item.load(std::memory_order_relaxed);
        if (owner != nullptr && at.owner.load(std::memory_order_relaxed) != owner) return nullptr;
        // What was read belongs together if top_ has not moved: the slot is not written again
        // before it does.
        return top_.compare_exchange_strong(top, top + 1, std::memory_order_seq_cst,
                                            std::memory_order_relaxed)
                   ? item
                   : nullptr;
    }

private:
    struct slot {
        std::atomic<work_item*> item{nullptr};
        std::atomic<const void*> owner{nullptr};
    };
    slot& slot_at(std::int64_t index) noexcept {
        return slots_[static_cast<std::size_t>(index) % capacity];
    }

    // Thieves move one, the worker the other: two pairs of cache lines.
    alignas(128) std::atomic<std::int64_t> top_{0};
    alignas(128) std::atomic<std::int64_t> bottom_{0};
    alignas(128) slot slots_[capacity];
};

}  // namespace weft
