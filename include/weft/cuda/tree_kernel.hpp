// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A tree as one kernel of a GPU: every slot's elements are loaded once, 16 bytes at a time where
// they lie side by side, a tensor that several slots read only by the first of them. Each thread
// loads all that it needs before it stores, so the result may be where an operand is. For files
// that a compiler for GPUs compiles; needs no library of the toolkit, so that one more expression
// costs that compiler a tenth of a second.
#pragma once

#include <weft/cuda/launch.hpp>
#include <weft/cuda/loop_index.hpp>
#include <weft/cuda/report_fault.hpp>
#include <weft/cuda/tree_lanes.hpp>
#include <weft/kernel/launch.hpp>

namespace weft::cuda {

inline constexpr unsigned tree_threads = 256;

// What a kernel gets, by value. Of each slot: where its tensor begins, or null where it reads the
// number of its own place.
template <class Tree>
struct tree_arguments {
    static constexpr std::size_t slots = Tree::slots == 0 ? 1 : Tree::slots;
    static constexpr std::size_t numbers = slots + numbers_of<Tree>;

    const char* data[slots];
    stored_number values[numbers];  // the slots' own, then the tree's
    unsigned char first[slots];     // the first slot that reads the same tensor
    bool standing[slots];           // it has one element for all
    bool repeats[slots];            // one for each row
    void* out;
    std::size_t size;
};
// Of broadcast operands: where the elements of a row begin.
template <class Tree>
struct strided_arguments : tree_arguments<Tree> {
    loop_index index;
    std::size_t stride[tree_arguments<Tree>::slots][max_rank];  // in elements
};

// Elements [at, at + width) of the tree, at offsets that `offset` knows.
template <class Tree, class T, int width, class Arguments, class Offset>
WEFT_DEVICE void evaluate_lanes(const Arguments& a, tree_lanes<Tree, width>& lanes,
                                const Offset& offset, std::size_t at, gpu_fault& fault) {
    lanes.load(a, offset);
    result_lanes<T, width> out;
    for (int lane = 0; lane < width; ++lane)
        out.element[lane] = static_cast<T>(
            lane_of<Tree>::at(lanes, a.values + Arguments::slots, lane, fault));
    *reinterpret_cast<result_lanes<T, width>*>(static_cast<T*>(a.out) + at) = out;
}

// All operands have consecutive elements, or one.
template <class Tree, class T, int width>
__global__ void __launch_bounds__(tree_threads)
    evaluate_dense(const __grid_constant__ tree_arguments<Tree> a, gpu_fault_place faults) {
    const std::size_t step = std::size_t{gridDim.x} * tree_threads * width;
    const std::size_t first = (std::size_t{blockIdx.x} * tree_threads + threadIdx.x) * width;
    const std::size_t whole = a.size / width * width;
    const std::size_t rest = whole + first / width;
    // Who has nothing to do reads nothing: a number may be where the only result goes.
    if (first >= whole && rest >= a.size) return;
    gpu_fault fault = gpu_fault::none;
    tree_lanes<Tree, width> lanes;
    lanes.load_standing(a);
    for (std::size_t i = first; i < whole; i += step)
        evaluate_lanes<Tree, T, width>(a, lanes, same_offset{i}, i, fault);
    if constexpr (width > 1) {
        tree_lanes<Tree, 1> one;
        one.load_standing(a);
        if (rest < a.size) evaluate_lanes<Tree, T, 1>(a, one, same_offset{rest}, rest, fault);
    }
    report_fault(faults, fault);
}

// Some are broadcast: `width` elements lie in one row.
template <class Tree, class T, int width>
__global__ void __launch_bounds__(tree_threads)
    evaluate_strided(const __grid_constant__ strided_arguments<Tree> a, gpu_fault_place faults) {
    const std::size_t step = std::size_t{gridDim.x} * tree_threads * width;
    const std::size_t first = (std::size_t{blockIdx.x} * tree_threads + threadIdx.x) * width;
    if (first >= a.size) return;
    gpu_fault fault = gpu_fault::none;
    tree_lanes<Tree, width> lanes;
    lanes.load_standing(a);
    for (std::size_t i = first; i < a.size; i += step) {
        row_offset<tree_arguments<Tree>::slots> offset;
        offset.find(a.index, a.stride, i);
        evaluate_lanes<Tree, T, width>(a, lanes, offset, i, fault);
    }
    report_fault(faults, fault);
}

// How many elements a thread takes at a time: 16 bytes of the smallest, no more than 8.
template <class Tree, class T>
inline constexpr int widest_step = [] {
    const std::size_t bytes = smallest_bytes<Tree, sizeof(T)>;
    return bytes >= 16 ? 1 : bytes == 8 ? 2 : bytes == 4 ? 4 : 8;
}();

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
