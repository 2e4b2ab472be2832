// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The nodes whose work a GPU has been given and is not known to have done. CUDA says of a kernel
// that fails only that some kernel before has: these are those that may be to blame. Noting one is
// a store; the nodes must live as long as the device. One thread notes, others may look.
#pragma once

#include <weft/graph/record.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

namespace weft::cuda {

class issued_nodes {
public:
    void add(const node_record& node) noexcept {
        const std::uint64_t n = issued_.load(std::memory_order_relaxed);
        last_[n % kept].store(&node, std::memory_order_relaxed);
        // Pairs with count(): who sees the number sees the node.
        issued_.store(n + 1, std::memory_order_release);
    }
    // Their work is in the stream, all of it.
    void enqueued() noexcept {
        enqueued_.store(issued_.load(std::memory_order_relaxed), std::memory_order_release);
    }
    // How many ever are: what is recorded in the stream now comes behind them.
    std::uint64_t count_enqueued() const noexcept {
        return enqueued_.load(std::memory_order_acquire);
    }
    // The first `n` ever have been done.
    void done(std::uint64_t n) noexcept {
        std::uint64_t before = done_.load(std::memory_order_relaxed);
        while (before < n &&
               !done_.compare_exchange_weak(before, n, std::memory_order_relaxed)) {
        }
    }
    bool all_done() const noexcept { return done_.load(std::memory_order_relaxed) >= count(); }

    const node_record* latest() const noexcept { return at(count() - 1); }
    // The only one that is under way; null where there are several, or none.
    const node_record* only() const noexcept {
        const std::uint64_t n = count();
        return n - done_.load(std::memory_order_relaxed) == 1 ? at(n - 1) : nullptr;
    }
    // "'a' (model.cpp:12)", "one of 'b' (model.cpp:13), 'a' (model.cpp:12) and 70 before them", the
    // last one first; empty where there is none.
    std::string text() const {
        const std::uint64_t end = count(), begin = done_.load(std::memory_order_relaxed);
        if (end == begin) return {};
        std::string out = end - begin > 1 ? "one of " : "";
        std::uint64_t n = end;
        for (; n > begin && end - n < shown; --n)
            out += (n == end ? "'" : ", '") + at(n - 1)->name + "' (" +
                   to_string(at(n - 1)->where) + ')';
        if (n > begin) out += " and " + std::to_string(n - begin) + " before them";
        return out;
    }

private:
    std::uint64_t count() const noexcept { return issued_.load(std::memory_order_acquire); }

    static constexpr std::size_t kept = 64;
    static constexpr std::uint64_t shown = 8;

    const node_record* at(std::uint64_t n) const noexcept {
        return last_[n % kept].load(std::memory_order_relaxed);
    }

    std::atomic<const node_record*> last_[kept] = {};
    std::atomic<std::uint64_t> issued_{0};
    std::atomic<std::uint64_t> enqueued_{0};
    std::atomic<std::uint64_t> done_{0};
};

}  // namespace weft::cuda
