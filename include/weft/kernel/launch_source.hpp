// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How a tree's tensors are bound for a launch, and how it is evaluated by its parts: a stack of
// what has been evaluated, as in any postfix notation. Parts that lie between are written in full,
// in the computing type, to memory that lives as long as the kernel.
#pragma once

#include <weft/kernel/launch.hpp>

namespace weft {

namespace detail {

// A value on the stack: a tensor of the run, a number, or a part in scratch memory.
struct launched_value {
    loop_operand operand;
    const stored_number* number;  // or null
};

class part_launcher {
public:
    part_launcher(const launch_code& code, context<gpu>& ctx, const tree_launch& whole)
        : code_(code), ctx_(ctx), whole_(whole) {}

    void launch() {
        for (std::uint16_t i = 0; i < code_.part_count; ++i) {
            const tree_part& part = code_.parts[i];
            if (part.launch == nullptr)
                push(part);
            else
                launch_part(part, i + 1 == code_.part_count);
        }
    }

private:
    // Operands of one op, at most, and of the stack.
    static constexpr std::size_t most_operands = 8, most_values = 64;

    void push(const tree_part& part) {
        if (height_ == most_values)
            fail(errc::unimplemented,
                 "an expression nests more than %zu operands; name a part of it as a node",
                 most_values);
        launched_value& value = stack_[height_++];
        value.number = part.is_number ? &whole_.numbers[part.index] : nullptr;
        if (!part.is_number) value.operand = whole_.operands[whole_.slots[part.index]];
    }
    void launch_part(const tree_part& part, bool last) {
        loop_operand operands[most_operands];
        stored_number numbers[most_operands] = {};
        unsigned char slots[most_operands];
        height_ -= part.arity;
        for (std::uint8_t k = 0; k < part.arity; ++k) {
            const launched_value& value = stack_[height_ + k];
            slots[k] = value.number != nullptr ? tree_launch::no_tensor : k;
            if (value.number != nullptr)
                numbers[k] = *value.number;
            else
                operands[k] = value.operand;
        }
        void* const out = last ? whole_.out : ctx_.scratch(whole_.size * part.bytes);
        part.launch(ctx_, {whole_.loop, operands, slots, numbers, out, whole_.size});
        stack_[height_++] = {in_full(out, part.bytes), nullptr};
    }
    // An operand that has all elements of the result.
    loop_operand in_full(const void* data, std::size_t element_bytes) const {
        loop_operand out{static_cast<const char*>(data), element_bytes, false, true, {}};
        std::size_t step = 1;
        for (std::size_t axis = whole_.loop.rank; axis-- > 0;) {
            out.stride[axis] = step;
            step *= whole_.loop.extent[axis];
        }
        return out;
    }

    const launch_code& code_;
    context<gpu>& ctx_;
    const tree_launch& whole_;
    launched_value stack_[most_values];
    std::size_t height_ = 0;
};

}  // namespace detail

WEFT_SOURCE expression_launch launch_code::way(bool (*compiles)(const launch_code&)) const {
    if (place->launch != nullptr) return {launch_way::one_kernel, 1};
    if (compiles != nullptr && compiles(*this)) return {launch_way::at_run_time, 1};
    expression_launch out{launch_way::by_parts, 0};
    for (std::size_t i = 0; i < part_count; ++i) out.kernels += parts[i].launch != nullptr ? 1 : 0;
    return out;
}

WEFT_SOURCE void launch_program(const tree_program& tree, const launch_code& code,
                                context<gpu>& ctx, const value_ref* const* inputs,
                                const value_ref& output, const value_ref* heart) {
    loop_operand operands[most_inputs];
    const dims* shapes[most_inputs];
    for (std::size_t k = 0; k < tree.input_count; ++k) {
        const tree_input& input = tree.inputs[k];
        const value_ref* from = input.input == tree_input::heart ? heart : inputs[input.input];
        operands[k].data = static_cast<const char*>(from->data);
        operands[k].element_bytes = input.element_bytes;
        operands[k].is_number = input.is_number;
        shapes[k] = &from->shape;
    }
    const loop_shape loop = plan_loop(output.shape, operands, shapes, tree.input_count);
    const tree_launch what{loop,         operands,    tree.slots,
                           tree.numbers, output.data, output.shape.size()};
    if (what.size == 0) return;
    if (code.place->launch != nullptr) return code.place->launch(ctx, what);
    if (ctx.launch_whole(code, what)) return;
    detail::part_launcher(code, ctx, what).launch();
}

}  // namespace weft
