// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Trees on devices whose kernels are launched, not called. Where a compiler for the device has seen
// the tree, it is one kernel; else it is evaluated by its parts: an op after the other, by kernels
// that the library has for each, with what lies between in scratch memory. Both are functions of
// the host that return before the device has done anything. Types are left only in the names of
// the places where functions are found.
#pragma once

#include <weft/kernel/bound_tree.hpp>

namespace weft {

// What a launch evaluates: a tree on the tensors of one run, which are in the device's memory.
struct tree_launch {
    // Of slots: no tensor but the number with the slot's own.
    static constexpr unsigned char no_tensor = 255;

    const loop_shape& loop;
    const loop_operand* operands;  // of each tensor
    const unsigned char* slots;    // of each slot its operand, or no_tensor
    const stored_number* numbers;
    void* out;
    std::size_t size;  // elements of the result; none: nothing is launched
};
using launch_function = void (*)(context<gpu>& ctx, const tree_launch& what);

// Launches Tree, whose result has elements T, as one kernel. Defined where a compiler for the
// device is at work: <weft/cuda/tree_launch.hpp>.
template <class Tree, class T>
void launch_tree(context<gpu>& ctx, const tree_launch& what);

// A part of a tree, in the order of evaluation: what it reads, then the op that reads it.
struct tree_part {
    // Of `arity` operands, the slots of its tree; null: this is slot or number `index` itself.
    launch_function launch = nullptr;
    std::uint8_t arity = 0;
    std::uint8_t index = 0;
    std::uint8_t bytes = 0;  // of an element
    bool is_number = false;
};

// How the expressions of a node are launched: what its op's kernel reads, and what is evaluated
// around that kernel. Their names are part of the JSON reports.
enum class launch_way : unsigned char {
    none,         // it has none, or does not run on a GPU that launches
    one_kernel,   // nvcc has compiled each of them as a whole
    at_run_time,  // one of them at least is compiled as a whole when it first runs
    by_parts,     // one of them at least is a kernel for each part
    with_op,      // the kernel of the op evaluates what is around it
};
struct expression_launch {
    launch_way way = launch_way::none;
    std::size_t kernels = 0;  // without those of ops that have kernels of their own
};
// "none", "one_kernel", and so on.
constexpr const char* name_of(launch_way way) {
    constexpr const char* names[] = {"none", "one_kernel", "at_run_time", "by_parts", "with_op"};
    return names[static_cast<unsigned char>(way)];
}

// What there is of a tree in a program, once, whatever its files are compiled by, so that they do
// not differ in anything else.
struct tree_place {
    launch_function launch = nullptr;  // of a file that is compiled for the device
    void* made = nullptr;              // the device's, which may compile it when it first runs
};
// How a tree is launched: as a whole, where some file of the program has been compiled for the
// device or the device compiles it from its name, or by its parts; without these it cannot be.
struct launch_code {
    tree_place* place = nullptr;
    const tree_part* parts = nullptr;
    std::uint16_t part_count = 0;
    const char* (*name)() = nullptr;  // where there are parts; see tree_name

    bool exists() const { return place->launch != nullptr || part_count != 0; }
    // How it is on a device that compiles what `compiles` says (null: nothing).
    expression_launch way(bool (*compiles)(const launch_code&)) const;
};
template <class Tree, class T>
inline tree_place place_of{};
// "... [with Tree = weft::application<...>; T = float]", as the compiler spells it.
template <class Tree, class T>
const char* tree_name() {
    return __PRETTY_FUNCTION__;
}
// In a file that is compiled for the device: has its kernel compiled, and fills that place when
// the program starts. Whoever uses it calls tell() unless it has been: nvcc does not look for
// kernels in initialisers.
template <class Tree, class T>
struct compiled_tree {
    static bool tell() {
        place_of<Tree, T>.launch = &launch_tree<Tree, T>;
        return true;
    }
    static inline const bool told = tell();
};

// Whether the library has the parts of an op: of those of weft, see <weft/cuda/tree_parts.hpp>.
template <class Op>
inline constexpr bool has_parts = false;

// Launches a tree on tensors of a run, to all elements of `output`; `heart` as in bound_tree.
void launch_program(const tree_program& tree, const launch_code& code, context<gpu>& ctx,
                    const value_ref* const* inputs, const value_ref& output,
                    const value_ref* heart = nullptr);

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/kernel/launch_source.hpp>
#endif
