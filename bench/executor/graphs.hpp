// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What every executor of this folder is given: directed acyclic graphs of numbered nodes, and what
// a node does: nothing, a microsecond of arithmetic, or a check that it runs in its turn. A node's
// predecessors have smaller numbers. Knows no executor.
#pragma once

#include "busy_body.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace bench {

using dag_node = std::uint32_t;

// Who waits for whom, in one array. Nodes are added in order and not changed.
class dag {
public:
    std::size_t size() const { return ends_.size(); }
    std::size_t edges() const { return before_.size(); }
    // The nodes that `id` waits for; distinct.
    std::span<const dag_node> before(dag_node id) const {
        const std::size_t first = id == 0 ? 0 : ends_[id - 1];
        return std::span(before_).subspan(first, ends_[id] - first);
    }
    // The nodes that no other one waits for.
    std::vector<dag_node> sinks() const {
        std::vector<bool> waited_for(size());
        for (dag_node id : before_) waited_for[id] = true;
        std::vector<dag_node> out;
        for (dag_node id = 0; id < size(); ++id)
            if (!waited_for[id]) out.push_back(id);
        return out;
    }

    // The next node waits for `id` too.
    void wait_for(dag_node id) {
        const std::size_t first = ends_.empty() ? 0 : ends_.back();
        const auto own = before_.begin() + static_cast<std::ptrdiff_t>(first);
        if (std::find(own, before_.end(), id) == before_.end()) before_.push_back(id);
    }
    dag_node add() {
        ends_.push_back(before_.size());
        return static_cast<dag_node>(ends_.size() - 1);
    }

private:
    std::vector<std::size_t> ends_;
    std::vector<dag_node> before_;
};

// The same numbers in every run (splitmix64).
class numbers {
public:
    dag_node below(std::size_t n) {
        std::uint64_t x = state_ += 0x9e3779b97f4a7c15u;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
        x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
        return static_cast<dag_node>((x ^ (x >> 31)) % n);
    }

private:
    std::uint64_t state_ = 1;
};

// n nodes in a row; n = 1 is a single node.
inline dag chain_of(std::size_t n) {
    dag made;
    made.add();
    while (made.size() < n) {
        made.wait_for(static_cast<dag_node>(made.size() - 1));
        made.add();
    }
    return made;
}
// A source, n nodes that wait for it, and a sink that waits for them.
inline dag fan_of(std::size_t n) {
    dag made;
    made.add();
    for (std::size_t i = 0; i < n; ++i) {
        made.wait_for(0);
        made.add();
    }
    for (std::size_t i = 1; i <= n; ++i) made.wait_for(static_cast<dag_node>(i));
    made.add();
    return made;
}
// Layers whose nodes wait for up to three of the layer before.
inline dag layers_of(std::size_t layers, std::size_t width) {
    dag made;
    numbers random;
    for (std::size_t layer = 0; layer < layers; ++layer)
        for (std::size_t i = 0; i < width; ++i) {
            for (int edge = 0; layer > 0 && edge < 3; ++edge)
                made.wait_for(static_cast<dag_node>((layer - 1) * width) + random.below(width));
            made.add();
        }
    return made;
}
// A square grid whose nodes wait for the ones above and to the left.
inline dag wavefront_of(std::size_t side) {
    dag made;
    for (std::size_t row = 0; row < side; ++row)
        for (std::size_t column = 0; column < side; ++column) {
            const auto here = static_cast<dag_node>(made.size());
            if (row > 0) made.wait_for(here - static_cast<dag_node>(side));
            if (column > 0) made.wait_for(here - 1);
            made.add();
        }
    return made;
}
// Nodes that wait for two or three, anywhere before them.
inline dag random_of(std::size_t n) {
    dag made;
    numbers random;
    made.add();
    while (made.size() < n) {
        const dag_node edges = 2 + random.below(2);
        for (dag_node edge = 0; edge < edges; ++edge) made.wait_for(random.below(made.size()));
        made.add();
    }
    return made;
}

// What a node can do.
enum class work { nothing, microsecond, check };

struct empty_body {
    void operator()(dag_node) const noexcept {}
};

// Whether each run does every node once, behind those it waits for.
class order_check {
public:
    explicit order_check(const dag& of)
        : dag_(&of), done_in_(std::make_unique<std::atomic<std::uint32_t>[]>(of.size())) {}

    void begin() {
        ++run_;
        count_ = 0;
    }
    // Relaxed throughout: it is the executor that has to order them.
    void visit(dag_node id) noexcept {
        bool wrong = done_in_[id].exchange(run_, std::memory_order_relaxed) == run_;
        for (dag_node before : dag_->before(id))
            wrong = wrong || done_in_[before].load(std::memory_order_relaxed) != run_;
        if (wrong) wrong_.fetch_add(1, std::memory_order_relaxed);
        count_.fetch_add(1, std::memory_order_relaxed);
    }
    bool passed() const { return wrong_ == 0 && count_ == dag_->size(); }

private:
    const dag* dag_;
    std::unique_ptr<std::atomic<std::uint32_t>[]> done_in_;  // the last run that did the node
    std::uint32_t run_ = 0;
    std::atomic<std::size_t> count_{0}, wrong_{0};
};

struct checking_body {
    order_check* check;
    void operator()(dag_node id) const noexcept { check->visit(id); }
};

}  // namespace bench
