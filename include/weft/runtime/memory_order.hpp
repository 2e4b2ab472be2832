// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// An order of a plan's steps that keeps few bytes alive: of the steps that are ready, the one that
// adds least, or frees most, comes next. A greedy choice, not the best order there is (finding that
// is NP-hard: Sethi, "Complete register allocation problems", 1975). It knows sizes, not places.
#pragma once

#include <weft/runtime/value_readers.hpp>

#include <cstdint>
#include <vector>

namespace weft {

// `bytes` of each value, 0 for those that take no memory of the run.
// By how many bytes the values that are held grow when a step runs whose inputs have so many
// readers left: what it makes, less what it is the last to read.
inline std::int64_t memory_growth(const plan& p, const std::vector<std::size_t>& bytes,
                                  const std::vector<std::uint32_t>& readers, step_id id) {
    const plan_step& step = p.steps[id];
    auto sum = step.output == none ? 0 : static_cast<std::int64_t>(bytes[step.output]);
    for (value_id input : p.inputs_of(step))
        if (readers[input] == 1 && p.values[input].last_reader != to_the_end)
            sum -= static_cast<std::int64_t>(bytes[input]);
    return sum;
}
// That of each step in whatever order they run: less only what nobody else reads. For priorities:
// of two steps that are equally urgent, what the one makes that grows more would wait for longer.
inline std::vector<std::int64_t> memory_growth(const plan& p,
                                               const std::vector<std::size_t>& bytes) {
    std::vector<std::uint32_t> readers(p.values.size(), 0);
    for (value_id input : p.inputs) ++readers[input];
    std::vector<std::int64_t> out;
    out.reserve(p.steps.size());
    for (step_id id = 0; id < p.steps.size(); ++id)
        out.push_back(memory_growth(p, bytes, readers, id));
    return out;
}

inline std::vector<step_id> order_for_memory(const plan& p, const std::vector<std::size_t>& bytes) {
    // So many ready steps are looked at; more would make it quadratic.
    constexpr std::size_t most_candidates = 256;
    std::vector<std::uint32_t> waits(p.steps.size(), 0), readers(p.values.size(), 0);
    for (step_id later : p.successors) ++waits[later];
    for (value_id input : p.inputs) ++readers[input];
    const auto growth = [&](step_id id) { return memory_growth(p, bytes, readers, id); };
    std::vector<step_id> ready, order;
    order.reserve(p.steps.size());
    for (step_id id = 0; id < p.steps.size(); ++id)
        if (waits[id] == 0) ready.push_back(id);
    while (!ready.empty()) {
        std::size_t best = 0;
        std::int64_t least = growth(ready[0]);
        for (std::size_t i = 1; i < ready.size() && i < most_candidates; ++i) {
            const std::int64_t grows = growth(ready[i]);
            if (grows < least || (grows == least && ready[i] < ready[best])) {
                best = i;
                least = grows;
            }
        }
        const step_id id = ready[best];
        ready[best] = ready.back();
        ready.pop_back();
        order.push_back(id);
        for (value_id input : p.inputs_of(p.steps[id])) --readers[input];
        for (step_id later : p.after(id))
            if (--waits[later] == 0) ready.push_back(later);
    }
    return order;
}

}  // namespace weft
