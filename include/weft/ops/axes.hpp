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
