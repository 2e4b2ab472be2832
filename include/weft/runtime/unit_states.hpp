// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What each unit of a schedule has while it runs: how many units it still waits for, and the item
// that stands for it in a queue. Two arrays that are kept from run to run and only grow. It knows
// no schedule.
#pragma once

#include <weft/runtime/work_item.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace weft {

class unit_states {
public:
    // Room for so many units, whose items are run by `run` for `owner`. All of it or, where there
    // is no memory, nothing.
    void make_room(std::size_t units, void (*run)(work_item*) noexcept, const void* owner) {
        if (units <= units_) return;
        auto waits = std::make_unique<std::atomic<std::uint32_t>[]>(units);
        auto items = std::make_unique<work_item[]>(units);
        for (std::size_t u = 0; u < units; ++u) {
            items[u].run = run;
            items[u].owner = owner;
        }
        waits_ = std::move(waits);
        items_ = std::move(items);
        units_ = units;
    }

    // Before a run. Relaxed: items reach other threads by a deque's or a mutex's release later.
    void begin(const std::vector<std::uint32_t>& needs) noexcept {
        for (std::size_t u = 0; u < needs.size(); ++u)
            waits_[u].store(needs[u], std::memory_order_relaxed);
    }
    // Counts one of those down that a unit waits for; true for the last. Acquire-release pairs with
    // itself in the other predecessors' threads: whoever comes last sees what all have written.
    bool count_down(std::uint32_t unit) noexcept {
        return waits_[unit].fetch_sub(1, std::memory_order_acq_rel) == 1;
    }

    // Whether the next count_down(unit) seems to be the last.
    bool waits_for_one(std::uint32_t unit) const noexcept {
        return waits_[unit].load(std::memory_order_relaxed) == 1;
    }

    work_item& item(std::uint32_t unit) noexcept { return items_[unit]; }
    std::uint32_t unit_of(const work_item* item) const noexcept {
        return static_cast<std::uint32_t>(item - items_.get());
    }
    // By its address: the item itself is seldom in a cache.
    bool is_own(const work_item* item) const noexcept {
        const auto at = reinterpret_cast<std::uintptr_t>(item);
        return at - reinterpret_cast<std::uintptr_t>(items_.get()) < units_ * sizeof(work_item);
    }

private:
    std::unique_ptr<std::atomic<std::uint32_t>[]> waits_;
    std::unique_ptr<work_item[]> items_;
    std::size_t units_ = 0;
};

}  // namespace weft
