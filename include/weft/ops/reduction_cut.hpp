// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// How a reduction is divided into passes and pieces, by its shape alone: neither element types nor
// the number of threads are known here, so results depend on neither's accidents. Axes that are
// reduced together become one; a pass reduces the middle of (outer, n, inner).
#pragma once

#include <weft/kernel/source.hpp>

namespace weft {

// Where a reduction is cut: pieces of this many elements, of so many rows where there are columns,
// whose states cost as much as some rows do; but not many more pieces than wanted.
inline constexpr std::size_t reduction_chunk = 32768;
inline constexpr std::size_t reduction_rows = 128;
inline constexpr std::size_t reduction_pieces = 64;

// The axes of a shape with neighbours that are all reduced, or all kept, merged; sizes of 1 left
// out.
struct merged_axes {
    std::size_t extent[max_rank + 1] = {};
    bool reduced[max_rank + 1] = {};
    std::size_t rank = 0;

    merged_axes(const dims& shape, unsigned mask) {
        for (std::size_t axis = 0; axis < shape.rank; ++axis) {
            const bool reduce = (mask >> axis & 1u) != 0;
            if (shape[axis] == 1) continue;
            if (rank > 0 && reduced[rank - 1] == reduce) {
                extent[rank - 1] *= shape[axis];
            } else {
                extent[rank] = shape[axis];
                reduced[rank++] = reduce;
            }
        }
    }
    std::size_t product(std::size_t first, std::size_t last) const {
        std::size_t n = 1;
        for (std::size_t axis = first; axis < last; ++axis) n *= extent[axis];
        return n;
    }
    std::size_t reduced_size() const {
        std::size_t n = 1;
        for (std::size_t axis = 0; axis < rank; ++axis) n *= reduced[axis] ? extent[axis] : 1;
        return n;
    }
    // Groups of reduced axes that are left, and the last of them.
    std::size_t groups() const {
        std::size_t n = 0;
        for (std::size_t axis = 0; axis < rank; ++axis) n += reduced[axis];
        return n;
    }
    std::size_t last_group() const {
        std::size_t axis = rank;
        while (axis > 0 && !reduced[axis - 1]) --axis;
        return axis - 1;
    }
};

// How one pass over (outer, n, inner) is cut into pieces: columns of `inner`, chunks of `n`.
struct reduction_cut {
    std::size_t outer, n, inner;
    std::size_t width = 1;  // columns of a piece
    std::size_t column_pieces = 1;
    std::size_t chunk = 0;  // rows of a piece
    std::size_t chunks = 1;

    reduction_cut(std::size_t outer_size, std::size_t reduced, std::size_t inner_size,
                  bool may_chunk)
        : outer(outer_size), n(reduced), inner(inner_size), chunk(reduced) {
        width = inner < source_block ? inner : source_block;
        if (width == 0) width = 1;
        column_pieces = (inner + width - 1) / width;
        const std::size_t pieces = outer * column_pieces;
        std::size_t longest = n * width / reduction_chunk;
        if (inner > 1 && longest > n / reduction_rows) longest = n / reduction_rows;
        if (!may_chunk || pieces == 0 || pieces >= reduction_pieces || longest < 2) return;
        const std::size_t wanted = (reduction_pieces + pieces - 1) / pieces;
        const std::size_t parts = wanted < longest ? wanted : longest;
        chunk = (n + parts - 1) / parts;
        chunks = (n + chunk - 1) / chunk;
    }
    std::size_t pieces() const { return outer * column_pieces * chunks; }
};

}  // namespace weft
