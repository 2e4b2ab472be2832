// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The last step that reads each value of a plan, in the plan's final order: from then on the memory
// plan may give its bytes to another value. Values that are fetched live to the end; the order must
// not change afterwards.
#pragma once

#include <weft/runtime/plan.hpp>

namespace weft {

// Fills in plan_value::last_reader of every value that is not fetched.
inline void find_last_readers(plan& p) {
    for (step_id id = 0; id < p.steps.size(); ++id) {
        const plan_step& step = p.steps[id];
        for (std::uint32_t i = 0; i < step.inputs; ++i) {
            step_id& last = p.values[p.inputs[step.first_input + i]].last_reader;
            if (last != to_the_end) last = id;
        }
    }
    for (plan_value& value : p.values)
        if (value.last_reader == none) value.last_reader = value.producer;
}

}  // namespace weft
