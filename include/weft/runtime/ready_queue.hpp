// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Numbers that come out smallest first: what is ready while something is brought into an order. A
// binary heap; a number may be in it twice. It knows nothing of nodes or steps. <queue> would be
// 3,000 lines more for every program to compile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace weft {

class ready_queue {
public:
    bool empty() const { return heap_.empty(); }

    void push(std::uint32_t number) {
        std::size_t at = heap_.size();
        heap_.push_back(number);
        while (at > 0 && heap_[(at - 1) / 2] > heap_[at]) {
            std::swap(heap_[(at - 1) / 2], heap_[at]);
            at = (at - 1) / 2;
        }
    }
    // Takes out the smallest number; there must be one.
    std::uint32_t pop() {
        const std::uint32_t smallest = heap_.front();
        heap_.front() = heap_.back();
        heap_.pop_back();
        std::size_t at = 0;
        for (;;) {
            std::size_t child = 2 * at + 1;
            if (child >= heap_.size()) return smallest;
            if (child + 1 < heap_.size() && heap_[child + 1] < heap_[child]) ++child;
            if (heap_[at] <= heap_[child]) return smallest;
            std::swap(heap_[at], heap_[child]);
            at = child;
        }
    }

private:
    std::vector<std::uint32_t> heap_;
};

}  // namespace weft
