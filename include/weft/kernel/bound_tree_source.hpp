// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How a bound tree is evaluated: which way it walks over its operands, how a span that is no whole
// number of steps ends, and when results are written around the caches. A tree's loop only does
// whole steps: everything else is here, once for all trees.
#pragma once

#include <weft/kernel/bound_tree.hpp>
#include <weft/kernel/loop_walk.hpp>
#include <weft/kernel/streaming.hpp>

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
    bool dense = true;
    const dims* shapes[most_inputs];
    for (std::size_t k = 0; k < tree_.input_count; ++k) {
        const tree_input& input = tree_.inputs[k];
        const value_ref* from = input.input == tree_input::heart ? heart : inputs[input.input];
        data_[k] = static_cast<const char*>(from->data);
        steps_[k] = input.is_number ? 0 : std::size_t{input.element_bytes} * tree_.span.lanes;
        shapes[k] = &from->shape;
        if (!input.is_number && !(from->shape == out)) dense = false;
    }
    if (!dense) plan(out, shapes);
}

WEFT_SOURCE void bound_tree::plan(const dims& out, const dims* const* shapes) {
    for (std::size_t k = 0; k < tree_.input_count; ++k) {
        operands_[k].data = data_[k];
        operands_[k].element_bytes = tree_.inputs[k].element_bytes;
        operands_[k].is_number = tree_.inputs[k].is_number;
    }
    loop_ = plan_loop(out, operands_, shapes, tree_.input_count);
    bool dense = true;
    for (std::size_t k = 0; k < tree_.input_count; ++k)
        if (!operands_[k].is_number && !operands_[k].contiguous) dense = false;
    if (dense) return;
    // Shorter rows would be no more than the rest of a step.
    walk_ = tree_.span.lanes > 1 && loop_.inner() >= tree_.span.lanes ? walk::rows : walk::blocks;
    if (walk_ == walk::blocks) return;
    for (std::size_t k = 0; k < tree_.input_count; ++k)
        if (operands_[k].stride[loop_.rank - 1] == 0) steps_[k] = 0;
}

WEFT_SOURCE void bound_tree::bind_to_own_shape(const value_ref* const* inputs) {
    const dims* shapes[most_inputs];
    for (std::size_t k = 0; k < tree_.input_count; ++k)
        shapes[tree_.inputs[k].input] = &inputs[tree_.inputs[k].input]->shape;
    bind(tree_.shape(shapes), inputs, nullptr);
}

WEFT_SOURCE void bound_tree::evaluate(std::size_t first, std::size_t last, void* out) const {
    if (first >= last) return;
    char* const to = static_cast<char*>(out);
    if (walk_ == walk::rows) return evaluate_rows(first, last, to);
    if (walk_ == walk::blocks) return evaluate_blocks(first, last, to);
    if (first == 0) return evaluate_group({data_, nullptr, last, 1}, to);
    const char* data[most_inputs];
    for (std::size_t k = 0; k < tree_.input_count; ++k) {
        const tree_input& input = tree_.inputs[k];
        data[k] = data_[k] + (input.is_number ? 0 : first * input.element_bytes);
    }
    evaluate_group({data, nullptr, last - first, 1}, to);
}

WEFT_SOURCE void bound_tree::evaluate_rows(std::size_t first, std::size_t last, char* out) const {
    detail::row_walk walk_rows(loop_, operands_, tree_.input_count);
    const std::size_t width = loop_.inner();
    while (first < last) {
        const std::size_t left = last - first, column = first % width;
        std::size_t n = width - column, rows = 1;
        if (n > left) n = left;
        if (n == width) rows = left / width;
        rows = walk_rows.next(first, rows);
        evaluate_group({walk_rows.data, walk_rows.strides, n, rows}, out);
        out += n * rows * tree_.result_bytes;
        first += n * rows;
    }
}

WEFT_SOURCE void bound_tree::evaluate_blocks(std::size_t first, std::size_t last, char* out) const {
    detail::block_walk blocks(loop_, operands_, tree_.input_count, first);
    while (first < last) {
        const std::size_t n = blocks.next(last);
        evaluate_group({blocks.data, nullptr, n, 1}, out);
        out += n * tree_.result_bytes;
        first += n;
    }
}

// Any number of elements in a row.
WEFT_SOURCE void bound_tree::evaluate_group(const row_group& group, char* out) const {
    const std::size_t rest = group.n & (tree_.span.lanes - 1u);  // lanes: a power of two
    const std::size_t whole = group.n - rest;
    if (whole > 0) evaluate_steps(group, whole, out);
    if (rest > 0) evaluate_rest(group, out);
}

// The first n elements of each row, whole steps.
WEFT_SOURCE void bound_tree::evaluate_steps(const row_group& group, std::size_t n,
                                            char* out) const {
    std::size_t row_steps[most_inputs];
    if (group.rows > 1)
        for (std::size_t k = 0; k < tree_.input_count; ++k)
            row_steps[k] =
                group.strides[k] - (steps_[k] == 0 ? 0 : n * tree_.inputs[k].element_bytes);
    tree_.evaluate({group.data, steps_, row_steps, n, group.rows, group.n - n}, out);
}

// The elements after a row's last whole step: the step that ends with them, some of it for the
// second time, or a step of their own, with copies of them and of the last one.
WEFT_SOURCE void bound_tree::evaluate_rest(const row_group& group, char* out) const {
    const std::size_t lanes = tree_.span.lanes, rest = group.n & (lanes - 1);
    const char* at[most_inputs];
    const auto skip = [&](std::size_t n) {
        for (std::size_t k = 0; k < tree_.input_count; ++k)
            at[k] = group.data[k] + (steps_[k] == 0 ? 0 : n * tree_.inputs[k].element_bytes);
        return out + n * tree_.result_bytes;
    };
    if (group.n >= lanes) {
        char* const to = skip(group.n - lanes);
        if (may_evaluate_again(group, out))
            return evaluate_steps({at, group.strides, group.n, group.rows}, lanes, to);
    }
    char* to = skip(group.n - rest);
    for (std::size_t row = 0; row < group.rows; ++row) {
        evaluate_padded(at, rest, to);
        to += group.n * tree_.result_bytes;
        if (group.rows > 1)
            for (std::size_t k = 0; k < tree_.input_count; ++k) at[k] += group.strides[k];
    }
}

// Whether no operand is where the results of the group are.
WEFT_SOURCE bool bound_tree::may_evaluate_again(const row_group& group, const char* out) const {
    const auto to = reinterpret_cast<std::uintptr_t>(out);
    const std::size_t written = group.n * group.rows * tree_.result_bytes;
    for (std::size_t k = 0; k < tree_.input_count; ++k) {
        const auto from = reinterpret_cast<std::uintptr_t>(group.data[k]);
        std::size_t read = steps_[k] == 0 ? step_bytes : group.n * tree_.inputs[k].element_bytes;
        if (group.rows > 1) read += (group.rows - 1) * group.strides[k];
        if (from < to + written && to < from + read) return false;
    }
    return true;
}

// Fewer elements than a step.
WEFT_SOURCE void bound_tree::evaluate_padded(const char* const* data, std::size_t n,
                                             char* out) const {
    alignas(step_bytes) char copies[most_inputs][step_bytes];
    alignas(step_bytes) char results[step_bytes];
    const char* from[most_inputs];
    for (std::size_t k = 0; k < tree_.input_count; ++k) {
        from[k] = data[k];
        if (steps_[k] == 0) continue;
        const std::size_t bytes = tree_.inputs[k].element_bytes;
        std::memcpy(copies[k], data[k], n * bytes);
        repeat_element(data[k] + (n - 1) * bytes, bytes, tree_.span.lanes - n,
                       copies[k] + n * bytes);
        from[k] = copies[k];
    }
    tree_.evaluate({from, steps_, nullptr, tree_.span.lanes, 1, 0}, results);
    std::memcpy(out, results, n * tree_.result_bytes);
}

// Whether results and operands together are more than the last cache holds.
WEFT_SOURCE bool bound_tree::exceeds_caches() const {
    const std::size_t n = shape_.size(), cache = last_cache_bytes();
    if (n * tree_.result_bytes < cache / 4) return false;
    std::size_t bytes = n * tree_.result_bytes;
    for (std::size_t k = 0; k < tree_.input_count; ++k)
        if (walk_ == walk::dense ? !tree_.inputs[k].is_number : operands_[k].contiguous)
            bytes += n * tree_.inputs[k].element_bytes;
    return bytes > cache;
}

// By way of a buffer that stays in the first cache.
WEFT_SOURCE void bound_tree::evaluate_past_caches(std::size_t first, std::size_t last,
                                                  char* out) const {
    alignas(step_bytes) char buffer[8192];
    const std::size_t most = sizeof buffer / tree_.result_bytes;
    while (first < last) {
        const std::size_t n = last - first < most ? last - first : most;
        evaluate(first, first + n, buffer);
        store_past_caches(out, buffer, n * tree_.result_bytes);
        out += n * tree_.result_bytes;
        first += n;
    }
    finish_stores_past_caches();
}

WEFT_SOURCE void bound_tree::evaluate_all(context_base& ctx, void* out) const {
    const std::size_t n = shape_.size();
    if (n == 0) return;
    const bool past_caches = exceeds_caches();
    const auto evaluate_range = [&](std::size_t first, std::size_t last) {
        char* const to = static_cast<char*>(out) + first * tree_.result_bytes;
        if (past_caches)
            evaluate_past_caches(first, last, to);
        else
            evaluate(first, last, to);
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
