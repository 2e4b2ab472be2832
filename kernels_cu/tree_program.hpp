// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A tree as source text: its type's name, which the compiler of the program has spelled, in a
// program for NVRTC that includes the headers of weft, so that NVRTC makes the kernel that nvcc
// would have made. And where the members of its arguments are, which that program asserts.
#pragma once

#include <weft/cuda/tree_binding.hpp>
#include <weft/kernel/launch.hpp>

#include <string>
#include <string_view>

namespace weft::cuda {

struct tree_form {
    std::string_view tree;     // "application<...>", as seen from namespace weft
    std::string_view element;  // of the result
    std::size_t element_bytes = 0;
    std::size_t slots = 0, numbers = 0;
    int width = 1;  // of its loops, but for the one that takes elements one by one
    bool floating = false;

    int width_of(tree_loop loop) const { return loop == tree_loop::one_by_one ? 1 : width; }
};
// False where the tree has no name, no parts that say what it reads, or too many slots.
bool describe_tree(const launch_code& code, tree_form& out);

// Offsets in bytes of members of tree_arguments, and beyond `dense`, of strided_arguments.
struct argument_layout {
    explicit argument_layout(const tree_form& form);

    std::size_t slot_values, tree_values, first, standing, repeats, out, size, dense;
    std::size_t index, stride, strided;
    std::size_t slots, numbers;

    // Of arguments at `bytes`, which are aligned to 16.
    argument_view at(unsigned char* bytes) const;
};

// What a kernel may get, at most.
inline constexpr std::size_t most_argument_bytes = 32000;

std::string program_of(const tree_form& form);
std::string kernel_name(const tree_form& form, tree_loop loop);

}  // namespace weft::cuda
