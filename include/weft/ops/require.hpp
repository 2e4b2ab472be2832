// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What ops with kernels of their own want of their operands' types, and what the compiler says
// where they do not have it: each check is a small class template whose arguments show in the
// message. An op asks one after the other and, after the first that fails, goes on with an operand
// so that nothing follows it.
#pragma once

#include <weft/core/element.hpp>
#include <weft/ops/axes.hpp>

namespace weft {

// Instantiated for an axis that a user named; its arguments are the axis and the number of axes.
template <int Axis, std::size_t Rank>
struct require_axis {
    static constexpr bool ok = Axis < static_cast<int>(Rank) && Axis >= -static_cast<int>(Rank);
    static_assert(
        ok, "weft: there is no such axis; axes count from 0 up to the rank, or backwards from -1");
};

// Instantiated where an op wants one element type; its arguments are the two it got.
template <class A, class B>
struct require_equal_elements {
    static constexpr bool ok = std::is_same_v<A, B>;
    static_assert(ok,
                  "weft: the operands have different element types and weft does not convert "
                  "silently; write cast<T>(x)");
};

// Instantiated for dimensions that an op wants equal; dyn agrees with everything until sizes are
// known.
template <std::size_t A, std::size_t B>
struct require_equal_dimension {
    static constexpr bool ok = A == B || A == dyn || B == dyn;
    static_assert(
        ok,
        "weft: these dimensions must be equal (of matmul: the columns of the first operand "
        "and the rows of the second; transpose(x) as an operand costs nothing)");
};

// Instantiated for ops on floating-point and complex elements only.
template <class Element>
struct require_fractions {
    static constexpr bool ok = is_floating<Element> || is_complex<Element>;
    static_assert(ok,
                  "weft: this op is for floating-point elements: its result is no integer; write "
                  "cast<float>(x)");
};

// The element types of indices and class labels.
template <class T>
inline constexpr bool is_index = std::is_same_v<T, std::int32_t> || std::is_same_v<T, std::int64_t>;

// Instantiated for indices and labels; its argument is their element type.
template <class Element>
struct require_index {
    static constexpr bool ok = is_index<Element>;
    static_assert(ok,
                  "weft: indices and labels are std::int32_t or std::int64_t; write "
                  "cast<std::int32_t>(x)");
};

}  // namespace weft
