// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A compiled tree with the tensors of one run: plans the loop and cuts it into spans, in which each
// operand either has consecutive elements or repeats one. It evaluates the rest of a row that is no
// whole step, and writes around the caches what they would not hold. No types: this is compiled
// once, whatever the expressions.
#pragma once

#include <weft/kernel/context.hpp>
#include <weft/kernel/evaluate.hpp>

namespace weft {

// A tensor that a tree reads: the number of an input, or the heart; read once, however many slots
// want it.
struct tree_input {
    static constexpr unsigned char heart = 255;
    unsigned char input;
    unsigned char element_bytes;
    bool is_number;  // its type has rank 0
};

// A tree, where it is read from, and its numbers; the arrays are the owner's.
struct tree_program {
    span_code span{};
    const tree_input* inputs = nullptr;
    const unsigned char* slots = nullptr;  // of each slot the number of its tree_input
    const stored_number* numbers = nullptr;
    std::uint16_t input_count = 0;
    std::uint16_t result_bytes = 0;  // of an element
    float cost_ns = 1;               // of an element

    void evaluate(const span_range& range, void* out) const {
        span.run(range, slots, numbers, out);
    }
    // The broadcast of the shapes of its tensors; `heart` is that of the heart, if there is one.
    dims shape(const dims* const* inputs, const dims* heart = nullptr) const;
};

// A tree bound to operands; the arrays behind it are those of a bound_tree_of. Threads may share
// it.
class bound_tree {
public:
    bound_tree(const bound_tree&) = delete;
    bound_tree& operator=(const bound_tree&) = delete;

    // The shape of what it evaluates.
    const dims& shape() const { return shape_; }
    // Evaluates elements [first, last), counted in row-major order, to `out`. That may be memory of
    // an operand only where each element is one that its own result needs.
    void evaluate(std::size_t first, std::size_t last, void* out) const;
    // Evaluates all elements on the context's threads.
    void evaluate_all(context_base& ctx, void* out) const;

protected:
    bound_tree(const tree_program& tree, loop_operand* operands, const char** data,
               std::size_t* steps)
        : tree_(tree), operands_(operands), data_(data), steps_(steps) {}
    ~bound_tree() = default;

    // Binds it to the tensors of a run, to evaluate elements of a tensor of shape `out`.
    void bind(const dims& out, const value_ref* const* inputs, const value_ref* heart);
    // The same for the shape that its tensors broadcast to.
    void bind_to_own_shape(const value_ref* const* inputs);

private:
    enum class walk { dense, rows, blocks };
    // Rows of n elements: where the tensors' are, and how many bytes apart from row to row (not
    // looked at for a single one).
    struct row_group {
        const char* const* data;
        const std::size_t* strides;
        std::size_t n, rows;
    };

    void plan(const dims& out, const dims* const* shapes);
    void evaluate_rows(std::size_t first, std::size_t last, char* out) const;
    void evaluate_blocks(std::size_t first, std::size_t last, char* out) const;
    void evaluate_past_caches(std::size_t first, std::size_t last, char* out) const;
    void evaluate_group(const row_group& group, char* out) const;
    void evaluate_steps(const row_group& group, std::size_t n, char* out) const;
    void evaluate_rest(const row_group& group, char* out) const;
    void evaluate_padded(const char* const* data, std::size_t n, char* out) const;
    bool may_evaluate_again(const row_group& group, const char* out) const;
    bool exceeds_caches() const;

    const tree_program& tree_;
    loop_operand* operands_;
    const char** data_;
    std::size_t* steps_;
    dims shape_;
    loop_shape loop_;
    walk walk_ = walk::dense;
};

// A bound tree of up to Capacity tensors. Two capacities are enough for all: few_inputs and
// most_inputs.
template <std::size_t Capacity>
class bound_tree_of : public bound_tree {
public:
    bound_tree_of(const tree_program& tree, const dims& out, const value_ref* const* from,
                  const value_ref* heart = nullptr)
        : bound_tree(tree, operands_, data_, steps_) {
        bind(out, from, heart);
    }
    bound_tree_of(const tree_program& tree, const value_ref* const* inputs)
        : bound_tree(tree, operands_, data_, steps_) {
        bind_to_own_shape(inputs);
    }

private:
    loop_operand operands_[Capacity];
    const char* data_[Capacity];
    std::size_t steps_[Capacity];
};
inline constexpr std::size_t few_inputs = 8;

// Evaluates a tree to all of `output`.
void evaluate_tree(const tree_program& tree, context_base& ctx, const value_ref* const* inputs,
                   const value_ref& output, const value_ref* heart = nullptr);

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/kernel/bound_tree_source.hpp>
#endif
