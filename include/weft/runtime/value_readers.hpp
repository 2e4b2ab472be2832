// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The steps that read each value of a plan, in one array: they say when a value's bytes are free
// where steps have no fixed order. Made while memory is laid out and then dropped; it knows nothing
// of sizes.
#pragma once

#include <weft/runtime/plan.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace weft {

class value_readers {
public:
    explicit value_readers(const plan& p) : first_(p.values.size() + 1, 0) {
        for (value_id value : p.inputs) ++first_[value + 1];
        for (std::size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
        steps_.resize(p.inputs.size());
        std::vector<std::uint32_t> next(first_.begin(), first_.end() - 1);
        for (step_id id = 0; id < p.steps.size(); ++id)
            for (value_id value : p.inputs_of(p.steps[id])) steps_[next[value]++] = id;
    }
    std::span<const step_id> operator[](value_id value) const {
        return {steps_.data() + first_[value], steps_.data() + first_[value + 1]};
    }

private:
    std::vector<std::uint32_t> first_;
    std::vector<step_id> steps_;
};

}  // namespace weft
