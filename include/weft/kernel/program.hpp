// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Programs: what an expression becomes once it is a node. A program holds numbers, parameters and
// the positions of its inputs, is trivially copyable, and has the two functions that a record
// stores: `run` and `shape`. There are three: an element-wise tree, a call of an op's kernel, and a
// tree that reads the result of such a call (its heart).
#pragma once

#include <weft/kernel/context.hpp>
#include <weft/kernel/evaluate.hpp>
#include <weft/kernel/source.hpp>

namespace weft {

// Where a slot of a tree gets its tensor: the number of an input, or the heart.
struct slot_source {
    static constexpr unsigned char heart = 255;
    unsigned char input = 0;
    unsigned char element_bytes = 0;
    bool is_number = false;
};

// A lowered tree of K slots and where they are read from.
template <class Tree, std::size_t K>
struct tree_part {
    Tree tree;
    slot_source slots[K == 0 ? 1 : K];

    // The broadcast of the shapes of its tensors; `heart` is that of the heart, if there is one.
    dims shape(const dims* const* inputs, const dims* heart = nullptr) const {
        dims out;
        for (std::size_t k = 0; k < K; ++k)
            out = broadcast(
                out, slots[k].input == slot_source::heart ? *heart : *inputs[slots[k].input]);
        return out;
    }

    // Binds it to the tensors of a run, to evaluate elements of a tensor of shape `out`.
    bound_expression<Tree, K> bind(const dims& out, const value_ref* const* inputs,
                                   const value_ref* heart = nullptr) const {
        bound_expression<Tree, K> bound;
        const dims* shapes[K == 0 ? 1 : K];
        for (std::size_t k = 0; k < K; ++k) {
            const value_ref* from =
                slots[k].input == slot_source::heart ? heart : inputs[slots[k].input];
            bound.operands[k].data = static_cast<const char*>(from->data);
            bound.operands[k].element_bytes = slots[k].element_bytes;
            bound.operands[k].is_number = slots[k].is_number;
            shapes[k] = &from->shape;
        }
        bound.tree = &tree;
        bound.loop = plan_loop(out, bound.operands, shapes, K);
        return bound;
    }
};

namespace detail {

// Evaluates a bound expression to `out` on the context's threads.
template <class T, class Tree, std::size_t K>
void evaluate_parallel(context_base& ctx, const bound_expression<Tree, K>& bound, T* out,
                       std::size_t n, double cost_ns) {
    if (n == 0) return;
    ctx.parallel_for(n, cost_ns, [&](std::size_t first, std::size_t last) {
        bound.evaluate(first, last, out + first);
    });
}

// Fails unless a shape rule's answer agrees with the static dimensions of the result's type.
inline dims agreeing(const dims& shape, const dims& type) {
    if (shape.rank != type.rank || first_mismatch(shape, type) != type.rank)
        fail(errc::invalid_argument, "the result has shape %s where its type says %s",
             dims_text(shape).chars, dims_text(type).chars);
    return shape;
}

}  // namespace detail

// An element-wise expression: one loop, no temporaries.
template <class Result, class Tree, std::size_t K>
struct elementwise_program {
    using value_type = typename Result::value_type;
    tree_part<Tree, K> part;
    double cost_ns = 1;

    static dims shape(const void* parameters, const dims* const* inputs) {
        const auto& self = *static_cast<const elementwise_program*>(parameters);
        return detail::agreeing(self.part.shape(inputs), Result::shape_type::value);
    }

    static void run(const void* parameters, context_base& ctx, const value_ref* const* inputs,
                    value_ref& output) {
        const auto& self = *static_cast<const elementwise_program*>(parameters);
        auto* out = static_cast<value_type*>(output.data);
        if constexpr (Result::rank == 0) {
            loop_operand operands[K == 0 ? 1 : K];
            for (std::size_t k = 0; k < K; ++k)
                operands[k].data = static_cast<const char*>(inputs[self.part.slots[k].input]->data);
            store_lanes<value_type, 1>(out, self.part.tree.template at<1, false>(operands, 0));
        } else {
            detail::evaluate_parallel(ctx, self.part.bind(output.shape, inputs), out,
                                      output.shape.size(), self.cost_ns);
        }
    }
};

// Arguments of an op's kernel.

// A tensor; the kernel gets a view, or a source where it reads one.
template <class Tensor, bool AsSource>
struct tensor_argument;
template <class T, std::size_t... Dims>
struct tensor_argument<tensor<T, Dims...>, false> {
    static constexpr std::size_t rank = sizeof...(Dims);
    unsigned char input = 0;

    dims shape(const dims* const* inputs) const { return *inputs[input]; }
    tensor_view<const T, Dims...> bind(const value_ref* const* inputs) const {
        return {static_cast<const T*>(inputs[input]->data), inputs[input]->shape};
    }
    template <class Bound>
    static const Bound& give(const Bound& bound) {
        return bound;
    }
};
template <class T, std::size_t... Dims>
struct tensor_argument<tensor<T, Dims...>, true> {
    static constexpr std::size_t rank = sizeof...(Dims);
    unsigned char input = 0;

    dims shape(const dims* const* inputs) const { return *inputs[input]; }
    source<T> bind(const value_ref* const* inputs) const {
        return {static_cast<const T*>(inputs[input]->data), inputs[input]->shape};
    }
    template <class Bound>
    static const Bound& give(const Bound& bound) {
        return bound;
    }
};

// A fused element-wise expression, which the kernel reads as a source.
template <class T, std::size_t Rank, class Tree, std::size_t K>
struct fused_argument {
    static constexpr std::size_t rank = Rank;
    tree_part<Tree, K> part;

    struct bound {
        bound_expression<Tree, K> expression;
        dims shape;
    };
    dims shape(const dims* const* inputs) const { return part.shape(inputs); }
    bound bind(const value_ref* const* inputs) const {
        const dims* shapes[K == 0 ? 1 : 256];
        for (std::size_t k = 0; k < K; ++k)
            shapes[part.slots[k].input] = &inputs[part.slots[k].input]->shape;
        const dims out = part.shape(shapes);
        return {part.bind(out, inputs), out};
    }
    static source<T> give(const bound& b) {
        return {&b.expression,
                [](const void* object, std::size_t first, std::size_t last, T* to) {
                    static_cast<const bound_expression<Tree, K>*>(object)->evaluate(first, last,
                                                                                    to);
                },
                b.shape};
    }
};

// Instantiated for an op without a shape rule where the shape cannot be guessed.
template <class Op, bool SameRank>
struct require_shape_rule {
    static constexpr bool ok = SameRank;
    static_assert(
        ok,
        "weft: this op's result has dyn dimensions and another rank than its first operand: "
        "give its tag `static weft::dims shape(const weft::dims&...)`, after the parameters "
        "if it has some");
};

// A call of an op's kernel on a device kind.
template <class Op, class Kernel, class Device, class Result, class Parameters, class... Arguments>
struct call_part {
    using value_type = typename Result::value_type;
    [[no_unique_address]] Parameters parameters;
    [[no_unique_address]] operand_pack<Arguments...> arguments;

    dims shape(const dims* const* inputs) const {
        return detail::agreeing(shape_of(inputs, std::index_sequence_for<Arguments...>{}),
                                Result::shape_type::value);
    }
    void run(context_base& ctx, const value_ref* const* inputs, const value_ref& out) const {
        run_with(static_cast<context<Device>&>(ctx), out, inputs,
                 std::index_sequence_for<Arguments...>{});
    }

private:
    template <std::size_t... I>
    dims shape_of(const dims* const* inputs, std::index_sequence<I...>) const {
        static_cast<void>(inputs);
        if constexpr (requires {
                          Op::shape(parameters, get_operand<I>(arguments).shape(inputs)...);
                      }) {
            return Op::shape(parameters, get_operand<I>(arguments).shape(inputs)...);
        } else if constexpr (requires { Op::shape(get_operand<I>(arguments).shape(inputs)...); }) {
            return Op::shape(get_operand<I>(arguments).shape(inputs)...);
        } else if constexpr (Result::shape_type::known) {
            return Result::shape_type::value;
        } else {
            static_cast<void>(require_shape_rule<Op, first_rank() == Result::rank>::ok);
            return shape_of_first(get_operand<I>(arguments).shape(inputs)...);
        }
    }
    static dims shape_of_first() { return {}; }
    template <class... Rest>
    static dims shape_of_first(const dims& first, const Rest&...) {
        return first;
    }
    // The rank of the first operand; no rank if there is none.
    static constexpr std::size_t first_rank() {
        const std::size_t ranks[] = {Arguments::rank..., dyn};
        return ranks[0];
    }

    template <std::size_t... I>
    void run_with(context<Device>& ctx, const value_ref& out, const value_ref* const* inputs,
                  std::index_sequence<I...>) const {
        static_cast<void>(inputs);
        call(ctx, view_of(static_cast<Result*>(nullptr), out),
             get_operand<I>(arguments).bind(inputs)...);
    }
    template <class View, class... Bound>
    void call(context<Device>& ctx, const View& out, const Bound&... bound) const {
        if constexpr (std::is_same_v<Parameters, no_parameters>)
            Kernel::run(ctx, out, Arguments::give(bound)...);
        else
            Kernel::run(ctx, parameters, out, Arguments::give(bound)...);
    }
    template <class T, std::size_t... Dims>
    static tensor_view<T, Dims...> view_of(tensor<T, Dims...>*, const value_ref& value) {
        return {static_cast<T*>(value.data), value.shape};
    }
};

// An op's kernel and nothing else.
template <class Call>
struct call_program {
    Call call;

    static dims shape(const void* parameters, const dims* const* inputs) {
        return static_cast<const call_program*>(parameters)->call.shape(inputs);
    }
    static void run(const void* parameters, context_base& ctx, const value_ref* const* inputs,
                    value_ref& output) {
        static_cast<const call_program*>(parameters)->call.run(ctx, inputs, output);
    }
};

// An element-wise expression around an op's kernel. The kernel writes where the result goes, if it
// has the same type and shape, else to scratch memory; the expression is then evaluated in one more
// pass.
template <class Result, class Call, class Tree, std::size_t K>
struct heart_program {
    using value_type = typename Result::value_type;
    using heart_type = typename Call::value_type;
    Call call;
    tree_part<Tree, K> part;
    double cost_ns = 1;
    std::size_t inputs = 0;

    static dims shape(const void* parameters, const dims* const* inputs) {
        const auto& self = *static_cast<const heart_program*>(parameters);
        const dims heart = self.call.shape(inputs);
        return detail::agreeing(self.part.shape(inputs, &heart), Result::shape_type::value);
    }
    static void run(const void* parameters, context_base& ctx, const value_ref* const* inputs,
                    value_ref& output) {
        const auto& self = *static_cast<const heart_program*>(parameters);
        const dims* shapes[slot_source::heart];
        for (std::size_t i = 0; i < self.inputs; ++i) shapes[i] = &inputs[i]->shape;
        value_ref heart{output.data, self.call.shape(shapes)};
        if (!std::is_same_v<value_type, heart_type> || !(heart.shape == output.shape))
            heart.data = ctx.scratch(heart.shape.size() * sizeof(heart_type));
        self.call.run(ctx, inputs, heart);
        detail::evaluate_parallel(ctx, self.part.bind(output.shape, inputs, &heart),
                                  static_cast<value_type*>(output.data), output.shape.size(),
                                  self.cost_ns);
    }
};

}  // namespace weft
