// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Orders the reads and writes of variables in a plan. A read that is not ordered after a write of
// the same run sees the value from before it: it runs first, or, where that would be a circle (two
// variables that swap their values), it reads a copy that was made before. Two writes without an
// order are refused. It knows no graph but the records of the plan.
#pragma once

#include <weft/runtime/order_error.hpp>
#include <weft/runtime/plan_draft.hpp>

#include <vector>

namespace weft {

namespace detail {

class variable_order {
public:
    explicit variable_order(plan_draft& draft) : draft_(draft), plan_(*draft.made) {}

    // The followers of each step, in an order that exists.
    step_followers settle() {
        find_reads();
        for (;;) {
            const std::size_t before = draft_.edges.size();
            for (const early_read& read : reads_) draft_.edges.add(read.reader, read.writer);
            step_followers next = draft_.edges.followers(plan_.steps.size());
            if (draft_.edges.forward()) return next;
            const step_order order = order_of(next);
            if (order.complete()) return next;
            draft_.edges.shrink(before);
            break_circle(order);
        }
    }

private:
    // A read that sees the value from before a write of this run.
    struct early_read {
        step_id reader;
        step_id writer;
        std::uint32_t variable;
    };

    void find_reads() {
        bool written = false;
        for (const variable_uses& uses : draft_.uses) written = written || !uses.writers.empty();
        if (!written) {
            for (std::uint32_t v = 0; v < draft_.uses.size(); ++v)
                for (const auto& [reader, node] : draft_.uses[v].readers)
                    draft_.need_value(v, *node);
            return;
        }
        const step_followers next = draft_.edges.followers(plan_.steps.size());
        for (std::uint32_t v = 0; v < draft_.uses.size(); ++v) {
            const variable_uses& uses = draft_.uses[v];
            std::vector<std::vector<bool>> reach;
            for (step_id writer : uses.writers) reach.push_back(next.reached_from(writer));
            refuse_unordered_writes(v, reach);
            for (const auto& [reader, node] : uses.readers) place(v, reader, *node, reach);
        }
    }

    void refuse_unordered_writes(std::uint32_t v,
                                 const std::vector<std::vector<bool>>& reach) const {
        const std::vector<step_id>& writers = draft_.uses[v].writers;
        for (std::size_t a = 0; a < writers.size(); ++a)
            for (std::size_t b = a + 1; b < writers.size(); ++b)
                if (!reach[a][writers[b]] && !reach[b][writers[a]])
                    throw_unordered_writes(*plan_.steps[writers[a]].record,
                                           *plan_.steps[writers[b]].record,
                                           *plan_.variables[v].record);
    }

    void place(std::uint32_t v, step_id reader, const node_record& node,
               const std::vector<std::vector<bool>>& reach) {
        bool before_all = true;
        for (std::size_t w = 0; w < reach.size(); ++w) {
            const step_id writer = draft_.uses[v].writers[w];
            if (writer == reader) continue;
            if (reach[w][reader])
                before_all = false;
            else
                reads_.push_back({reader, writer, v});
        }
        if (before_all) draft_.need_value(v, node);
    }

    // Gives one read in a circle a copy of the variable, made where the reader wanted to read it:
    // after the writes that it comes after, before all others.
    void break_circle(const step_order& order) {
        for (const early_read read : reads_) {
            if (!order.stuck[read.reader] || !order.stuck[read.writer]) continue;
            if (plan_.steps[read.reader].kind == step_kind::copy && is_snapshot(read.reader))
                continue;
            const step_id copy = take_snapshot(read.reader, read.variable);
            for (early_read& other : reads_)
                if (other.reader == read.reader && other.variable == read.variable)
                    other.reader = copy;
            return;
        }
        // Not reached: without early reads the edges are those of the graph, which has no cycle,
        // and a copy cannot be in one, since it waits only for writes that its reader waits for.
        throw error(errc::internal, "a plan has a cycle without a write in it");
    }
    bool is_snapshot(step_id id) const {
        for (step_id snapshot : snapshots_)
            if (snapshot == id) return true;
        return false;
    }
    step_id take_snapshot(step_id reader, std::uint32_t variable) {
        const step_followers next = draft_.edges.followers(plan_.steps.size());
        const device_index device = plan_.variables[variable].device;
        value_id from = none;
        for (value_id value : plan_.inputs_of(plan_.steps[reader]))
            if (draft_.is_variable(value) && plan_.values[value].index == variable) from = value;
        const step_id copy = draft_.add_copy(from, device, device);
        snapshots_.push_back(copy);
        const plan_step& step = plan_.steps[reader];
        for (std::uint32_t i = 0; i < step.inputs; ++i)
            if (plan_.inputs[step.first_input + i] == from)
                plan_.inputs[step.first_input + i] = plan_.steps[copy].output;
        draft_.edges.add(copy, reader);
        for (step_id writer : draft_.uses[variable].writers)
            if (writer != reader && next.reached_from(writer)[reader])
                draft_.edges.add(writer, copy);
        return copy;
    }

    plan_draft& draft_;
    plan& plan_;
    std::vector<early_read> reads_;
    std::vector<step_id> snapshots_;
};

}  // namespace detail

// Orders a draft's reads and writes. Throws error invalid_argument for two writes without an
// order.
inline step_followers order_variables(plan_draft& draft) {
    return detail::variable_order(draft).settle();
}

}  // namespace weft
