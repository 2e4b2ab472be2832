// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Axes as template arguments: what ops that name one have in common. An axis counts from 0, or
// backwards from -1; axis_of makes it a position. Ops carry their axes in the type of their
// parameters, so that shapes, and whoever transforms a graph, know them at compile time; kernels
// get them as numbers and see a tensor as (outer, n, inner). Nothing here knows an element type.
#pragma once

#include <weft/core/tensor.hpp>

namespace weft {

// Instantiated for an axis that a user named; its arguments are the axis and the number of axes.
template <int Axis, std::size_t Rank>
struct require_axis {
    static constexpr bool ok = Axis < static_cast<int>(Rank) && Axis >= -static_cast<int>(Rank);
    static_assert(
        ok, "weft: there is no such axis; axes count from 0 up to the rank, or backwards from -1");
};

// Instantiated for two dimensions that an op wants equal; dyn agrees with everything until sizes
// are known.
template <std::size_t A, std::size_t B>
struct require_equal_dimension {
    static constexpr bool ok = A == B || A == dyn || B == dyn;
    static_assert(
        ok,
        "weft: these dimensions of the operands must be equal (matmul: the columns of the "
        "first and the rows of the second; transpose(x) as an operand costs nothing)");
};

// The position of an axis that may be counted from the end.
constexpr std::size_t axis_of(int axis, std::size_t rank) {
    return axis < 0 ? rank - static_cast<std::size_t>(-axis) : static_cast<std::size_t>(axis);
}

// The parameters of an op that works along one axis.
template <std::size_t Axis>
struct along {
    static constexpr std::size_t axis = Axis;
};

// A tensor seen from one axis: element (o, k, i) is at (o * n + k) * inner + i.
struct axis_view {
    std::size_t outer = 1;
    std::size_t n = 1;
    std::size_t inner = 1;

    constexpr axis_view(const dims& shape, std::size_t axis)
        : outer(shape.product(0, axis)),
          n(shape[axis]),
          inner(shape.product(axis + 1, shape.rank)) {}
};

// A shape with the size of one axis replaced, and with an axis taken out or put in.
constexpr dims with_extent(dims shape, std::size_t axis, std::size_t size) {
    shape[axis] = size;
    return shape;
}
constexpr dims without_axis(const dims& shape, std::size_t axis) {
    dims out;
    for (std::size_t a = 0; a < shape.rank; ++a)
        if (a != axis) out.push_back(shape[a]);
    return out;
}
constexpr dims with_axis(const dims& shape, std::size_t axis, std::size_t size) {
    dims out;
    for (std::size_t a = 0; a <= shape.rank; ++a) {
        if (a == axis) out.push_back(size);
        if (a < shape.rank) out.push_back(shape[a]);
    }
    return out;
}

}  // namespace weft
