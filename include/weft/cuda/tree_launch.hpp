// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How the host launches the kernel of a tree: which of its two loops fits the operands of a run,
// how many elements a thread takes at a time, and what the kernel gets. For files that a compiler
// for GPUs compiles.
#pragma once

#include <weft/cuda/launch.hpp>
#include <weft/cuda/tree_kernel.hpp>

namespace weft::cuda {

namespace detail {

// Launches `kernel`, whose threads take `width` elements at a time.
template <class Arguments>
void launch_elements(context<gpu>& ctx, void (*kernel)(Arguments, gpu_fault_place), int width,
                     const Arguments& arguments) {
    const std::size_t a_block = std::size_t{tree_threads} * static_cast<unsigned>(width);
    cuda::launch(ctx, kernel, blocks_for(ctx, arguments.size, a_block), tree_threads, arguments,
           ctx.faults());
}

inline bool is_aligned(const void* data, std::size_t bytes) noexcept {
    return reinterpret_cast<std::uintptr_t>(data) % (bytes < 16 ? bytes : 16) == 0;
}

template <class Tree>
void bind_slots(tree_arguments<Tree>& to, const tree_launch& what) {
    for (std::size_t k = 0; k < Tree::slots; ++k) {
        const unsigned char from = what.slots[k];
        to.first[k] = static_cast<unsigned char>(k);
        to.standing[k] = from == tree_launch::no_tensor;
        to.data[k] = nullptr;
        to.repeats[k] = false;
        if (to.standing[k]) {
            to.values[k] = what.numbers[k];
            continue;
        }
        const loop_operand& operand = what.operands[from];
        to.data[k] = operand.data;
        to.standing[k] = operand.is_number;
        for (std::size_t j = k; j-- > 0;)
            if (what.slots[j] == from) to.first[k] = static_cast<unsigned char>(j);
    }
    for (std::size_t i = tree_arguments<Tree>::slots; i < tree_arguments<Tree>::numbers; ++i)
        to.values[i] = what.numbers[i - tree_arguments<Tree>::slots];
    to.out = what.out;
    to.size = what.size;
}

// Whether all that is no number has the elements of the result, in order.
template <class Tree>
bool is_dense(const tree_launch& what) {
    for (std::size_t k = 0; k < Tree::slots; ++k) {
        const unsigned char from = what.slots[k];
        if (from == tree_launch::no_tensor || what.operands[from].is_number) continue;
        if (!what.operands[from].contiguous) return false;
    }
    return true;
}

// Whether pieces of `width` elements are in one row each, aligned, and side by side or the same.
template <class Tree>
bool has_whole_steps(const tree_launch& what, bool dense, std::size_t width,
                     std::size_t result_bytes) {
    if (!is_aligned(what.out, width * result_bytes)) return false;
    const loop_shape& loop = what.loop;
    if (!dense && loop.inner() % width != 0) return false;
    for (std::size_t k = 0; k < Tree::slots; ++k) {
        const unsigned char from = what.slots[k];
        if (from == tree_launch::no_tensor || what.operands[from].is_number) continue;
        const loop_operand& operand = what.operands[from];
        if (operand.stride[loop.rank - 1] == 0) continue;
        if (!is_aligned(operand.data, width * operand.element_bytes)) return false;
        for (std::size_t axis = 0; !dense && axis + 1 < loop.rank; ++axis)
            if (operand.stride[axis] % width != 0) return false;
    }
    return true;
}

template <class Tree>
void bind_strides(strided_arguments<Tree>& to, const tree_launch& what) {
    to.index = loop_index(what.loop, what.size);
    for (std::size_t k = 0; k < Tree::slots; ++k) {
        for (std::size_t axis = 0; axis < what.loop.rank; ++axis)
            to.stride[k][axis] =
                to.standing[k] ? 0 : what.operands[what.slots[k]].stride[axis];
        to.repeats[k] = !to.standing[k] && to.stride[k][what.loop.rank - 1] == 0;
    }
}

}  // namespace detail

}  // namespace weft::cuda

namespace weft {

// Broadcast integers are taken one by one, and so is what is not aligned: a kernel more for each
// tree would cost the compiler more than it saves a GPU.
template <class Tree, class T>
void launch_tree(context<gpu>& ctx, const tree_launch& what) {
    using namespace cuda;
    constexpr int width = widest_step<Tree, T>;
    const bool dense = cuda::detail::is_dense<Tree>(what);
    const bool whole = cuda::detail::has_whole_steps<Tree>(what, dense, width, sizeof(T));
    if (dense && whole) {
        tree_arguments<Tree> arguments;
        cuda::detail::bind_slots(arguments, what);
        return cuda::detail::launch_elements(ctx, &evaluate_dense<Tree, T, width>, width,
                                             arguments);
    }
    strided_arguments<Tree> arguments;
    cuda::detail::bind_slots(arguments, what);
    cuda::detail::bind_strides(arguments, what);
    if constexpr (is_floating<T> && width > 1)
        if (whole)
            return cuda::detail::launch_elements(ctx, &evaluate_strided<Tree, T, width>, width,
                                                 arguments);
    cuda::detail::launch_elements(ctx, &evaluate_strided<Tree, T, 1>, 1, arguments);
}

}  // namespace weft
