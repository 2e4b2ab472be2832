// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A piece of work that waits in a queue. It is part of what it works on (a node's slot in a run),
// so that queueing allocates nothing; whoever submits it keeps it alive and at its place until
// run() is called, and a queue does not touch it afterwards.
#pragma once

namespace weft {

struct work_item {
    work_item* next = nullptr;                  // the queue's, while the item is in it
    void (*run)(work_item*) noexcept = nullptr;
    const void* owner = nullptr;                // the run it belongs to: an address, never followed
};

// A chain of items, first in first out. Not thread-safe.
class work_list {
public:
    bool empty() const noexcept { return first_ == nullptr; }

    void push(work_item& item) noexcept {
        item.next = nullptr;
        (first_ == nullptr ? first_ : last_->next) = &item;
        last_ = &item;
    }

    // The oldest item, null if there is none.
    work_item* pop() noexcept {
        work_item* const item = first_;
        if (item != nullptr) first_ = item->next;
        return item;
    }

    bool has(const void* owner) const noexcept {
        for (const work_item* item = first_; item != nullptr; item = item->next)
            if (item->owner == owner) return true;
        return false;
    }
    // The oldest item of `owner`, null if there is none.
    work_item* pop(const void* owner) noexcept {
        work_item* before = nullptr;
        for (work_item* item = first_; item != nullptr; before = item, item = item->next) {
            if (item->owner != owner) continue;
            (before == nullptr ? first_ : before->next) = item->next;
            if (item == last_) last_ = before;
            return item;
        }
        return nullptr;
    }

private:
    work_item* first_ = nullptr;
    work_item* last_ = nullptr;
};

}  // namespace weft
