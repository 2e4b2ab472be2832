// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Programs: what an expression becomes once it is a node. A program holds numbers, parameters and
// the positions of its inputs, and has the two functions that a record stores: `run` and `shape`.
// There are three: an element-wise tree, a call of an op's kernel, and a tree that reads the result
// of such a call (its heart). Types are left in two places only: a tree's span_function, and
// call_code, which gives an op's kernel its views.
#pragma once

#include <weft/kernel/bound_tree.hpp>
#include <weft/kernel/epilogue.hpp>
#include <weft/kernel/launch.hpp>
#include <weft/kernel/source.hpp>
#include <weft/kernel/write_back.hpp>

namespace weft {

// An element-wise expression: one loop, no temporaries.
struct elementwise_program {
    const dims* type = nullptr;  // the dimensions that its result's type tells
    tree_program tree{};
    const launch_code* launched = nullptr;  // for devices that launch; null: not there

    static dims shape(const void* program, const dims* const* inputs);
    static void run(const void* program, context_base& ctx, const value_ref* const* inputs,
                    value_ref& output);
    // The same where the device launches its kernels; the context is a context<gpu>.
    static void launch(const void* program, context_base& ctx, const value_ref* const* inputs,
                       value_ref& output);
};

// An op's kernel and nothing else; its functions are call_code's and call_shape's.
struct call_program {
    static constexpr unsigned char fused_argument = 255;

    const dims* type = nullptr;
    const void* parameters = nullptr;          // of the op
    const unsigned char* arguments = nullptr;  // of each its input, or fused_argument
    tree_program fused{};
    bool is_heart = false;  // its output is a heart_output
    const launch_code* fused_launched = nullptr;

    dims argument_shape(std::size_t argument, const dims* const* inputs) const;
    // An answer of the op's shape rule; fails unless it agrees with the result's type.
    dims agreeing(const dims& shape) const;
};

// The result of a heart: where it goes, and the expression around it, if the op's kernel is to
// evaluate it; a kernel that does so says it.
struct heart_output : value_ref {
    write_back finish{};
    cuda::epilogue epilogue{};  // where kernels are launched
    bool finished = false;
};

// An element-wise expression around an op's kernel. The kernel writes where the result goes, if it
// has the same element and shape, else to scratch memory. The expression is evaluated on what it
// has written piece by piece, by a kernel that takes a write_back, else in one more pass.
struct heart_program {
    elementwise_program around{};
    call_program call{};
    kernel_function run_call = nullptr;
    kernel_function launch_call = nullptr;
    shape_function call_shape = nullptr;
    cuda::epilogue_kind epilogue = cuda::epilogue_kind::none;  // what `around` is to a launch
    std::uint8_t bias_slot = 0;
    std::size_t heart_bytes = 0;  // of an element
    bool same_element = false;    // as the result
    std::size_t input_count = 0;

    static dims shape(const void* program, const dims* const* inputs);
    static void run(const void* program, context_base& ctx, const value_ref* const* inputs,
                    value_ref& output);
    static void launch(const void* program, context_base& ctx, const value_ref* const* inputs,
                       value_ref& output);

private:
    cuda::epilogue epilogue_for(const value_ref* const* inputs, const dims& shape) const;
    heart_output make_heart(context_base& ctx, const value_ref* const* inputs,
                            const value_ref& output) const;
    template <std::size_t Capacity>
    void run_around(context_base& ctx, const value_ref* const* inputs, value_ref& output,
                    heart_output& heart) const;
};

// Arguments of an op's kernel.

// A tensor; the kernel gets a view, or a source where it reads one.
template <class Tensor, bool AsSource>
struct tensor_argument;
template <class T, std::size_t... Dims>
struct tensor_argument<tensor<T, Dims...>, false> {
    static tensor_view<const T, Dims...> bind(const call_program&, context_base&,
                                              const value_ref& input, const value_ref* const*) {
        return {static_cast<const T*>(input.data), input.shape};
    }
    static const tensor_view<const T, Dims...>& give(const tensor_view<const T, Dims...>& bound) {
        return bound;
    }
};
template <class T, std::size_t... Dims>
struct tensor_argument<tensor<T, Dims...>, true> {
    static source<T> bind(const call_program&, context_base&, const value_ref& input,
                          const value_ref* const*) {
        return {static_cast<const T*>(input.data), input.shape};
    }
    static const source<T>& give(const source<T>& bound) { return bound; }
};

// A fused element-wise expression of K slots, which the kernel reads as a source.
template <class T, std::size_t K>
struct fused_argument {
    using bound_type = bound_tree_of<(K <= few_inputs ? few_inputs : most_inputs)>;

    static bound_type bind(const call_program& program, context_base&, const value_ref&,
                           const value_ref* const* inputs) {
        return bound_type(program.fused, inputs);
    }
    static source<T> give(const bound_type& bound) {
        return {static_cast<const bound_tree*>(&bound), &read, bound.shape()};
    }

private:
    static void read(const void* tree, std::size_t first, std::size_t last, T* to) {
        static_cast<const bound_tree*>(tree)->evaluate(first, last, to);
    }
};

// The same for devices that launch: it is evaluated to scratch memory first.
value_ref launch_fused(const call_program& program, context_base& ctx,
                       const value_ref* const* inputs, std::size_t element_bytes);
template <class Argument>
struct launched_argument : Argument {};
template <class T, std::size_t K>
struct launched_argument<fused_argument<T, K>> {
    static source<T> bind(const call_program& program, context_base& ctx, const value_ref&,
                          const value_ref* const* inputs) {
        const value_ref made = launch_fused(program, ctx, inputs, sizeof(T));
        return {static_cast<const T*>(made.data), made.shape};
    }
    static const source<T>& give(const source<T>& bound) { return bound; }
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

// The shape function of a call whose arguments are of types Tensors.
template <class Op, class Result, class Parameters, class... Tensors>
struct call_shape {
    static dims shape(const void* program, const dims* const* inputs) {
        const auto& call = *static_cast<const call_program*>(program);
        return call.agreeing(shape_of(call, inputs, std::index_sequence_for<Tensors...>{}));
    }

private:
    template <std::size_t... I>
    static dims shape_of(const call_program& call, const dims* const* inputs,
                         std::index_sequence<I...>) {
        static_cast<void>(inputs);
        const auto& parameters = *static_cast<const Parameters*>(call.parameters);
        if constexpr (requires { Op::shape(parameters, call.argument_shape(I, inputs)...); }) {
            return Op::shape(parameters, call.argument_shape(I, inputs)...);
        } else if constexpr (requires { Op::shape(call.argument_shape(I, inputs)...); }) {
            return Op::shape(call.argument_shape(I, inputs)...);
        } else if constexpr (Result::shape_type::known) {
            return Result::shape_type::value;
        } else {
            static_cast<void>(require_shape_rule<Op, first_rank() == Result::rank>::ok);
            return sizeof...(Tensors) == 0 ? dims{} : call.argument_shape(0, inputs);
        }
    }
    // The rank of the first operand; no rank if there is none.
    static constexpr std::size_t first_rank() {
        const std::size_t ranks[] = {Tensors::rank..., dyn};
        return ranks[0];
    }
};

// The kernel function of a call: Kernel is the op's on the device kind whose kernels take a
// Context.
template <class Kernel, class Context, class Result, class Parameters, class... Arguments>
struct call_code {
    static void run(const void* program, context_base& ctx, const value_ref* const* inputs,
                    value_ref& output) {
        run_with(*static_cast<const call_program*>(program), static_cast<Context&>(ctx), inputs,
                 output, std::index_sequence_for<Arguments...>{});
    }

private:
    template <std::size_t... I>
    static void run_with(const call_program& program, Context& ctx, const value_ref* const* inputs,
                         value_ref& output, std::index_sequence<I...>) {
        static_cast<void>(inputs);
        call(program, ctx, output, view_of(static_cast<Result*>(nullptr), output),
             Arguments::bind(program, ctx, input_of(program, inputs, I), inputs)...);
    }
    static const value_ref& input_of(const call_program& program, const value_ref* const* inputs,
                                     std::size_t argument) {
        const unsigned char input = program.arguments[argument];
        return *inputs[input == call_program::fused_argument ? 0 : input];
    }
    template <class View, class... Bound>
    static void call(const call_program& program, Context& ctx, value_ref& output, const View& out,
                     const Bound&... bound) {
        if constexpr (std::is_same_v<Parameters, no_parameters>) {
            Kernel::run(ctx, out, Arguments::give(bound)...);
        } else {
            const auto& parameters = *static_cast<const Parameters*>(program.parameters);
            if constexpr (requires { requires Kernel::writes_back; }) {
                if (program.is_heart) {
                    auto& heart = static_cast<heart_output&>(output);
                    heart.finished = true;
                    return Kernel::run(ctx, parameters, out, Arguments::give(bound)...,
                                       heart.finish);
                }
            }
            if constexpr (requires { requires Kernel::has_epilogue; }) {
                if (program.is_heart) {
                    auto& heart = static_cast<heart_output&>(output);
                    heart.finished = heart.epilogue.kind != cuda::epilogue_kind::none;
                    return Kernel::run(ctx, parameters, out, Arguments::give(bound)...,
                                       heart.epilogue);
                }
            }
            Kernel::run(ctx, parameters, out, Arguments::give(bound)...);
        }
    }
    template <class T, std::size_t... Dims>
    static tensor_view<T, Dims...> view_of(tensor<T, Dims...>*, const value_ref& value) {
        return {static_cast<T*>(value.data), value.shape};
    }
};

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/kernel/program_source.hpp>
#endif
