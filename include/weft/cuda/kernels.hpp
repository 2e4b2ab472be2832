// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What a program has that is built with CUDA: the kernels of the library weft_cuda, and, in files
// that a compiler for GPUs compiles, a kernel of its own for each fused expression. Part of
// <weft/graph.hpp> where WEFT_CUDA is defined.
#pragma once

#include <weft/cuda/arrays.hpp>
#include <weft/cuda/conv2d.hpp>
#include <weft/cuda/cumsum.hpp>
#include <weft/cuda/indices.hpp>
#include <weft/cuda/layer_norm.hpp>
#include <weft/cuda/matmul.hpp>
#include <weft/cuda/pool2d.hpp>
#include <weft/cuda/reductions.hpp>
#include <weft/cuda/softmax.hpp>
#include <weft/cuda/sources.hpp>
#include <weft/cuda/tree_parts.hpp>
#include <weft/graph/naming.hpp>

#if WEFT_COMPILES_GPU
#include <weft/cuda/tree_launch.hpp>
#endif

namespace weft {

namespace detail {
template <class Kinds, class E>
using settled_t = std::remove_cvref_t<decltype(settle<true>(std::declval<const division<Kinds>&>(),
                                                            std::declval<const E&>()))>;
}  // namespace detail

// Has the kernels of an expression's type compiled: explicitly instantiated, in one file that nvcc
// compiles, for all files that g++ compiles.
template <class E>
struct gpu_expression {
    static void compile() { detail::compile_for_gpus<detail::settled_t<kinds_of_t<E>, E>>(); }
};

}  // namespace weft

// In a .cu file: WEFT_INSTANTIATE_GPU(decltype(model(x, y)));
#define WEFT_INSTANTIATE_GPU(...) template struct weft::gpu_expression<__VA_ARGS__>
