// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Who waits for whom among the steps of a plan, while it is made: edges are collected in any order,
// some of them twice, and looked at as the followers of each step, in one array. Steps are numbers
// here; what they do is not known.
#pragma once

#include <weft/runtime/plan.hpp>
#include <weft/runtime/ready_queue.hpp>

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace weft {

// The steps that wait for each step, none twice.
struct step_followers {
    std::vector<std::uint32_t> first;  // of each step, and one behind the last
    std::vector<step_id> steps;

    std::size_t size() const { return first.size() - 1; }
    std::span<const step_id> operator[](step_id id) const {
        return {steps.data() + first[id], steps.data() + first[id + 1]};
    }
    // The steps that come after `start`, itself included, as a flag for each step.
    std::vector<bool> reached_from(step_id start) const {
        std::vector<bool> reached(size(), false);
        std::vector<step_id> stack{start};
        while (!stack.empty()) {
            const step_id id = stack.back();
            stack.pop_back();
            if (reached[id]) continue;
            reached[id] = true;
            for (step_id later : (*this)[id]) stack.push_back(later);
        }
        return reached;
    }
};

class step_edges {
public:
    void reserve(std::size_t n) { edges_.reserve(n); }
    std::size_t size() const { return edges_.size(); }
    // `later` waits for `earlier`, which may be none.
    void add(step_id earlier, step_id later) {
        if (earlier == none || earlier == later) return;
        grouped_ = grouped_ && (edges_.empty() || edges_.back().second <= later);
        edges_.push_back({earlier, later});
        forward_ = forward_ && earlier < later;
    }
    // Takes back what was added after the first `n`.
    void shrink(std::size_t n) { edges_.resize(n); }
    // Whether the order of numbers is an order in which the steps may run.
    bool forward() const { return forward_; }

    // Of `n` steps; linear in steps and edges.
    step_followers followers(std::size_t n) const {
        step_followers out;
        // First where they begin, then where they end, at last where those that stay begin.
        out.first.assign(n + 1, 0);
        for (const auto& [earlier, later] : edges_) ++out.first[earlier + 1];
        for (std::size_t i = 0; i < n; ++i) out.first[i + 1] += out.first[i];
        out.steps.resize(edges_.size());
        for (const auto& [earlier, later] : edges_) out.steps[out.first[earlier]++] = later;
        drop_repeated(out);
        return out;
    }

private:
    // Where each step's edges came together, those that are there twice are neighbours.
    void drop_repeated(step_followers& out) const {
        const std::size_t n = out.size();
        std::vector<step_id> seen_from(grouped_ ? 0 : n, none);
        std::uint32_t begin = 0, kept = 0;
        for (step_id id = 0; id < n; ++id) {
            const std::uint32_t end = std::exchange(out.first[id], kept);
            step_id last = none;
            for (; begin < end; ++begin) {
                const step_id later = out.steps[begin];
                step_id& seen = grouped_ ? last : seen_from[later];
                if (std::exchange(seen, grouped_ ? later : id) == (grouped_ ? later : id)) continue;
                out.steps[kept++] = later;
            }
        }
        out.first[n] = kept;
        out.steps.resize(kept);
    }

    std::vector<std::pair<step_id, step_id>> edges_;
    bool forward_ = true;
    bool grouped_ = true;  // in the order of who waits
};

// An order in which the steps may run, smallest number first; `stuck` are those that wait for each
// other, or for such.
struct step_order {
    std::vector<step_id> order;
    std::vector<bool> stuck;

    bool complete() const { return order.size() == stuck.size(); }
};

inline step_order order_of(const step_followers& next) {
    const std::size_t n = next.size();
    std::vector<std::uint32_t> waits(n, 0);
    for (step_id later : next.steps) ++waits[later];
    ready_queue ready;
    for (step_id id = 0; id < n; ++id)
        if (waits[id] == 0) ready.push(id);
    step_order out;
    out.order.reserve(n);
    out.stuck.assign(n, true);
    while (!ready.empty()) {
        const step_id id = ready.pop();
        out.order.push_back(id);
        out.stuck[id] = false;
        for (step_id later : next[id])
            if (--waits[later] == 0) ready.push(later);
    }
    return out;
}

}  // namespace weft
