// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The ops that the library weft_cuda has as parts: each element-wise op of weft, for each computing
// type, and all conversions. A program whose files are not compiled for GPUs runs its fused
// expressions by these, one after the other. The library instantiates what is listed here, and the
// linker sees to it that nothing is missing.
#pragma once

#include <weft/graph/launch_parts.hpp>
#include <weft/ops/elementwise.hpp>

namespace weft {

namespace cuda {

// Of one operand, of two, and of three of the same type.
using unary_parts =
    type_list<ops::abs, ops::ceil, ops::cos, ops::erf, ops::fast<ops::erf>, ops::exp,
              ops::fast<ops::exp>, ops::expm1, ops::fast<ops::expm1>, ops::floor, ops::gelu,
              ops::fast<ops::gelu>, ops::gelu_tanh, ops::fast<ops::gelu_tanh>, ops::is_finite,
              ops::is_nan, ops::log, ops::fast<ops::log>, ops::log1p, ops::fast<ops::log1p>,
              ops::logical_not, ops::neg, ops::reciprocal, ops::relu, ops::round, ops::rsqrt,
              ops::sigmoid, ops::fast<ops::sigmoid>, ops::sign, ops::sin, ops::softplus,
              ops::fast<ops::softplus>, ops::sqrt, ops::square, ops::tanh, ops::fast<ops::tanh>>;
using binary_parts =
    type_list<ops::add, ops::div, ops::elu, ops::equal, ops::greater, ops::greater_equal,
              ops::leaky_relu, ops::less, ops::less_equal, ops::logical_and, ops::logical_or,
              ops::maximum, ops::minimum, ops::mod, ops::mul, ops::not_equal, ops::pow, ops::sub>;
using ternary_parts = type_list<ops::clamp>;

template <class Op, class List>
inline constexpr bool is_listed = false;
template <class Op, class... Listed>
inline constexpr bool is_listed<Op, type_list<Listed...>> = (std::is_same_v<Op, Listed> || ...);
template <class Op>
inline constexpr bool is_part = is_listed<Op, unary_parts> || is_listed<Op, binary_parts> ||
                                is_listed<Op, ternary_parts> || std::is_same_v<Op, ops::where>;

}  // namespace cuda

template <class Op>
    requires(cuda::is_part<Op>)
inline constexpr bool has_parts<Op> = true;
template <class To>
inline constexpr bool has_parts<ops::cast<To>> = is_gpu_element<To>;

}  // namespace weft
