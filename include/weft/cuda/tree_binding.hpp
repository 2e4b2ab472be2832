// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What the host puts into the arguments of a tree's kernel for one launch, and which loop fits the
// operands: by how many slots the tree has, not by its type, so that kernels whose types no
// compiler of the program has seen are launched by the same code.
#pragma once

#include <weft/cuda/loop_index.hpp>
#include <weft/kernel/launch.hpp>

#include <cstdint>

namespace weft::cuda {

// The members of some tree_arguments or strided_arguments, which has `index` and `stride`, too.
struct argument_view {
    std::size_t slots;    // of the tree
    std::size_t numbers;  // of the tree, behind those of slots
    const char** data;
    stored_number* slot_values;
    stored_number* tree_values;
    unsigned char* first;
    bool* standing;
    bool* repeats;
    void** out;
    std::size_t* size;
    loop_index* index = nullptr;
    std::size_t (*stride)[max_rank] = nullptr;
};

inline bool is_aligned(const void* data, std::size_t bytes) noexcept {
    return reinterpret_cast<std::uintptr_t>(data) % (bytes < 16 ? bytes : 16) == 0;
}

inline void bind_slots(const argument_view& to, const tree_launch& what) {
    for (std::size_t k = 0; k < to.slots; ++k) {
        const unsigned char from = what.slots[k];
        to.first[k] = static_cast<unsigned char>(k);
        to.standing[k] = from == tree_launch::no_tensor;
        to.data[k] = nullptr;
        to.repeats[k] = false;
        if (to.standing[k]) {
            to.slot_values[k] = what.numbers[k];
            continue;
        }
        const loop_operand& operand = what.operands[from];
        to.data[k] = operand.data;
        to.standing[k] = operand.is_number;
        for (std::size_t j = k; j-- > 0;)
            if (what.slots[j] == from) to.first[k] = static_cast<unsigned char>(j);
    }
    for (std::size_t i = 0; i < to.numbers; ++i) to.tree_values[i] = what.numbers[i];
    *to.out = what.out;
    *to.size = what.size;
}

inline void bind_strides(const argument_view& to, const tree_launch& what) {
    *to.index = loop_index(what.loop, what.size);
    for (std::size_t k = 0; k < to.slots; ++k) {
        for (std::size_t axis = 0; axis < what.loop.rank; ++axis)
            to.stride[k][axis] =
                to.standing[k] ? 0 : what.operands[what.slots[k]].stride[axis];
        to.repeats[k] = !to.standing[k] && to.stride[k][what.loop.rank - 1] == 0;
    }
}

// Whether all that is no number has the elements of the result, in order.
inline bool is_dense(const tree_launch& what, std::size_t slots) {
    for (std::size_t k = 0; k < slots; ++k) {
        const unsigned char from = what.slots[k];
        if (from == tree_launch::no_tensor || what.operands[from].is_number) continue;
        if (!what.operands[from].contiguous) return false;
    }
    return true;
}

// Whether pieces of `width` elements are in one row each, aligned, and side by side or the same.
inline bool has_whole_steps(const tree_launch& what, std::size_t slots, bool dense,
                            std::size_t width, std::size_t result_bytes) {
    if (!is_aligned(what.out, width * result_bytes)) return false;
    const loop_shape& loop = what.loop;
    if (!dense && loop.inner() % width != 0) return false;
    for (std::size_t k = 0; k < slots; ++k) {
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

// How many elements a thread takes at a time: 16 bytes of the smallest, no more than 8.
constexpr int lanes_of_elements(std::size_t smallest_bytes) {
    return smallest_bytes >= 16 ? 1 : smallest_bytes == 8 ? 2 : smallest_bytes == 4 ? 4 : 8;
}

// The loops that there are of a tree. Broadcast integers are taken one by one, and so is what is
// not aligned: a kernel more for each tree would cost the compiler more than it saves a GPU.
enum class tree_loop : unsigned char { dense, strided, one_by_one };

inline tree_loop loop_for(const tree_launch& what, std::size_t slots, int width,
                          std::size_t result_bytes, bool floating) {
    const bool dense = is_dense(what, slots);
    const bool whole =
        has_whole_steps(what, slots, dense, static_cast<std::size_t>(width), result_bytes);
    if (!whole) return tree_loop::one_by_one;
    if (dense) return tree_loop::dense;
    return floating && width > 1 ? tree_loop::strided : tree_loop::one_by_one;
}

}  // namespace weft::cuda
