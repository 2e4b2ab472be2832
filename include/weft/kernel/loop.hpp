// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// The order in which an element-wise kernel visits its operands: dimensions that all operands walk
// through in the same way are merged, so that most kernels are one loop. No types: operands are
// pointers, element sizes and strides.
#pragma once

#include <weft/config.hpp>
#include <weft/core/shape.hpp>

namespace weft {

// Operands of a loop, at most.
inline constexpr std::size_t most_inputs = 255;

// One operand of a loop: where its elements are, and how far apart along each merged dimension
// (in elements; 0 where it is broadcast). Only the innermost stride may be 1.
struct loop_operand {
    const char* data;
    std::size_t element_bytes;
    bool is_number;   // rank 0 by its type: always read at `data`
    bool contiguous;  // its elements are those of the loop, in the same order
    std::size_t stride[max_rank];
};

// The merged dimensions, outermost first; there is always at least one.
struct loop_shape {
    std::size_t extent[max_rank] = {1};
    std::size_t rank = 1;

    std::size_t inner() const { return extent[rank - 1]; }
};

// Merges the dimensions of a loop over `out`; `operands` come with data, element size and
// is_number, `shapes` are theirs. Operands of out's shape, scalars, and anything between are told
// apart here and only here.
loop_shape plan_loop(const dims& out, loop_operand* operands, const dims* const* shapes,
                     std::size_t n);

// Copies elements [first, first + n) of an operand, in the loop's row-major order, to `to`.
void gather_elements(const loop_operand& from, const loop_shape& loop, std::size_t first,
                     std::size_t n, void* to);
// Writes an element of so many bytes (1, 2, 4, 8, 16) n times.
void repeat_element(const char* element, std::size_t bytes, std::size_t n, char* to);
// Writes each of n elements, `stride` elements apart, to all of 64 aligned bytes.
void repeat_in_registers(const char* element, std::size_t stride, std::size_t bytes, std::size_t n,
                         char* to);

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/kernel/loop_source.hpp>
#endif
