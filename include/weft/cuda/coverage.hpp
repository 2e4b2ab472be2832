// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What a GPU that CUDA drives does for an op, asked of the traits: whether the library has a kernel
// for it, or evaluates it as part of an expression. The kernel table in the docs is made of it, and
// a test that no op has less than an emulated GPU. Not part of <weft/weft.hpp>, like
// <weft/ops/coverage.hpp>.
#pragma once

#include <weft/cuda/kernels.hpp>
#include <weft/ops/coverage.hpp>

namespace weft {

enum class cuda_way : unsigned char {
    none,        // there is nothing to launch
    kernel,      // a kernel of its own
    expression,  // with what it is fused with: one kernel, or by parts
    value        // nothing is computed: a value is copied to the device, or is there
};

// An op's way for elements T...; those of an op with an index end with the index's type. An op that
// no GPU has a kernel for has none.
template <class Op, class... T>
constexpr cuda_way cuda_way_of() {
    constexpr bool is_value = std::is_same_v<Op, ops::constant> ||
                              std::is_same_v<Op, ops::placeholder> ||
                              std::is_same_v<Op, ops::variable>;
    if constexpr (!has_kernel<Op, gpu, T...>)
        return cuda_way::none;
    else if constexpr (has_kernel<Op, cuda_gpu, T...>)
        return cuda_way::kernel;
    else if constexpr (has_parts<Op>)
        return cuda_way::expression;
    else
        return is_value ? cuda_way::value : cuda_way::none;
}

}  // namespace weft
