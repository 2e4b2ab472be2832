// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The order in which an element-wise kernel visits its operands: dimensions that all operands walk
// through in the same way are merged, so that most kernels are one loop. No types: operands are
// pointers, element sizes and strides.
#pragma once

#include <weft/core/shape.hpp>

namespace weft {

// One operand of a loop: where its elements are, and how far apart along each merged dimension
// (in elements; 0 where it is broadcast). Only the innermost stride may be 1.
struct loop_operand {
    const char* data = nullptr;
    std::size_t element_bytes = 0;
    std::size_t stride[max_rank] = {};
    bool is_number = false;  // rank 0 by its type: always read at `data`
};

// The merged dimensions, outermost first; there is always at least one.
struct loop_shape {
    std::size_t extent[max_rank] = {1};
    std::size_t rank = 1;

    std::size_t inner() const { return extent[rank - 1]; }
};

namespace detail {

// Row-major strides of `from` seen as broadcast to the dimensions of `to`.
inline void broadcast_strides(const dims& from, const dims& to, std::size_t* stride) {
    std::size_t step = 1;
    for (std::size_t i = 1; i <= to.rank; ++i) {
        const std::size_t size = i <= from.rank ? from[from.rank - i] : 1;
        stride[to.rank - i] = size == 1 ? 0 : step;
        step *= size;
    }
}

// Whether every operand continues from dimension b into dimension a as if they were one.
inline bool can_merge(const loop_operand* operands, std::size_t n, std::size_t a, std::size_t b,
                      std::size_t extent_b) {
    for (std::size_t k = 0; k < n; ++k)
        if (operands[k].stride[a] != operands[k].stride[b] * extent_b) return false;
    return true;
}

}  // namespace detail

// Merges the dimensions of a loop over `out`; `operands` come with data and element size, `shapes`
// are theirs. Operands of out's shape, scalars, and anything between are told apart here and only
// here.
inline loop_shape plan_loop(const dims& out, loop_operand* operands, const dims* const* shapes,
                            std::size_t n) {
    for (std::size_t k = 0; k < n; ++k)
        detail::broadcast_strides(*shapes[k], out, operands[k].stride);
    loop_shape loop;
    std::size_t last = 0;  // the merged dimension that is being extended
    bool started = false;
    for (std::size_t axis = 0; axis < out.rank; ++axis) {
        if (out[axis] == 1) continue;
        if (started && detail::can_merge(operands, n, last, axis, out[axis])) {
            loop.extent[last] *= out[axis];
        } else {
            if (started) ++last;
            started = true;
            loop.extent[last] = out[axis];
        }
        for (std::size_t k = 0; k < n; ++k) operands[k].stride[last] = operands[k].stride[axis];
    }
    if (!started)
        for (std::size_t k = 0; k < n; ++k) operands[k].stride[0] = 0;
    loop.rank = last + 1;
    return loop;
}

}  // namespace weft
