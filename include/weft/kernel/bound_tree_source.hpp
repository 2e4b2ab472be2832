// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How a bound tree walks over its operands. Those that are broadcast are staged: written out for a
// block of the output at a time, in a buffer that stays in the first cache, and kept as long as the
// next block would be the same.
#pragma once

#include <weft/kernel/bound_tree.hpp>

namespace weft {

WEFT_SOURCE dims tree_program::shape(const dims* const* of_inputs, const dims* heart) const {
    dims out;
    for (std::size_t k = 0; k < input_count; ++k) {
        const dims& own =
            inputs[k].input == tree_input::heart ? *heart : *of_inputs[inputs[k].input];
        if (k == 0)
            out = own;
        else if (!(own == out))
            out = broadcast(out, own);
    }
    return out;
}

WEFT_SOURCE void bound_tree::bind(const dims& out, const value_ref* const* inputs,
                                  const value_ref* heart) {
    shape_ = out;
    direct_ = true;
    const dims* shapes[most_inputs];
    for (std::size_t k = 0; k < tree_.input_count; ++k) {
        const tree_input& input = tree_.inputs[k];
        const value_ref* from = input.input == tree_input::heart ? heart : inputs[input.input];
        data_[k] = static_cast<const char*>(from->data);
        shapes[k] = &from->shape;
        if (!input.is_number && !(from->shape == out)) direct_ = false;
    }
    if (direct_) return;
    for (std::size_t k = 0; k < tree_.input_count; ++k) {
        operands_[k].data = data_[k];
        operands_[k].element_bytes = tree_.inputs[k].element_bytes;
        operands_[k].is_number = tree_.inputs[k].is_number;
    }
    loop_ = plan_loop(out, operands_, shapes, tree_.input_count);
    direct_ = true;
    for (std::size_t k = 0; k < tree_.input_count; ++k)
        if (!operands_[k].is_number && !operands_[k].contiguous) direct_ = false;
}

WEFT_SOURCE void bound_tree::bind_to_own_shape(const value_ref* const* inputs) {
    const dims* shapes[most_inputs];
    for (std::size_t k = 0; k < tree_.input_count; ++k)
        shapes[tree_.inputs[k].input] = &inputs[tree_.inputs[k].input]->shape;
    bind(tree_.shape(shapes), inputs, nullptr);
}

namespace detail {

// The blocks of a loop: its rows if they are long, else several rows at a time.
class block_walk {
public:
    block_walk(const loop_shape& loop, const loop_operand* operands, std::size_t count,
               std::size_t first)
        : loop_(loop),
          operands_(operands),
          count_(count),
          width_(loop.inner()),
          at_(first),
          row_(first / width_),
          column_(first % width_) {
        std::size_t bytes = 0, room = sizeof buffer_;
        for (std::size_t k = 0; k < count; ++k) {
            if (!is_indirect(k)) continue;
            bytes += operands[k].element_bytes;
            room -= alignment;
        }
        length_ = room / bytes < longest ? room / bytes : longest;
        long_rows_ = width_ >= length_;
        if (!long_rows_) length_ = length_ / width_ * width_;
        std::size_t used = 0;
        for (std::size_t k = 0; k < count; ++k) {
            data[k] = operands[k].data;
            stages_[k] = {buffer_ + used, 0, 0, 0, is_same_in_all_rows(k)};
            if (!is_staged(k)) continue;
            // Elements of all sizes are aligned where the next stage begins.
            used += (operands[k].element_bytes * length_ + alignment - 1) / alignment * alignment;
        }
        cut_rows_ = used > 0;
    }

    // Points `data` at the operands of the next block, before element `last`; gives its length.
    std::size_t next(std::size_t last) {
        std::size_t n = (long_rows_ ? width_ : length_) - column_;
        if (long_rows_ && cut_rows_ && n > length_) n = length_;
        if (n > last - at_) n = last - at_;
        for (std::size_t k = 0; k < count_; ++k) {
            const loop_operand& operand = operands_[k];
            if (operand.is_number) continue;
            if (operand.contiguous)
                data[k] = operand.data + at_ * operand.element_bytes;
            else if (!is_staged(k))
                data[k] = operand.data + (row_offset(k) + column_) * operand.element_bytes;
            else
                stage(k, n);
        }
        at_ += n;
        column_ += n;
        if (column_ >= width_) {
            row_ += long_rows_ ? 1 : column_ / width_;
            column_ = long_rows_ ? 0 : column_ % width_;
        }
        return n;
    }

    const char* data[most_inputs];

private:
    static constexpr std::size_t longest = 512;  // elements: few to write, many for one call
    static constexpr std::size_t alignment = 16;  // that any element type needs

    struct staged {
        char* to;
        std::size_t row, column, n;  // what is there
        bool same_in_all_rows;
    };

    bool is_indirect(std::size_t k) const {
        return !operands_[k].is_number && !operands_[k].contiguous;
    }
    bool is_staged(std::size_t k) const {
        return is_indirect(k) && !(long_rows_ && operands_[k].stride[loop_.rank - 1] == 1);
    }
    bool is_same_in_all_rows(std::size_t k) const {
        for (std::size_t axis = 0; axis + 1 < loop_.rank; ++axis)
            if (operands_[k].stride[axis] != 0) return false;
        return true;
    }
    // Where an operand's row begins, in elements.
    std::size_t row_offset(std::size_t k) const {
        std::size_t rest = row_, offset = 0;
        for (std::size_t axis = loop_.rank - 1; axis-- > 1; rest /= loop_.extent[axis])
            offset += rest % loop_.extent[axis] * operands_[k].stride[axis];
        return loop_.rank == 1 ? 0 : offset + rest * operands_[k].stride[0];
    }
    // In long rows what is staged is one element, repeated.
    void stage(std::size_t k, std::size_t n) {
        staged& have = stages_[k];
        const loop_operand& operand = operands_[k];
        data[k] = have.to;
        const std::size_t column = long_rows_ ? 0 : column_;
        const bool same_row = have.same_in_all_rows || (long_rows_ && have.row == row_);
        if (same_row && have.column == column && have.n >= n) return;
        if (long_rows_)
            repeat_element(operand.data + row_offset(k) * operand.element_bytes,
                           operand.element_bytes, n, have.to);
        else
            gather_elements(operand, loop_, at_, n, have.to);
        have.row = row_;
        have.column = column;
        have.n = n;
    }

    const loop_shape& loop_;
    const loop_operand* operands_;
    std::size_t count_, width_, length_ = 0;
    std::size_t at_, row_, column_;  // of the next block: its first element, and where that is
    bool long_rows_ = false, cut_rows_ = false;
    staged stages_[most_inputs];
    alignas(64) char buffer_[16384];
};

}  // namespace detail

WEFT_SOURCE void bound_tree::evaluate_blocks(std::size_t first, std::size_t last, char* out) const {
    if (first >= last) return;
    detail::block_walk walk(loop_, operands_, tree_.input_count, first);
    while (first < last) {
        const std::size_t n = walk.next(last);
        tree_.span(walk.data, tree_.slots, tree_.numbers, 0, n, out);
        out += n * tree_.result_bytes;
        first += n;
    }
}

WEFT_SOURCE void bound_tree::evaluate_all(context_base& ctx, void* out) const {
    const std::size_t n = shape_.size();
    if (n == 0) return;
    const auto evaluate_range = [&](std::size_t first, std::size_t last) {
        evaluate(first, last, static_cast<char*>(out) + first * tree_.result_bytes);
    };
    ctx.parallel_for(n, static_cast<double>(tree_.cost_ns), evaluate_range);
}

WEFT_SOURCE void evaluate_tree(const tree_program& tree, context_base& ctx,
                               const value_ref* const* inputs, const value_ref& output,
                               const value_ref* heart) {
    if (tree.input_count <= few_inputs)
        bound_tree_of<few_inputs>(tree, output.shape, inputs, heart).evaluate_all(ctx, output.data);
    else
        bound_tree_of<most_inputs>(tree, output.shape, inputs, heart)
            .evaluate_all(ctx, output.data);
}

}  // namespace weft
