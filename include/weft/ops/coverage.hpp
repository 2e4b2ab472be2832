// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// coverage<Device>(): which ops have a kernel on a device kind, and for which element types, asked
// of the kernel trait itself. The kernel table in the docs is made of it. It knows the tags of all
// ops, and nothing of how they compute. Not part of <weft/weft.hpp>: asking thousands of questions
// takes the compiler a while.
#pragma once

#include <weft/core/complex.hpp>
#include <weft/ops/elementwise.hpp>
#include <weft/ops/structured.hpp>
#include <weft/ops/values.hpp>

#include <vector>

namespace weft {

// The tags of all ops, in alphabetical order; cast<float> stands for casts to every type.
using all_ops =
    type_list<ops::abs, ops::add, ops::all, ops::any, ops::argmax, ops::argmin, ops::avg_pool2d,
              ops::bernoulli, ops::broadcast_to, ops::cast<float>, ops::ceil, ops::clamp,
              ops::concat, ops::constant, ops::conv2d, ops::cos, ops::cumsum, ops::div, ops::elu,
              ops::equal, ops::erf, ops::fast<ops::erf>, ops::exp, ops::fast<ops::exp>,
              ops::expand_dims, ops::expm1, ops::fast<ops::expm1>, ops::eye, ops::floor, ops::full,
              ops::gather, ops::gelu, ops::fast<ops::gelu>, ops::gelu_tanh,
              ops::fast<ops::gelu_tanh>, ops::greater, ops::greater_equal, ops::identity, ops::iota,
              ops::is_finite, ops::is_nan, ops::layer_norm, ops::leaky_relu, ops::less,
              ops::less_equal, ops::log, ops::fast<ops::log>, ops::log1p, ops::fast<ops::log1p>,
              ops::log_softmax, ops::logical_and, ops::logical_not, ops::logical_or, ops::logsumexp,
              ops::matmul, ops::max, ops::max_pool2d, ops::maximum, ops::mean, ops::min,
              ops::minimum, ops::mod, ops::mul, ops::neg, ops::normal, ops::not_equal, ops::one_hot,
              ops::ones, ops::pad, ops::placeholder, ops::pow, ops::prod, ops::reciprocal,
              ops::relu, ops::reshape, ops::round, ops::rsqrt, ops::scatter_add, ops::shape,
              ops::sigmoid, ops::fast<ops::sigmoid>, ops::sign, ops::sin, ops::size, ops::slice,
              ops::softmax, ops::softmax_cross_entropy, ops::softplus, ops::fast<ops::softplus>,
              ops::split, ops::sqrt, ops::square, ops::squeeze, ops::stack, ops::sub, ops::sum,
              ops::tanh, ops::fast<ops::tanh>, ops::transpose, ops::uniform, ops::variable,
              ops::where, ops::zeros>;

// The element types that kernels are asked for.
using all_elements =
    type_list<float, double, half, bfloat16, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
              std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t, bool, std::complex<float>,
              std::complex<double>>;

// An op and the element types that it has a kernel for; none: it has no kernel on the device kind.
struct covered_op {
    const char* name;
    std::vector<dtype> elements{};
    // The op has a second element type, an index or a label: int32 or int64.
    bool indexed = false;
};

namespace detail {

template <class Op, class Device, class... T>
covered_op coverage_of(type_list<T...>) {
    covered_op out{Op::name};
    out.indexed = (has_kernel<Op, Device, T, std::int64_t> || ...);
    const auto add = [&out](bool has, dtype element) {
        if (has) out.elements.push_back(element);
    };
    (add(has_kernel<Op, Device, T> || has_kernel<Op, Device, T, std::int64_t>, dtype_of<T>), ...);
    return out;
}

template <class Device, class... Op>
std::vector<covered_op> coverage_of_all(type_list<Op...>) {
    return {coverage_of<Op, Device>(all_elements{})...};
}

}  // namespace detail

// An entry for each op of the list, in its order. Programs that add ops pass a list of their own,
// coverage<gpu, type_list<my::softsign>>().
template <class Device, class Ops = all_ops>
std::vector<covered_op> coverage() {
    return detail::coverage_of_all<Device>(Ops{});
}

}  // namespace weft
