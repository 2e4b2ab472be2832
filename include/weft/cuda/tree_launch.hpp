// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How the host launches the kernel of a tree whose type it knows, as one of the kernels in
// tree_kernel.hpp. For files that a compiler for GPUs compiles; kernels that are compiled while the
// program runs are launched by kernels_cu/tree_compiler.cu.
#pragma once

#include <weft/cuda/launch.hpp>
#include <weft/cuda/tree_binding.hpp>
#include <weft/cuda/tree_kernel.hpp>

namespace weft::cuda {

template <class Tree, class T>
inline constexpr int widest_step = lanes_of_elements(smallest_bytes<Tree, sizeof(T)>);

namespace detail {

// Launches `kernel`, whose threads take `width` elements at a time.
template <class Arguments>
void launch_elements(context<gpu>& ctx, void (*kernel)(Arguments, gpu_fault_place), int width,
                     const Arguments& arguments) {
    const std::size_t a_block = std::size_t{tree_threads} * static_cast<unsigned>(width);
    cuda::launch(ctx, kernel, blocks_for(ctx, arguments.size, a_block), tree_threads, arguments,
           ctx.faults());
}

template <class Tree>
argument_view view_of(tree_arguments<Tree>& a) {
    return {Tree::slots, numbers_of<Tree>, a.data,     a.values, a.values + a.slots,
            a.first,     a.standing,       a.repeats, &a.out,   &a.size};
}
template <class Tree>
argument_view view_of(strided_arguments<Tree>& a) {
    argument_view view = view_of(static_cast<tree_arguments<Tree>&>(a));
    view.index = &a.index;
    view.stride = a.stride;
    return view;
}

}  // namespace detail

}  // namespace weft::cuda

namespace weft {

template <class Tree, class T>
void launch_tree(context<gpu>& ctx, const tree_launch& what) {
    using namespace cuda;
    constexpr int width = widest_step<Tree, T>;
    const tree_loop loop = loop_for(what, Tree::slots, width, sizeof(T), is_floating<T>);
    if (loop == tree_loop::dense) {
        tree_arguments<Tree> arguments;
        bind_slots(cuda::detail::view_of(arguments), what);
        return cuda::detail::launch_elements(ctx, &evaluate_dense<Tree, T, width>, width,
                                             arguments);
    }
    strided_arguments<Tree> arguments;
    bind_slots(cuda::detail::view_of(arguments), what);
    bind_strides(cuda::detail::view_of(arguments), what);
    if constexpr (is_floating<T> && width > 1)
        if (loop == tree_loop::strided)
            return cuda::detail::launch_elements(ctx, &evaluate_strided<Tree, T, width>, width,
                                                 arguments);
    cuda::detail::launch_elements(ctx, &evaluate_strided<Tree, T, 1>, 1, arguments);
}

}  // namespace weft
