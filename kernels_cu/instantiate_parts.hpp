// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Instantiates the parts of <weft/cuda/tree_parts.hpp>: tables of functions for a computing type,
// which files of the library define for some of the types each. What an op has no CPU kernel for is
// left out, as the kernel trait says. Nothing here is for programs.
#pragma once

#include <weft/cuda/tree_launch.hpp>
#include <weft/cuda/tree_parts.hpp>

namespace weft::cuda {

// Tables of functions that an object file keeps; the compiler makes each of them because its
// address is taken. Nothing reads a table.

template <class Op, class... T>
constexpr launch_function launch_of_part() {
    using types = op_types_t<Op, T...>;
    if constexpr (weft::detail::has_kernel_for<Op, cpu, types>) {
        using R = compute_t<typename weft::detail::op_result<Op, T...>::type>;
        using kernel_type = typename weft::detail::kernel_for<Op, cpu, types>::type;
        return &launch_tree<weft::detail::op_part_t<kernel_type, R, T...>, R>;
    } else {
        return nullptr;
    }
}

template <class T, class Ops, std::size_t operands>
struct parts_of_type;
template <class T, class... Op>
struct parts_of_type<T, type_list<Op...>, 1> {
    launch_function of[sizeof...(Op)] = {launch_of_part<Op, T>()...};
};
template <class T, class... Op>
struct parts_of_type<T, type_list<Op...>, 2> {
    launch_function of[sizeof...(Op)] = {launch_of_part<Op, T, T>()...};
};
template <class T, class... Op>
struct parts_of_type<T, type_list<Op...>, 3> {
    launch_function of[sizeof...(Op)] = {launch_of_part<Op, T, T, T>()...};
};

// All parts of a computing type T but conversions.
template <class T>
struct all_parts_of_type {
    parts_of_type<T, unary_parts, 1> unary;
    parts_of_type<T, binary_parts, 2> binary;
    parts_of_type<T, ternary_parts, 3> ternary;
    launch_function where = launch_of_part<ops::where, bool, T, T>();
    launch_function copy = &launch_tree<slot<0, T, slot_shape::any>, T>;
};

// Conversions of From, a stored or computing type, to what is computed with, and rounded to what
// is stored.
template <class From, class... To>
struct conversions_of {
    launch_function of[sizeof...(To)] = {
        &launch_tree<weft::detail::op_part_t<kernel<ops::cast<To>, cpu, From>, compute_t<To>, From>,
                     compute_t<To>>...};
};

}  // namespace weft::cuda
