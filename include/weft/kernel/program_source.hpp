// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The functions of programs that need no types: shapes, element-wise nodes, and what is evaluated
// around an op's kernel. What a program holds was collected when its node was made. Allocates
// nothing but scratch memory.
#pragma once

#include <weft/kernel/program.hpp>

namespace weft {

WEFT_SOURCE dims call_program::agreeing(const dims& shape) const {
    if (shape.rank != type->rank || first_mismatch(shape, *type) != type->rank)
        fail(errc::invalid_argument, "the result has shape %s where its type says %s",
             dims_text(shape).chars, dims_text(*type).chars);
    return shape;
}

WEFT_SOURCE dims call_program::argument_shape(std::size_t argument,
                                              const dims* const* inputs) const {
    const unsigned char input = arguments[argument];
    return input == fused_argument ? fused.shape(inputs) : *inputs[input];
}

WEFT_SOURCE dims elementwise_program::shape(const void* program, const dims* const* inputs) {
    const auto& self = *static_cast<const elementwise_program*>(program);
    return call_program{.type = self.type}.agreeing(self.tree.shape(inputs));
}

WEFT_SOURCE void elementwise_program::run(const void* program, context_base& ctx,
                                          const value_ref* const* inputs, value_ref& output) {
    const auto& self = *static_cast<const elementwise_program*>(program);
    if (self.type->rank > 0) return evaluate_tree(self.tree, ctx, inputs, output);
    const char* data[most_inputs];  // a number, of numbers
    for (std::size_t k = 0; k < self.tree.input_count; ++k)
        data[k] = static_cast<const char*>(inputs[self.tree.inputs[k].input]->data);
    self.tree.evaluate({data, nullptr, nullptr, 1, 1, 0}, output.data);
}

namespace detail {
// Cold, so that g++ does not guess what is behind the virtual function and compile that, with half
// a device, into each file that makes a node.
[[gnu::cold, gnu::noinline]] inline void* scratch_of(context_base& ctx, std::size_t bytes) {
    return ctx.scratch(bytes);
}
}  // namespace detail

WEFT_SOURCE dims heart_program::shape(const void* program, const dims* const* inputs) {
    const auto& self = *static_cast<const heart_program*>(program);
    const dims heart = self.call_shape(&self.call, inputs);
    return call_program{.type = self.around.type}.agreeing(self.around.tree.shape(inputs, &heart));
}

template <std::size_t Capacity>
void heart_program::run_around(context_base& ctx, const value_ref* const* inputs, value_ref& output,
                               heart_output& heart) const {
    const bound_tree_of<Capacity> bound(around.tree, output.shape, inputs, &heart);
    // Where the result is larger, an element of the heart is read for several of its elements.
    const bool by_pieces = heart.shape == output.shape;
    if (by_pieces) heart.finish = {bound, output.data, around.tree.result_bytes};
    run_call(&call, ctx, inputs, heart);
    if (!heart.finished || !by_pieces) bound.evaluate_all(ctx, output.data);
}

WEFT_SOURCE heart_output heart_program::make_heart(context_base& ctx,
                                                   const value_ref* const* inputs,
                                                   const value_ref& output) const {
    const dims* shapes[most_inputs];
    for (std::size_t i = 0; i < input_count; ++i) shapes[i] = &inputs[i]->shape;
    heart_output heart{{output.data, call_shape(&call, shapes)}};
    if (!same_element || !(heart.shape == output.shape))
        heart.data = detail::scratch_of(ctx, heart.shape.size() * heart_bytes);
    return heart;
}

WEFT_SOURCE void heart_program::run(const void* program, context_base& ctx,
                                    const value_ref* const* inputs, value_ref& output) {
    const auto& self = *static_cast<const heart_program*>(program);
    heart_output heart = self.make_heart(ctx, inputs, output);
    if (self.around.tree.input_count <= few_inputs)
        self.run_around<few_inputs>(ctx, inputs, output, heart);
    else
        self.run_around<most_inputs>(ctx, inputs, output, heart);
}

// On devices that launch.

WEFT_SOURCE void elementwise_program::launch(const void* program, context_base& ctx,
                                             const value_ref* const* inputs, value_ref& output) {
    const auto& self = *static_cast<const elementwise_program*>(program);
    launch_program(self.tree, *self.launched, static_cast<context<gpu>&>(ctx), inputs, output);
}

WEFT_SOURCE value_ref launch_fused(const call_program& program, context_base& ctx,
                                   const value_ref* const* inputs, std::size_t element_bytes) {
    const dims* shapes[most_inputs];
    for (std::size_t k = 0; k < program.fused.input_count; ++k)
        shapes[program.fused.inputs[k].input] = &inputs[program.fused.inputs[k].input]->shape;
    value_ref made{nullptr, program.fused.shape(shapes)};
    made.data = detail::scratch_of(ctx, made.shape.size() * element_bytes);
    launch_program(program.fused, *program.fused_launched, static_cast<context<gpu>&>(ctx), inputs,
                   made);
    return made;
}

WEFT_SOURCE cuda::epilogue heart_program::epilogue_for(const value_ref* const* inputs,
                                                       const dims& shape) const {
    using kinds = cuda::epilogue_kind;
    if (epilogue == kinds::none || !same_element) return {};
    cuda::epilogue found{epilogue, nullptr};
    if (!found.has_bias()) return found;
    const value_ref& bias = *inputs[around.tree.inputs[around.tree.slots[bias_slot]].input];
    if (shape.rank < 2 || bias.shape[0] != shape[shape.rank - 1]) return {};
    found.bias = bias.data;
    return found;
}

WEFT_SOURCE void heart_program::launch(const void* program, context_base& ctx,
                                       const value_ref* const* inputs, value_ref& output) {
    const auto& self = *static_cast<const heart_program*>(program);
    heart_output heart = self.make_heart(ctx, inputs, output);
    if (heart.shape == output.shape) heart.epilogue = self.epilogue_for(inputs, output.shape);
    self.launch_call(&self.call, ctx, inputs, heart);
    if (!heart.finished)
        launch_program(self.around.tree, *self.around.launched, static_cast<context<gpu>&>(ctx),
                       inputs, output, &heart);
}

}  // namespace weft
