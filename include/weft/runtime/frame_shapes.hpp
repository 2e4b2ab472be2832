// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The shapes of a run's values, found from those of its feeds and variables before it starts, as
// far as they do not depend on what callables return. What does not fit is refused here. It knows
// nothing of memory.
#pragma once

#include <weft/kernel/context.hpp>
#include <weft/runtime/node_error.hpp>
#include <weft/runtime/variable_store.hpp>

#include <string>
#include <vector>

namespace weft {

class frame_shapes {
public:
    explicit frame_shapes(const plan& p) : plan_(p), known_(p.values.size(), 1) {}

    // Whether a value's shape is known before the run.
    bool known(value_id id) const { return known_[id] != 0; }
    bool is_variable(value_id id, std::uint32_t variable) const {
        return plan_.values[id].home == value_home::variable &&
               plan_.values[id].index == variable;
    }

    // Fills in the shapes of `values`, those of feeds being there. Throws error for what does not
    // fit.
    void find(std::vector<value_ref>& values, const std::vector<variable_value*>& held) {
        of_variables_.clear();
        for (std::size_t i = 0; i < held.size(); ++i)
            of_variables_.push_back(held[i]->initialized ? held[i]->shape
                                                         : plan_.variables[i].record->type.shape);
        for (value_id id = 0; id < values.size(); ++id) {
            const plan_value& value = plan_.values[id];
            if (value.home != value_home::variable) continue;
            values[id].shape = of_variables_[value.index];
            known_[id] = values[id].shape.known();
        }
        for (const plan_step& step : plan_.steps) {
            if (step.output == none) continue;
            known_[step.output] = inputs_known(step);
            if (!known(step.output)) continue;
            dims& shape = values[step.output].shape;
            shape = of_output(step, values);
            known_[step.output] = shape.known();
            if (step.variable != none && known(step.output)) learn_variable(step, shape, values);
        }
    }
    // The shape of a step's output, those of its inputs being there.
    dims of_output(const plan_step& step, const std::vector<value_ref>& values) const {
        const node_record& node = *step.record;
        if (step.kind == step_kind::copy) return values[plan_.inputs[step.first_input]].shape;
        if (node.shape == nullptr) return node.type.shape;
        const dims* shapes[256];
        for (std::uint32_t i = 0; i < step.inputs; ++i)
            shapes[i] = &values[plan_.inputs[step.first_input + i]].shape;
        try {
            return node.shape(node.shape_parameters, shapes);
        } catch (const failure& f) {
            throw detail::node_error(f.code(), f.what(), node, {});
        }
    }

    static void check_feed(const node_record& node, const dims& shape) {
        if (!node.type.is_tensor()) return;
        const std::size_t axis = first_mismatch(shape, node.type.shape);
        if (axis == node.type.shape.rank) return;
        throw error(errc::invalid_argument,
                    "cannot feed a tensor of shape " + std::string(dims_text(shape).chars) +
                        " to '" + node.name + "', which has shape " +
                        dims_text(node.type.shape).chars + mismatch(axis, shape, node.type.shape) +
                        " (made at " + to_string(node.where) + ')',
                    node.name, node.where);
    }
    void check_assignable(const plan_step& step, const dims& shape) const {
        const node_record& variable = *plan_.variables[step.variable].record;
        const dims& wanted = of_variables_[step.variable];
        const std::size_t axis = first_mismatch(shape, wanted);
        if (axis == wanted.rank) return;
        throw detail::node_error(errc::invalid_argument,
                                 ("cannot assign a tensor of shape " +
                                  std::string(dims_text(shape).chars) + " to variable '" +
                                  variable.name + "', which has shape " + dims_text(wanted).chars +
                                  mismatch(axis, shape, wanted))
                                     .c_str(),
                                 *step.record, {});
    }

private:
    static std::string mismatch(std::size_t axis, const dims& shape, const dims& wanted) {
        return ": dimension " + std::to_string(axis) + " is " + std::to_string(shape[axis]) +
               " where " + std::to_string(wanted[axis]) + " is wanted";
    }
    bool inputs_known(const plan_step& step) const {
        for (value_id input : plan_.inputs_of(step))
            if (!known(input)) return false;
        return true;
    }
    // The shape of what is assigned is that of the variable, which takes it if it has none yet.
    void learn_variable(const plan_step& step, const dims& shape, std::vector<value_ref>& values) {
        check_assignable(step, shape);
        of_variables_[step.variable] = shape;
        for (value_id id = 0; id < values.size(); ++id)
            if (is_variable(id, step.variable)) {
                values[id].shape = shape;
                known_[id] = 1;
            }
    }

    const plan& plan_;
    std::vector<unsigned char> known_;
    std::vector<dims> of_variables_;  // theirs, as far as this run knows
};

}  // namespace weft
