// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A tree as one kernel of a GPU: every slot's elements are loaded once, 16 bytes at a time where
// they lie side by side, a tensor that several slots read only by the first of them. Each thread
// loads all that it needs before it stores, so the result may be where an operand is. For files
// that a compiler for GPUs compiles; needs no library of the toolkit, so that one more expression
// costs that compiler a tenth of a second.
#pragma once

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

}  // namespace weft::cuda
