// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Indices and class labels: which element types they have, and what is said about one that is out
// of range. Negative ones do not count from the end: they are errors.
// Knows no op: gather, scatter_add, one_hot and the losses share it.
#pragma once

#include <weft/core/failure.hpp>
#include <weft/ops/require.hpp>

namespace weft {

// The index as a position in an axis of `size` elements; fails with out_of_range, naming the op,
// the place `at` of the index in its tensor, and the axis.
template <class I>
std::size_t checked_index(const char* op, I index, std::size_t at, std::size_t axis,
                          std::size_t size) {
    if (index < 0 || static_cast<std::uint64_t>(index) >= size)
        fail(errc::out_of_range,
             "%s: index %lld (number %zu) is out of range for axis %zu of size %zu", op,
             static_cast<long long>(index), at, axis, size);
    return static_cast<std::size_t>(index);
}

}  // namespace weft
